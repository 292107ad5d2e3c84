"""Automatic differentiation in small: values with derivatives are carried through the formula."""

from __future__ import annotations

from math import exp
from typing import NamedTuple


class Dual(NamedTuple):
    value: float
    slope: float

    def times(self, factor: float) -> Dual:
        return Dual(self.value * factor, self.slope * factor)


def _clip(x: Dual, lower: float, upper: float) -> Dual:
    return x if lower <= x.value <= upper else Dual(min(max(x.value, lower), upper), 0.0)


def ppo_gradient(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    epsilon: float,
) -> list[tuple[float, ...]]:
    def slope(log_new: float, log_old: float, advantage: float) -> float:
        power = exp(log_new - log_old)
        ratio = Dual(power, power)
        plain = ratio.times(advantage)
        clipped = _clip(ratio, 1 - epsilon, 1 + epsilon).times(advantage)
        smaller = clipped if clipped.value < plain.value else plain
        return smaller.slope / len(new)

    return [
        tuple(slope(n, o, advantage) for n, o in zip(*rows, strict=True))
        for *rows, advantage in zip(new, old, advantages, strict=True)
    ]
