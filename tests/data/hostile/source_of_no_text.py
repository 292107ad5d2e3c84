# Is latin-1, and does not say so.
# verdict: invalid_submission
# score: 0
# says: the file is not UTF-8: byte 0xe9 in line 5; save it as UTF-8
# café
def mean(values):
    return sum(values) / len(values)
