import numpy as np


def sequence_level_policy_gradient(log_probs_new, log_probs_old, rewards, epsilon):
    rewards = np.array(rewards)
    advantages = (rewards - rewards.mean()) / (rewards.std() + 1e-8)
    ratios = np.array(
        [np.exp(np.sum(new) - np.sum(old)) for new, old in zip(log_probs_new, log_probs_old)]
    )
    return np.mean(ratios * advantages)
