def count_above(values, bound):
    """How many values are above the bound."""
