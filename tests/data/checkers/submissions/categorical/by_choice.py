def categorical(probabilities, n, rng):
    return rng.choice(len(probabilities), size=n, p=probabilities)
