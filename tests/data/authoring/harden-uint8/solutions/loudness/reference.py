def loudness(samples):
    wide = samples.astype("int64")
    return int((wide * wide).sum())
