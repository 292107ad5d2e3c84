# A text of ten million characters.
# verdict: output_limit
# score: 0
# says: its answer is larger than 64 KiB
def mean(values):
    return "x" * 10_000_000
