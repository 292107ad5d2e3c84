# coding: undefined
# Says that its encoding is the one that always fails.
# verdict: invalid_submission
# score: 0
# says: the file|encoding
def mean(values):
    return sum(values) / len(values)
