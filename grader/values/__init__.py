"""Values that pass between the grader and a submission: a closed set of plain types.

These are numbers, strings, bytes, None, lists, tuples, dicts, sets, and NumPy arrays of numbers or
booleans. In the grader's own process an array is an `Array`: raw elements with a dtype and a shape,
so that NumPy never runs on untrusted data. Anything else that a submission returns becomes an
`Unsupported`, which only describes it.

`codec` converts values to bytes and back, `show` to text for readers, `yaml_literal` to YAML.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = "bool | int | float | complex | str | bytes | None"
Container: TypeAlias = (
    "list[Value] | tuple[Value, ...] | dict[Value, Value] | set[Value] | frozenset[Value]"
)
Value: TypeAlias = "Scalar | Container | Array | Unsupported"

# dtype name: the struct format of one element. A complex element is two of its floats.
DTYPES = {
    "bool": "?",
    "int8": "b",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "uint8": "B",
    "uint16": "H",
    "uint32": "I",
    "uint64": "Q",
    "float16": "e",
    "float32": "f",
    "float64": "d",
    "complex64": "f",
    "complex128": "d",
}


def item_size(dtype: str) -> int:
    """Return the size of one element, in bytes."""
    size = struct.calcsize("=" + DTYPES[dtype])
    return 2 * size if dtype.startswith("complex") else size


@dataclass(frozen=True)
class Array:
    """A NumPy array as data: elements in C order, little-endian."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    def nested(self) -> Value:
        """Return the elements as nested lists, like `ndarray.tolist`."""
        count = len(self.data) // item_size(self.dtype)
        flat: list[Value]
        if self.dtype.startswith("complex"):
            parts = struct.unpack(f"<{2 * count}{DTYPES[self.dtype]}", self.data)
            flat = [complex(re, im) for re, im in zip(parts[::2], parts[1::2], strict=True)]
        else:
            flat = list(struct.unpack(f"<{count}{DTYPES[self.dtype]}", self.data))
        return _fold(flat, self.shape)


def _fold(flat: list[Value], shape: tuple[int, ...]) -> Value:
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return flat
    step = len(flat) // shape[0] if shape[0] else 0
    return [_fold(flat[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


@dataclass(frozen=True)
class Unsupported:
    """An answer outside the closed set.

    Attributes:
        description: a phrase like "an object of type Foo"
    """

    description: str
