"""Make arrays, tensors and random generators, in the submission's process."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from grader.values import Array, Generator


def as_numpy(array: Array | Generator) -> Any:
    """Return a writable `numpy.ndarray`, a tensor or a random generator for a submission."""
    if isinstance(array, Generator) and array.library == "random":
        import random

        return random.Random(array.seed)
    import numpy

    if isinstance(array, Generator):
        return numpy.random.default_rng(array.seed)

    little = numpy.dtype(array.dtype).newbyteorder("<")
    flat = numpy.frombuffer(array.data, dtype=little)
    made = flat.astype(array.dtype).reshape(array.shape)
    if array.library:
        return import_module(array.library).from_numpy(made)
    return made
