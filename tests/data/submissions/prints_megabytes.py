# Prints without end in one case.
# verdict: output_limit
# says: it printed more than 64 KiB
# score: 3
def mean(values):
    while len(values) == 3:
        print("x" * 1000)
    return sum(values) / len(values)
