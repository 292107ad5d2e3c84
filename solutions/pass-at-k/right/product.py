"""Pure Python: the probability that one draw after the other fails."""


def pass_at_k(n: int, c: int, k: int) -> float:
    fails = 1.0
    for drawn in range(k):
        fails *= max(n - c - drawn, 0) / (n - drawn)
    return 1 - fails
