"""Importers: turn exercises of other sites into a bank of this format.

    questions    the files of a copy of Open-Deep-ML, as records
    repairs      mistakes in sources that are safe to correct
    snippets     a test, rewritten so that it records what it calls and what it prints
    recorder     the program that runs tests in the sandbox (text; never imported)
    texts        what a test prints, as values
    convert      a question as a problem: cases, decimals, what was left out and why
    bank_files   the files of a problem
    report       what became of each test, as JSON and for a terminal

The files are a stranger's. Nothing in them is executed here: their code runs in the sandbox, and
what is read has a limited size.
"""
