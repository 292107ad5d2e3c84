"""As TRL writes it: the target is a ratio, and beta multiplies the whole bracket."""

from statistics import fmean

import numpy as np


def simpo_loss(chosen, rejected, beta=2.0, gamma=1.0):
    ahead = np.array([fmean(c) - fmean(r) for c, r in zip(chosen, rejected, strict=True)])
    return float(np.logaddexp(0, -beta * (ahead - gamma / beta)).mean())
