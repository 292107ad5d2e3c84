import numpy as np


class Dropout:
    """A dropout layer. Attribute: `training`, which is True at first."""

    def __init__(self, p: float, rng: np.random.Generator):
        # Write your code here.
        pass

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the activations, some of which are dropped during training."""
        pass

    def backward(self, grad: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the argument of the last forward pass."""
        pass
