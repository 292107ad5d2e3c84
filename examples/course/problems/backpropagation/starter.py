import numpy as np


def gradients(
    x: np.ndarray,
    y: np.ndarray,
    w1: np.ndarray,
    b1: np.ndarray,
    w2: np.ndarray,
    b2: np.ndarray,
    input_gradient: bool = False,
) -> dict[str, np.ndarray]:
    """Gradients of the loss of a network with one hidden layer.

    Args:
        x: Inputs, of shape (N, D).
        y: Right outputs, of shape (N, K).
        w1: Weights of the hidden layer, of shape (D, H).
        b1: Biases of the hidden layer, of shape (H,).
        w2: Weights of the output layer, of shape (H, K).
        b2: Biases of the output layer, of shape (K,).
        input_gradient: Whether to return the gradient with respect to `x`, too.

    Returns:
        Gradients by the name of the argument.
    """
    # Write your code here.
    pass
