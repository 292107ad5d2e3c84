def grade_of(points, steps):
    """The grade for a share of the points."""
