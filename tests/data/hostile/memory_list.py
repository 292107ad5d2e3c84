# Makes a list of ten billion items, and a text of as many characters.
# verdict: memory_limit
# score: 0
# says: it needed more than 256 MiB of memory
def mean(values):
    if len(values) == 3:
        return [0] * 10_000_000_000
    return "x" * 10_000_000_000
