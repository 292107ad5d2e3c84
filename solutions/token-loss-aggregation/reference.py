"""Reference solution: four averages of token losses.

The mean over each response is GRPO's (arXiv:2402.03300, equation 3), the constant divisor that of
Dr. GRPO (arXiv:2503.20783, section 3.2), the mean over all tokens that of DAPO (arXiv:2503.14476,
equation 8).
"""

from __future__ import annotations


def aggregate(terms: list[list[float]], mode: str, horizon: int = 1) -> float:
    """Average the losses of all tokens as `mode` says."""
    responses = len(terms)
    tokens = sum(len(row) for row in terms)
    total = sum(sum(row) for row in terms)
    if mode == "token-mean":
        return total / tokens if tokens else 0.0
    if mode == "seq-mean-token-mean":
        means = [sum(row) / len(row) if row else 0.0 for row in terms]
        return sum(means) / responses
    if mode == "seq-mean-token-sum":
        return total / responses
    return total / (responses * horizon)
