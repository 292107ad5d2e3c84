# Exits.
# verdict: run_time_error
# says: SystemExit: 3 \(the code called exit; a function must return its result\)
# score: 0
import sys


def mean(values):
    sys.exit(3)
