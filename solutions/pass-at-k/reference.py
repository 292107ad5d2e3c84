"""Reference solution: the unbiased estimator of pass@k.

Chen et al., "Evaluating Large Language Models Trained on Code", arXiv:2107.03374, section 2.1,
equation 1. Python's integers are exact, so the quotient is the only rounding before the
subtraction.
"""

from math import comb


def pass_at_k(n: int, c: int, k: int) -> float:
    """The probability that at least one of k samples of n passes, if c of the n do."""
    if n - c < k:
        return 1.0
    draws = comb(n, k)
    all_wrong = comb(n - c, k)
    return 1.0 - all_wrong / draws
