def drops(levels):
    """How much each level is below the one before."""
