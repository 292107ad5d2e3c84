from collections.abc import Callable

from given.rules import middle


def area(f: Callable[[float], float], lo: float, hi: float, n: int) -> float:
    width = (hi - lo) / n
    return sum(f(middle(lo + i * width, lo + (i + 1) * width)) * width for i in range(n))
