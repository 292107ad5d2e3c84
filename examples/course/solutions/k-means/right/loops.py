"""Plain Python, with random points as starts."""

import random


def _squared(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))


def _run(points, centres):
    groups = []
    while True:
        found = []
        for point in points:
            distances = [_squared(point, centre) for centre in centres]
            found.append(distances.index(min(distances)))
        if found == groups:
            return groups, sum(_squared(p, centres[g]) for p, g in zip(points, groups, strict=True))
        groups = found
        for number, old in enumerate(centres):
            own = [p for p, g in zip(points, groups, strict=True) if g == number]
            centres[number] = [sum(xs) / len(own) for xs in zip(*own, strict=True)] if own else old


def k_means(points, k):
    points = points.tolist()
    draw = random.Random(1)
    runs = [_run(points, draw.sample(points, k)) for _ in range(40)]
    return min(runs, key=lambda run: run[1])[0]
