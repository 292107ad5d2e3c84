def percent(part, whole):
    """Percent, and what is left."""
