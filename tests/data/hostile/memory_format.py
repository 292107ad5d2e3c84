# Has a number printed with a billion digits.
# verdict: memory_limit
# score: 3
# says: it needed more than 256 MiB of memory
def mean(values):
    if len(values) == 3:
        return "%0*d" % (1_000_000_000, 1)
    return sum(values) / len(values)
