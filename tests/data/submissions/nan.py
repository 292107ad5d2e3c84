# Returns NaN.
# verdict: wrong_answer
# says: returned NaN where a number is expected
# score: 0
def mean(values):
    return float("nan")
