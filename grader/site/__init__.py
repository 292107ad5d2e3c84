"""The practice page: `grader serve`.

One process serves pages of problems at an address of this machine, keeps what is written on them in
a book (`book`), and judges it with a warm `Grader` (`judges`). Every page works without a script.
"""
