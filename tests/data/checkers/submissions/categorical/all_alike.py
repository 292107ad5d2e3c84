def categorical(probabilities, n, rng):
    return rng.integers(len(probabilities), size=n)
