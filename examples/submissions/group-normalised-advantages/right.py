import numpy as np


def group_advantages(rewards, group_ids, ddof=0):
    """Standardise group by group, and leave groups of equal rewards at 0."""
    rewards, ids = np.array(rewards, dtype=float), np.array(group_ids)
    advantages = np.zeros(len(rewards))
    for group in set(group_ids):
        members = ids == group
        if np.ptp(rewards[members]) > 0:
            centred = rewards[members] - rewards[members].mean()
            advantages[members] = centred / rewards[members].std(ddof=ddof)
    return advantages
