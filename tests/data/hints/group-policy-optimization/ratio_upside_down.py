import math


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    total = 0.0
    for ratio, adv, cur, ref in zip(ratios, advantages, pi_current, pi_ref):
        clipped = min(max(ratio, 1 - epsilon), 1 + epsilon)
        r = ref / cur
        kl = ratio * (r - math.log(r) - 1)
        total += min(ratio * adv, clipped * adv) - beta * kl
    return total / len(ratios)
