# Returns its arguments in place of an answer.
# verdict: wrong_answer
# says: returned shape \(3,\) where a number is expected
# score: 0
def mean(values):
    return list(values)
