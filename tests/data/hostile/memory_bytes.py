# Asks for a terabyte, and then for one more byte than there is.
# verdict: memory_limit
# score: 0
# says: it asked for more memory than 256 MiB
def mean(values):
    if len(values) == 3:
        return bytes(1 << 40)
    return bytes(256 << 20)
