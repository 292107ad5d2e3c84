import math


def total_of_all(*numbers, scale=1.0, **offsets):
    return math.fsum(scale * number for number in numbers) + math.fsum(offsets.values())
