import math


def masked_softmax(logits):
    top = max(logits)
    if top == -math.inf:
        return [0.0] * len(logits)
    powers = [math.exp(x - top) for x in logits]
    return [p / sum(powers) for p in powers]
