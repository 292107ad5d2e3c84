# Waits for somebody to type.
# verdict: run_time_error
# says: EOFError: .*there is nobody to type
# score: 0
def mean(values):
    return float(input())
