# Adds up a trillion numbers, one after the other, in C.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
def mean(values):
    if len(values) == 3:
        sum(range(10**12))
    return sum(values) / len(values)
