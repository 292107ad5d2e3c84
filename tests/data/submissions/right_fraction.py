# Right: an exact fraction.
# verdict: accepted
# score: 4
from fractions import Fraction


def mean(values):
    return sum(map(Fraction, values)) / len(values)
