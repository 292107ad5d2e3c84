"""Pure Python: one loop over the tokens."""


def value_loss(
    pred: list[float],
    old: list[float],
    returns: list[float],
    clip: float,
) -> float:
    total = 0.0
    for i in range(len(pred)):
        clipped = pred[i]
        if clipped > old[i] + clip:
            clipped = old[i] + clip
        if clipped < old[i] - clip:
            clipped = old[i] - clip
        total += max((pred[i] - returns[i]) ** 2, (clipped - returns[i]) ** 2)
    return 0.5 * total / len(pred)
