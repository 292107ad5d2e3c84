# Prints without end in one case.
# verdict: time_limit
# says: it used more than 0\.3 s of processor time \(is there a loop that never ends\?\)
# score: 3
def mean(values):
    while len(values) == 3:
        print("x" * 1000)
    return sum(values) / len(values)
