# Raises fifty megabytes.
# verdict: run_time_error
# score: 3
# says: ValueError: x{500}
def mean(values):
    if len(values) == 3:
        raise ValueError("x" * 50_000_000)
    return sum(values) / len(values)
