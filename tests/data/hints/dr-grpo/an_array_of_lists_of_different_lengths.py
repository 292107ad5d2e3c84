import numpy as np


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    new, old = np.array(log_probs_new), np.array(log_probs_old)
    rewards = np.array(rewards)
    advantages = (rewards - rewards.mean())[:, None]
    ratios = np.exp(new - old)
    clipped = np.clip(ratios, 1 - epsilon, 1 + epsilon)
    terms = np.minimum(ratios * advantages, clipped * advantages)
    return terms.sum() / len(rewards)
