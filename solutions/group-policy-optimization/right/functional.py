"""Functional: one small function per term, and expm1 for a bracket that is exact near r = 1."""

from math import expm1, log
from statistics import fmean


def surrogate(rho: float, advantage: float, epsilon: float) -> float:
    if advantage >= 0:
        return advantage * min(rho, 1 + epsilon)
    return advantage * max(rho, 1 - epsilon)


def penalty(rho: float, current: float, reference: float) -> float:
    log_r = log(current / reference)
    return rho * (expm1(log_r) - log_r)


def gpo_objective(
    ratios: list[float],
    advantages: list[float],
    pi_current: list[float],
    pi_ref: list[float],
    epsilon: float,
    beta: float,
) -> float:
    return fmean(
        surrogate(rho, advantage, epsilon) - beta * penalty(rho, current, reference)
        for rho, advantage, current, reference in zip(
            ratios, advantages, pi_current, pi_ref, strict=True
        )
    )
