import numpy as np


def kl_estimators(logp: list[float], logp_ref: list[float]) -> tuple[float, float, float]:
    """Three estimates of the KL divergence of a policy from a reference.

    Args:
        logp: Log-probability of each sampled token under the policy, of length T.
        logp_ref: Log-probability of the same tokens under the reference, of length T.

    Returns:
        The estimates k1, k2 and k3.
    """
    # Write your code here.
    pass
