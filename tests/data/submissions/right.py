# Right, and quiet about it.
# verdict: accepted
# score: 4
def mean(values):
    return sum(values) / len(values)
