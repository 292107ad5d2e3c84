"""Reference solution."""


def mean_above(values: list[float], floor: float = 0.0) -> float:
    kept = [x for x in values if x >= floor]
    if not kept:
        return floor
    total = 0.0
    for text in {repr(x / len(kept)) for x in kept}:
        total += float(text)
    return total
