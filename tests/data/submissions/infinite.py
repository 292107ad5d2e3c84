# Returns an infinity.
# verdict: wrong_answer
# says: returned infinity where a finite number is expected
# score: 0
def mean(values):
    return float("inf")
