def loudness(samples):
    """The sum of the squares."""
    raise NotImplementedError
