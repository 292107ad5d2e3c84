# Another name.
# verdict: invalid_submission
# says: the function must be called mean; found: average, median
# score: 0
def average(values):
    return sum(values) / len(values)


def median(values):
    return sorted(values)[len(values) // 2]
