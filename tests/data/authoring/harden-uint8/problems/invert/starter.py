def invert(rows, mask):
    """The rows, inverted under the mask."""
