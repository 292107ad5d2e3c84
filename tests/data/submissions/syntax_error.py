# A missing bracket.
# verdict: invalid_submission
# says: SyntaxError: '\(' was never closed \(line 6\)
# score: 0
def mean(values):
    return sum(values / len(values)
