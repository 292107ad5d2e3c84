# Returns more than the limit.
# verdict: output_limit
# says: its answer is larger than 64 KiB
# score: 0
def mean(values):
    return [0.5] * 100_000
