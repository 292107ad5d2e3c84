"""One logarithm a pair: log(1 + e^x) - log(1 + e^-x) = x turns the second term into a product."""

import math


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    margins = [
        beta * (a - b - c + d)
        for a, b, c, d in zip(policy_chosen, policy_rejected, ref_chosen, ref_rejected, strict=True)
    ]
    labelled = [max(-x, 0) + math.log1p(math.exp(-abs(x))) for x in margins]
    return sum(loss + smoothing * x for loss, x in zip(labelled, margins, strict=True)) / len(
        margins
    )
