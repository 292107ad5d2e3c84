# Waits for somebody to type.
# verdict: run_time_error
# says: EOFError: .*nothing can be typed here
# score: 0
def mean(values):
    return float(input())
