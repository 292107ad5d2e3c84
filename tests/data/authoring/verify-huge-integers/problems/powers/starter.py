def powers(base, count):
    """The first powers of a base."""
