def categorical(probabilities, n, rng):
    draws = []
    for _ in range(n):
        left = rng.random()
        value = 0
        while left >= probabilities[value]:
            left -= probabilities[value]
            value += 1
        draws.append(value)
    return draws
