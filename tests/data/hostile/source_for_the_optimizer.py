# Has the compiler compute powers and repetitions that do not fit anywhere.
# verdict: accepted
# score: 4
def never():
    return (9**9**9, "x" * 10**18, (0,) * 10**18, 1 << 10**18, [0] * 10**18, -(2**63) // -1)


def mean(values):
    return sum(values) / len(values)
