# Turns a number into a million digits, in a time that grows with the square.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
import sys

sys.set_int_max_str_digits(0)


def mean(values):
    if len(values) == 3:
        str(1 << 20_000_000)
    return sum(values) / len(values)
