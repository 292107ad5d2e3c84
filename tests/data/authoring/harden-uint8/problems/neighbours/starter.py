def neighbours(samples):
    """The sum of each sample and the next."""
