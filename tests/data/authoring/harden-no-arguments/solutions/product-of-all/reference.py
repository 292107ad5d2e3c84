import math


def product_of_all(*factors):
    return math.prod(factors)
