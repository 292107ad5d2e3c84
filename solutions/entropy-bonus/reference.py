"""Reference solution: the entropy of a softmax, by its logarithm, averaged over positions.

The entropy bonus of Mnih et al., "Asynchronous Methods for Deep Reinforcement Learning"
(arXiv:1602.01783), section 4, without its weight.
"""

import numpy as np


def mean_entropy(logits: list[list[float]]) -> float:
    """Return the mean entropy of the positions, in nats."""
    z = np.array(logits, dtype=float)
    # Each position has its own level: after the shift its largest logit is 0, and no power is inf.
    z = z - z.max(axis=1, keepdims=True)
    powers = np.exp(z)
    total = powers.sum(axis=1, keepdims=True)
    p = powers / total
    log_p = z - np.log(total)
    entropy = (-p * log_p).sum(axis=1)
    return float(np.mean(entropy))
