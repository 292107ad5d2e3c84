import random


def uniform(seed, n, below=1.0):
    numbers = random.Random(seed)
    return {"values": [0.0, below, *(below * numbers.random() for _ in range(n - 2))]}
