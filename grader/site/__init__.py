"""The practice page: `grader serve`.

One process serves pages of problems at an address of this machine, keeps what is written on them in
a book (`records`), and judges it with a warm `Grader` (`queue`). Every page works without a script.
"""
