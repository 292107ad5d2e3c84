"""How values are written as bytes, without pickle: what is decoded cannot contain code.

A value is one tag byte and its content; sizes are unsigned 32-bit, all numbers little-endian.

    N T F        None, True, False          i size bytes    integer, two's complement
    d            float64                    c               two float64
    s size utf8  string                     b size bytes    bytes
    l n items    list                       t n items       tuple
    v n float64  list of only floats        m n pairs       dict
    e n items    set                        z n items       frozenset (both sorted by their bytes)
    a            array: size and name of the dtype, number of axes (1 byte), their lengths,
                 elements
    k array      an array that becomes a tensor of torch
    ? size utf8  description of an Unsupported
    g            Generator: the first letter of its library, seed (4 bytes)
    f items      Code: a tuple of its description, imports, label and calls
"""

from __future__ import annotations

import math
import struct

MAX_DEPTH = 64
MAX_EMPTY = 65536  # rows of arrays without elements, in one value
TORCH = "torch"
LIBRARIES = {b"n": "numpy", b"r": "random"}
SIZE = struct.Struct("<I")
SEQUENCE_HEADER = 1 + SIZE.size  # bytes of a list or a tuple before its first item
DOUBLE = struct.Struct("<d")
COMPLEX = struct.Struct("<dd")


class TooLarge(ValueError):
    """The value is larger than allowed."""


def is_countable(shape: tuple[int, ...]) -> bool:
    """Return whether an array makes few nested lists: one of shape (10**9, 0) has no elements."""
    return 0 not in shape or math.prod(max(length, 1) for length in shape) <= MAX_EMPTY
