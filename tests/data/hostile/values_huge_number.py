# An integer of 16 million bits.
# verdict: output_limit
# score: 0
# says: its answer is larger than 64 KiB
def mean(values):
    return 1 << (1 << 24)
