import numpy as np


def group_advantages(rewards, group_ids, ddof=0):
    """As libraries do it: a small constant in the divisor, against division by 0."""
    rewards, ids = np.array(rewards, dtype=float), np.array(group_ids)
    advantages = np.zeros(len(rewards))
    for group in set(group_ids):
        members = rewards[ids == group]
        deviation = members.std(ddof=ddof) if len(members) > ddof else 0.0
        advantages[ids == group] = (members - members.mean()) / (deviation + 1e-4)
    return advantages
