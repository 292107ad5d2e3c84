# Right, with postponed annotations in a dataclass, which look the module up.
# verdict: accepted
# score: 4
from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Total:
    value: float = 0.0


def mean(values: list[float]) -> float:
    total = Total()
    for value in values:
        total.value += value
    return total.value / len(values)


if __name__ == "__main__":
    raise SystemExit("run as a program")
