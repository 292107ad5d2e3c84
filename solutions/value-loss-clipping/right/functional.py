"""The median of three numbers is the clipped value, and fmean the mean."""

from statistics import fmean, median


def value_loss(
    pred: list[float],
    old: list[float],
    returns: list[float],
    clip: float,
) -> float:
    def error(value: float, before: float, target: float) -> float:
        clipped = median([before - clip, value, before + clip])
        return max(abs(value - target), abs(clipped - target))

    return fmean(error(*token) ** 2 / 2 for token in zip(pred, old, returns, strict=True))
