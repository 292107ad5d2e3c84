# Asks for a terabyte, and then for one more byte than there is.
# verdict: memory_limit
# score: 0
# says: it needed more than 256 MiB of memory
def mean(values):
    if len(values) == 3:
        return bytes(1 << 40)
    return bytes(256 << 20)
