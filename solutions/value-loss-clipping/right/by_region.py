"""By cases: the clipped error is the larger one where the value has moved towards the return.

More exactly, where the return lies beyond the middle between the clipped value and the value.
"""


def value_loss(
    pred: list[float],
    old: list[float],
    returns: list[float],
    clip: float,
) -> float:
    losses = []
    for value, before, target in zip(pred, old, returns, strict=True):
        step = value - before
        limit = before + min(step, clip) if step > 0 else before + max(step, -clip)
        middle = (value + limit) / 2
        beyond = target > middle if step > 0 else target < middle
        losses.append(((limit if beyond else value) - target) ** 2)
    return sum(losses) / len(losses) / 2
