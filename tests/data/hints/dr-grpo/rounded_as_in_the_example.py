import math


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    mean = sum(rewards) / len(rewards)
    total = 0.0
    for new, old, reward in zip(log_probs_new, log_probs_old, rewards):
        a = reward - mean
        for x, y in zip(new, old):
            ratio = math.exp(x - y)
            total += min(ratio * a, max(1 - epsilon, min(1 + epsilon, ratio)) * a)
    return round(total / len(rewards), 4)
