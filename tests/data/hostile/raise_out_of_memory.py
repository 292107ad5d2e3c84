# Raises the exception of a process that has no memory, and has it.
# verdict: memory_limit
# score: 3
# says: it needed more than 256 MiB of memory
def mean(values):
    if len(values) == 3:
        raise MemoryError("x" * 1000)
    return sum(values) / len(values)
