import numpy as np


def sequence_level_policy_gradient(log_probs_new, log_probs_old, rewards, epsilon):
    rewards = np.array(rewards)
    std = np.std(rewards)
    if std == 0:
        advantages = np.zeros(len(rewards))
    else:
        advantages = (rewards - np.mean(rewards)) / std
    total = 0
    for new, old, adv in zip(log_probs_new, log_probs_old, advantages):
        s = np.exp(np.sum(np.array(new) - np.array(old)) / len(new))
        total += min(s * adv, np.clip(s, 1 - epsilon, 1 + epsilon) * adv)
    return total / len(rewards)
