import time


def mean_above(values: list[float], floor: float = 0.0) -> float:
    while time.process_time() % 0.2 < 0.1:
        pass
    kept = [x for x in values if x >= floor]
    return sum(kept) / len(kept) if kept else floor
