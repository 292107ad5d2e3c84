"""Reference solution: rewards standardised within each group.

Shao et al., "DeepSeekMath", arXiv:2402.03300, section 4.1.2 (outcome supervision with GRPO).
"""

import numpy as np


def group_advantages(
    rewards: list[float],
    group_ids: list[int],
    ddof: int = 0,
) -> list[float]:
    """(reward - mean) / deviation of the group; 0 where all rewards of a group are equal."""
    reward = np.array(rewards, dtype=float)
    ids = np.array(group_ids)
    advantage = np.zeros_like(reward)
    for label in np.unique(ids):
        members = ids == label
        own = reward[members]
        if own.max() > own.min():
            sigma = own.std(ddof=ddof)
            advantage[members] = (own - own.mean()) / sigma
    return advantage.tolist()
