import math


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    """As the formula is written: right, until a margin is large."""
    total = 0.0
    for pc, pr, rc, rr in zip(policy_chosen, policy_rejected, ref_chosen, ref_rejected):
        margin = beta * ((pc - rc) - (pr - rr))
        total += (1 - smoothing) * -math.log(1 / (1 + math.exp(-margin)))
        total += smoothing * -math.log(1 / (1 + math.exp(margin)))
    return total / len(policy_chosen)
