def product_of_all(*factors):
    """The product of any number of factors."""
