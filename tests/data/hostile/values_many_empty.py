# Nine million references to one empty tuple.
# verdict: output_limit
# score: 0
# says: its answer is larger than 64 KiB
def mean(values):
    return [()] * 9_000_000
