def mean_of_known(values):
    """The mean of the values that are known."""
