def ruler(*, width=6, mark="|"):
    """A line with a mark at both ends."""
