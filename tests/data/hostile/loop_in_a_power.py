# Computes a number of fifty million digits: in C, where no signal is seen.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
def mean(values):
    if len(values) == 3:
        pow(3, 100_000_000)
    return sum(values) / len(values)
