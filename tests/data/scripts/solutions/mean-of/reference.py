"""Reference solution."""


def mean_of(x):
    if not x:
        raise ValueError("no numbers")
    if min(x) <= 0:
        raise ValueError("numbers must be positive")
    return sum(x) / len(x)
