import math


def bin_index(x, width):
    return math.floor(x / width)
