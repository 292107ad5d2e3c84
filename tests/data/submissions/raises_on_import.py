# Imports a library that is not installed, and does not need it.
# verdict: accepted
# score: 4
import notthere


def mean(values):
    return sum(values) / len(values)
