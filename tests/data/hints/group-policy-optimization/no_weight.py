import math


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    surrogates, kls = [], []
    for ratio, adv, cur, ref in zip(ratios, advantages, pi_current, pi_ref):
        clipped = min(max(ratio, 1 - epsilon), 1 + epsilon)
        surrogates.append(min(ratio * adv, clipped * adv))
        kls.append(cur / ref - math.log(cur / ref) - 1)
    return sum(surrogates) / len(ratios) - beta * sum(kls) / len(kls)
