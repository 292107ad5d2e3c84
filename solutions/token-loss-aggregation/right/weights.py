"""A weight for each token, which is all that a mode decides; the rest is a dot product."""

import numpy as np


def aggregate(terms, mode, horizon=1):
    lengths = [len(row) for row in terms]
    group, tokens = len(terms), sum(lengths)
    weight = {
        "token-mean": lambda length: 1 / tokens,
        "seq-mean-token-mean": lambda length: 1 / (group * length),
        "seq-mean-token-sum": lambda length: 1 / group,
        "seq-mean-token-sum-norm": lambda length: 1 / (group * horizon),
    }[mode]
    weights = [weight(length) for length in lengths for _ in range(length)]
    losses = [loss for row in terms for loss in row]
    return float(np.dot(weights, losses)) if losses else 0
