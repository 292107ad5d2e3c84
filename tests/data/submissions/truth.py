# Returns a truth value.
# verdict: wrong_answer
# says: returned a boolean where a number is expected
# score: 0
def mean(values):
    return True
