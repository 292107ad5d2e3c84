"""Returns the loss, and forgets exp."""

import numpy as np


def sequence_level_policy_gradient(log_probs_new, log_probs_old, rewards, epsilon):
    rewards = np.array(rewards, dtype=float)
    spread = rewards.max() - rewards.min()
    advantages = (rewards - rewards.mean()) / (rewards.std() if spread else 1)
    values = []
    for new, old, a in zip(log_probs_new, log_probs_old, advantages):
        ratio = (sum(new) - sum(old)) / len(new)
        values.append(-min(ratio * a, np.clip(ratio, 1 - epsilon, 1 + epsilon) * a))
    return float(np.mean(values))
