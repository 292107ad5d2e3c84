# Calls itself for ever.
# verdict: run_time_error
# says: RecursionError: maximum recursion depth exceeded
# score: 0
def mean(values):
    return mean(values)
