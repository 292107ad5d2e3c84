# Returns a complex number.
# verdict: wrong_answer
# says: returned a complex number where a number is expected
# score: 0
def mean(values):
    return complex(sum(values) / len(values))
