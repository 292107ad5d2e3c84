# Asks for 4 GiB in one case.
# verdict: memory_limit
# says: it needed more than 256 MiB of memory
# score: 3
def mean(values):
    if len(values) == 3:
        bytearray(4 << 30)
    return sum(values) / len(values)
