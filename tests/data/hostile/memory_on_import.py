# Asks for a terabyte before it defines anything.
# verdict: invalid_submission
# score: 0
# says: MemoryError
KEPT = bytearray(1 << 40)


def mean(values):
    return sum(values) / len(values)
