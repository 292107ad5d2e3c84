"""Importers: turn exercises of other sites into a bank of this format.

    importing    the import as a whole: convert, write, judge the published solutions
    questions    a published question with its tests, as a record
    deep_ml      reads a copy of Open-Deep-ML
    nbgrader     reads assignments of nbgrader: which cells are a question
    notebook_cells  the cells of such an assignment, with what each is for
    statements   the statements of a notebook, and those on which some code depends
    repairs      mistakes in sources that are safe to correct
    snippets     a test, rewritten so that it records what it calls, prints and asserts
    assertions   what an assertion compares, and by which tolerance
    roundings    what is printed, without the roundings and conversions around it
    recorder     the program that runs tests in the sandbox (text; never imported)
    trace        the calls and printed values that it has recorded
    printed_text a published text, cut into the values that a test prints
    texts        such a text as a value
    decimals     how precise the published answers are
    agreement    a printed text beside the answer of the solution
    arguments    the arguments of a call, by the names of the stub
    steps        a case of several calls
    plain_tests  a rewritten test as plain Python again
    own_checkers a test that computes with an answer, as a checker
    drivers      a test that steps cannot express, as the argument of a driver
    values_of_tests  what a test prints or asserts, and of which answer
    cases        the cases of one test
    given        functions that a problem gives: in a case, or as given code
    convert      a question as a problem
    outcomes     whether a test was imported, and why not
    imported     the problem as it is written and reported
    bank_files   the files of a problem
    report       the outcome of each test, as JSON and for a terminal

The files are a stranger's. Nothing in them is executed here: their code runs in the sandbox, and
what is read has a limited size.
"""
