import numpy as np


class Adam:
    """The Adam optimiser. Attribute: `t`, the number of steps taken."""

    def __init__(
        self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ):
        # Write your code here.
        pass

    def step(self, params: np.ndarray, grads: np.ndarray) -> np.ndarray:
        """Return the parameters after one more step."""
        pass
