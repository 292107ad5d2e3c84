"""Plain Python: one draw after the other, which walks along the weights."""


def sample(weights, n, rng):
    draws = []
    for _ in range(n):
        left = rng.uniform(0, sum(weights))
        number = 0
        while left >= weights[number]:
            left -= weights[number]
            number += 1
        draws.append(number)
    return draws
