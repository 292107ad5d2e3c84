import math


def roots(a, b):
    middle, half = (a + b) / 2, math.sqrt((a - b) ** 2) / 2
    return [middle + half, middle - half]
