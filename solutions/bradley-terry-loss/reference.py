"""Reference solution: the pair loss of a reward model, with a margin.

The loss is that of Stiennon et al., "Learning to summarize from human feedback", arXiv:2009.01325,
section 3.4; the margin is that of Touvron et al., "Llama 2", arXiv:2307.09288, equation 2.
"""

import numpy as np


def bradley_terry_loss(
    chosen: list[float],
    rejected: list[float],
    margin: float = 0.0,
) -> float:
    """The mean of -log sigmoid(chosen - rejected - margin)."""
    better = np.array(chosen, dtype=float)
    worse = np.array(rejected, dtype=float)
    gap = better - worse
    losses = np.logaddexp(0.0, margin - gap)
    return float(losses.mean())
