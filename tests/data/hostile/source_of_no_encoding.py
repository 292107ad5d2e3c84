# coding: hex
# Says that its encoding is one of bytes, not of text.
# verdict: invalid_submission
# score: 0
# says: the file|encoding
def mean(values):
    return sum(values) / len(values)
