# Ends its lines as Windows does.
# verdict: accepted
# score: 4
def mean(values):
    return sum(values) / len(values)
