import numpy as np


def mean_entropy(logits: list[list[float]]) -> float:
    """Mean entropy of a policy over positions, in nats.

    Args:
        logits: One list per position, with the logits of the V tokens of the vocabulary.

    Returns:
        The mean of the entropies of the T positions.
    """
    # Write your code here.
    pass
