"""By moments: variance of the margins plus the squared distance of their mean from the target."""

from statistics import fmean, pvariance


def ipo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, tau=0.1):
    margins = [
        (a - c) - (b - d)
        for a, b, c, d in zip(policy_chosen, policy_rejected, ref_chosen, ref_rejected, strict=True)
    ]
    mean = fmean(margins)
    return pvariance(margins, mean) + (mean - 1 / (2 * tau)) ** 2
