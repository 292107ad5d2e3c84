# Returns the text of the answer.
# verdict: wrong_answer
# says: returned a string where a number is expected: got '2\.5', expected 2\.5
# score: 0
def mean(values):
    return str(sum(values) / len(values))
