"""A padded matrix with a mask, as batches are kept on a GPU."""

import numpy as np


def aggregate(terms, mode, horizon=1):
    width = max(max(map(len, terms)), 1)
    losses = np.zeros((len(terms), width))
    mask = np.zeros((len(terms), width), dtype=bool)
    for index, row in enumerate(terms):
        losses[index, : len(row)] = row
        mask[index, : len(row)] = True
    lengths = np.maximum(mask.sum(axis=1), 1)
    sums = (losses * mask).sum(axis=1)
    match mode:
        case "token-mean":
            return sums.sum() / max(mask.sum(), 1)
        case "seq-mean-token-mean":
            return (sums / lengths).mean()
        case "seq-mean-token-sum":
            return sums.mean()
        case "seq-mean-token-sum-norm":
            return sums.mean() / horizon
