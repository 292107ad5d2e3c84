"""Adds random items to a queue and takes them again."""

import random


def drive(solution, *, n, seed=0):
    rng = random.Random(seed)
    queue, taken, held = solution.Queue(), [], 0
    for _ in range(n):
        queue.add(rng.randrange(50))
        held += 1
        while held and rng.random() < 0.4:
            taken.append(queue.take() + 0)
            held -= 1
    return taken + [queue.take() for _ in range(held)]
