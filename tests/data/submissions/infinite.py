# Returns an infinity.
# verdict: wrong_answer
# says: returned an infinite number where a finite one is expected
# score: 0
def mean(values):
    return float("inf")
