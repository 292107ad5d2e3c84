"""The statistics module, and an iterator that deals the whitened tokens out to the rows again."""

from itertools import chain, islice
from statistics import fmean, variance


def whiten(values: list[list[float]], shift_mean: bool = True) -> list[list[float]]:
    tokens = list(chain.from_iterable(values))
    mu = fmean(tokens)
    root = (variance(tokens) + 1e-8) ** 0.5
    offset = mu * (not shift_mean)
    white = iter([(x - mu) / root + offset for x in tokens])
    return [list(islice(white, len(row))) for row in values]
