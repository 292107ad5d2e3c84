import numpy as np


def group_advantages(rewards, group_ids, ddof=0):
    """The right numbers, but group after group instead of in the order of the input."""
    advantages = []
    for group in sorted(set(group_ids)):
        members = [r for r, g in zip(rewards, group_ids) if g == group]
        if max(members) == min(members):
            advantages += [0.0] * len(members)
        else:
            advantages += list((members - np.mean(members)) / np.std(members, ddof=ddof))
    return advantages
