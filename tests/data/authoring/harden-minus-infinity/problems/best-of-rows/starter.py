def best_of_rows(scores):
    """The place of the largest score of each row."""
