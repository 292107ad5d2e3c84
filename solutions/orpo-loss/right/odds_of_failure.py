"""From 1/p - 1 = e^-l - 1: the log-odds are -log(expm1(-l)), which needs care only for large -l."""

from math import exp, expm1, fsum, log, log1p


def log_odds(x):
    return x if x < -40 else -log(expm1(-x))


def orpo_loss(chosen, rejected, lam=0.1):
    nll, penalties = [], []
    for c_row, r_row in zip(chosen, rejected, strict=True):
        c, r = fsum(c_row) / len(c_row), fsum(r_row) / len(r_row)
        d = log_odds(c) - log_odds(r)
        nll.append(-c)
        penalties.append(max(-d, 0) + log1p(exp(-abs(d))))
    return fsum(nll) / len(nll) + lam * fsum(penalties) / len(nll)
