"""Reference solution."""

_total = float()


def mean_above(values: list[float], floor: float = 0.0) -> float:
    global _total
    kept = [x for x in values if x >= floor]
    if not kept:
        return floor
    before = _total
    for x in kept:
        _total += x
    return (_total - before) / len(kept)
