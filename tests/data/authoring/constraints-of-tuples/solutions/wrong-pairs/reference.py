def wrong_pairs(pairs):
    return len(pairs)
