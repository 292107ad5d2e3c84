# Raises in one case.
# verdict: run_time_error
# says: ZeroDivisionError: float division by zero \(line 7\)
# score: 3
def mean(values):
    if len(values) == 3:
        return sum(values) / 0.0
    return sum(values) / len(values)
