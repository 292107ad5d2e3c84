def bill(prices, tax):
    """Each price with its tax."""
