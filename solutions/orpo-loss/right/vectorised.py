"""NumPy: expm1 and logaddexp on arrays of means."""

import numpy as np


def orpo_loss(chosen, rejected, lam=0.1):
    c = np.array([np.mean(row) for row in chosen])
    r = np.array([np.mean(row) for row in rejected])

    def log_odds(x):
        return x - np.log(-np.expm1(x))

    return np.mean(-c + lam * np.logaddexp(0.0, log_odds(r) - log_odds(c)))
