"""Wrong: pads the responses to one length, and counts the padding."""

import numpy as np


def pad(rows):
    longest = max(len(row) for row in rows)
    return np.array([list(row) + [0.0] * (longest - len(row)) for row in rows])


def unbiased_policy_gradient_objective(log_probs_new, log_probs_old, rewards, epsilon):
    ratio = np.exp(pad(log_probs_new) - pad(log_probs_old))
    advantage = (np.array(rewards) - np.mean(rewards))[:, None]
    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    return np.minimum(ratio * advantage, clipped * advantage).sum(axis=1).mean()
