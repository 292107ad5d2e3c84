# Raises a syntax error in a line of six thousand digits, and has Python write such numbers.
# verdict: run_time_error
# score: 0
# says: ^SyntaxError: boom$
import sys

sys.set_int_max_str_digits(0)


def mean(values):
    raise SyntaxError("boom", ("submission.py", 1 << 20_000, 0, ""))
