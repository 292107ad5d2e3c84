"""Plain loops and a running sum."""


def ipo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, tau=0.1):
    total = 0.0
    for i in range(len(policy_chosen)):
        chosen_reward = policy_chosen[i] - ref_chosen[i]
        rejected_reward = policy_rejected[i] - ref_rejected[i]
        distance = chosen_reward - rejected_reward - 0.5 / tau
        total = total + distance * distance
    return total / len(policy_chosen)
