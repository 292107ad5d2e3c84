# Right, with a print or two.
# verdict: accepted
# score: 4
import sys


def mean(values):
    print("the values are", len(values))
    print("a warning", file=sys.stderr)
    return sum(values) / len(values)
