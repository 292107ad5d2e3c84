# Exits.
# verdict: run_time_error
# says: SystemExit: 3 \(the code called exit, where a function has to return\)
# score: 0
import sys


def mean(values):
    sys.exit(3)
