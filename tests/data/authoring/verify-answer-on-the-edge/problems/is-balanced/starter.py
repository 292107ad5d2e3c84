def is_balanced(credits, debits):
    """Whether the credits cover the debits."""
