# Keeps all the memory there is, to the last small piece, and then returns what is right.
# verdict: memory_limit or accepted
# score: 0 or 1 or 2 or 3 or 4
# says: ^$|it needed more than 256 MiB of memory
KEPT = []


def mean(values):
    for size in (1 << 24, 1 << 20, 1 << 16, 1 << 12, 1 << 9):
        try:
            while True:
                KEPT.append(bytes(size))
        except MemoryError:
            pass
    return sum(values) / len(values)
