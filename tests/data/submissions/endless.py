# Computes for ever in one case.
# verdict: time_limit
# says: it used more than 0\.3 s of processor time
# score: 3
def mean(values):
    while len(values) == 3:
        pass
    return sum(values) / len(values)
