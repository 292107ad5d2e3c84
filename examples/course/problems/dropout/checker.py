"""Judges what a dropout layer returns, however it draws its random numbers.

The arrays have 256 elements or more. Nine standard deviations are far beyond what chance does.
"""

import numpy as np


def is_dropped_out(answer, *, x, p, **others):
    """Whether the answer is `x` after dropout with the probability p."""
    answer = _array(answer, x.shape)
    if isinstance(answer, str):
        return answer
    dropped = answer == 0
    kept = x / (1 - p)
    right = dropped | np.isclose(answer, kept, rtol=1e-4, atol=0)
    if not right.all():
        i, j = np.argwhere(~right)[0]
        return f"[{i}][{j}] must be 0 or {kept[i, j]:.6g}, and is {answer[i, j]:.6g}"
    if not _is_likely(dropped, p):
        return f"{dropped.mean():.1%} are 0, which is too far from p = {p}"
    both = dropped[:, 1:] & dropped[:, :-1], dropped[1:] & dropped[:-1]
    if not all(_is_likely(each, p * p) for each in both):
        return "whether an element is dropped depends on its neighbours"
    return True


def is_another_mask(answer, *, first, x, p, **others):
    """Whether the answer and that of another pass are 0 at places that are independent."""
    opinion = is_dropped_out(answer, x=x, p=p)
    if opinion is not True:
        return opinion
    if not _is_likely((np.asarray(answer) == 0) & (np.asarray(first) == 0), p * p):
        return "the elements that are dropped depend on those that the pass before dropped"
    return True


def is_gradient(answer, *, grad, x, y, **others):
    """Whether the answer is the gradient for x, if `forward` made y of it."""
    answer = _array(answer, x.shape)
    if isinstance(answer, str):
        return answer
    expected = grad * np.asarray(y) / x
    wrong = ~np.isclose(answer, expected, rtol=1e-4, atol=1e-9)
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        return f"[{i}][{j}] must be {expected[i, j]:.6g}, and is {answer[i, j]:.6g}"
    return True


def _array(answer, shape):
    try:
        array = np.asarray(answer)
    except ValueError:  # its rows have different lengths
        return "expected an array of numbers"
    if array.dtype.kind not in "biuf":  # also of complex numbers, or of integers beyond a float
        return "expected an array of real numbers"
    return array if array.shape == shape else f"expected the shape {shape}, found {array.shape}"


def _is_likely(chosen, p):
    return abs(chosen.sum() - chosen.size * p) <= 9 * (chosen.size * p * (1 - p)) ** 0.5
