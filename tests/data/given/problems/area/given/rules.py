"""Rules for areas."""


def middle(a, b):
    """Return the number in the middle of two."""
    return (a + b) / 2


def square(x):
    return x * x
