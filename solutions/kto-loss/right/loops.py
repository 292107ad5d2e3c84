"""Plain loops; the value of each answer is subtracted from its weight."""

import math


def sigmoid(x):
    if x < -700:
        return 0.0
    return 1.0 / (1.0 + math.exp(-x))


def kto_loss(policy, ref, desirable, beta=0.1, z0=0.0, w_d=1.0, w_u=1.0):
    z = z0 if z0 > 0 else 0.0
    total = 0.0
    for i in range(len(policy)):
        x = policy[i] - ref[i]
        if desirable[i]:
            weight, value = w_d, sigmoid(beta * (x - z))
        else:
            weight, value = w_u, sigmoid(beta * (z - x))
        total += weight * (1 - value)
    return total / len(policy)
