"""Values to bytes and back, without pickle: what is decoded cannot carry behaviour.

A value is one tag byte and its content; sizes are unsigned 32-bit, all numbers little-endian.

    N T F        None, True, False          i size bytes    integer, two's complement
    d            float64                    c               two float64
    s size utf8  text                       b size bytes    bytes
    l n items    list                       t n items       tuple
    v n float64  list of floats alone       m n pairs       dict
    e n items    set                        z n items       frozenset (both in the order of bytes)
    a            array: dtype as text, number of axes (1 byte), their lengths, elements
    ? text       Unsupported

`encode` runs in the submission's process and meets live objects of any kind; what it makes of them
is only as true as that process. `decode` runs in ours and believes nothing: what is not exactly of
this form raises DecodeError.
"""

from __future__ import annotations

import math
import struct
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from grader.values import DTYPES, Array, Unsupported, Value, item_size

MAX_DEPTH = 64
_MAX_EMPTY = 65536
MAX_COMPARED = 1_000_000  # steps to compare keys of the same hash, in one value: some 50 ms
_BYTES_PER_STEP = 64  # of a long integer or text, that are compared in the time of one object
_SLOW = 10  # steps to compare an object whose comparison is written in Python
_SIZE = struct.Struct("<I")
_DOUBLE = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")


class DecodeError(ValueError):
    """The bytes are no encoded value."""


class TooLarge(ValueError):
    """The value does not fit the size allowed."""


# Encoding ----------------------------------------------------------------------------------------


def encode(value: object, most: int = sys.maxsize) -> bytes:
    """The value as bytes; what is outside the closed set becomes a Unsupported.

    Raises:
        TooLarge: if that takes more than `most` bytes
    """
    out = bytearray()
    try:
        _encode(value, out, most, 0)
    except _TooDeep:
        del out[:]
        what = f"a container nested more than {MAX_DEPTH} deep (does it contain itself?)"
        _encode(Unsupported(what), out, most, 0)
    _room(out, 0, most)
    return bytes(out)


class _TooDeep(Exception):
    pass


def _encode(value: Any, out: bytearray, most: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _TooDeep
    _room(out, 0, most)
    kind = type(value)
    if kind is list and value and all(type(item) is float for item in value):
        _room(out, 8 * len(value), most)
        out += b"v" + _SIZE.pack(len(value)) + struct.pack(f"<{len(value)}d", *value)
    elif kind in _WRITERS:
        _WRITERS[kind](value, out, most, depth)
    elif (base := _numpy_base(kind)) is not None:
        _encode_numpy(value, base, out, most, depth)
    else:
        for base in kind.__mro__:  # a subclass is taken for what it is underneath
            if base in _WRITERS:
                _WRITERS[base](value, out, most, depth)
                return
        _encode_text(b"?", _strange(kind), out, most)


def _room(out: bytearray, more: int, most: int) -> None:
    if len(out) + more > most:
        raise TooLarge


def _encode_int(value: int, out: bytearray, most: int, depth: int) -> None:
    size = int.bit_length(value) // 8 + 1
    _room(out, size, most)
    out += b"i" + _SIZE.pack(size) + int.to_bytes(value, size, "little", signed=True)


def _encode_text(tag: bytes, text: str, out: bytearray, most: int) -> None:
    _room(out, str.__len__(text), most)
    data = str.encode(text, "utf-8", "surrogatepass")
    out += tag + _SIZE.pack(len(data)) + data


def _encode_bytes(value: Any, out: bytearray, most: int, depth: int) -> None:
    view = memoryview(value)  # a subclass may say something else of itself
    _room(out, view.nbytes, most)
    out += b"b" + _SIZE.pack(view.nbytes) + view


def _sequence(tag: bytes, base: Any) -> Callable[[Any, bytearray, int, int], None]:
    def write(value: Any, out: bytearray, most: int, depth: int) -> None:
        # Of the base, not len() and iter(): a subclass may say something else of itself.
        _room(out, base.__len__(value), most)
        items = list(base.__iter__(value))
        out += tag + _SIZE.pack(len(items))
        for item in items:
            _encode(item, out, most, depth + 1)

    return write


def _encode_range(value: range, out: bytearray, most: int, depth: int) -> None:
    # Before it is a list, which might fill the memory; len() cannot count a very long one.
    count = (value[-1] - value[0]) // value.step + 1 if value else 0
    _room(out, count, most)
    _encode(list(value), out, most, depth)


def _set(tag: bytes, base: Any) -> Callable[[Any, bytearray, int, int], None]:
    def write(value: Any, out: bytearray, most: int, depth: int) -> None:
        # The order of a set of texts changes from one process to the next; a digest must not.
        _room(out, base.__len__(value), most)
        items = list(base.__iter__(value))
        out += tag + _SIZE.pack(len(items))
        cuts = [len(out)]
        for item in items:
            _encode(item, out, most, depth + 1)
            cuts.append(len(out))
        out[cuts[0] :] = b"".join(sorted(out[start:end] for start, end in pairwise(cuts)))

    return write


def _encode_dict(value: dict[Any, Any], out: bytearray, most: int, depth: int) -> None:
    _room(out, 2 * dict.__len__(value), most)
    items = list(dict.items(value))
    out += b"m" + _SIZE.pack(len(items))
    for key, item in items:
        _encode(key, out, most, depth + 1)
        _encode(item, out, most, depth + 1)


def _encode_array(value: Array, out: bytearray, most: int, depth: int) -> None:
    _room(out, len(value.data), most)
    name = value.dtype.encode()
    out += b"a" + _SIZE.pack(len(name)) + name + bytes([len(value.shape)])
    out += b"".join(_SIZE.pack(length) for length in value.shape) + value.data


_WRITERS: dict[Any, Callable[[Any, bytearray, int, int], None]] = {
    type(None): lambda value, out, most, depth: out.extend(b"N"),
    bool: lambda value, out, most, depth: out.extend(b"T" if value else b"F"),
    int: _encode_int,
    float: lambda value, out, most, depth: out.extend(b"d" + _DOUBLE.pack(value)),
    complex: lambda value, out, most, depth: out.extend(
        b"c" + _COMPLEX.pack(complex.__complex__(value).real, complex.__complex__(value).imag)
    ),
    str: lambda value, out, most, depth: _encode_text(b"s", value, out, most),
    bytes: _encode_bytes,
    bytearray: _encode_bytes,
    list: _sequence(b"l", list),
    tuple: _sequence(b"t", tuple),
    range: _encode_range,
    dict: _encode_dict,
    type({}.keys()): lambda value, out, most, depth: _encode(list(value), out, most, depth),
    type({}.values()): lambda value, out, most, depth: _encode(list(value), out, most, depth),
    set: _set(b"e", set),
    frozenset: _set(b"z", frozenset),
    Array: _encode_array,
    Unsupported: lambda value, out, most, depth: _encode_text(b"?", value.what, out, most),
}


def _numpy_base(kind: type) -> type | None:
    """np.generic or np.ndarray, if the type is one underneath."""
    numpy = sys.modules.get("numpy")
    bases: tuple[type, ...] = (numpy.generic, numpy.ndarray) if numpy else ()
    return next((base for base in kind.__mro__ if base in bases), None)


def _encode_numpy(value: Any, base: Any, out: bytearray, most: int, depth: int) -> None:
    numpy = sys.modules["numpy"]
    array = numpy.asarray(value) if base is numpy.generic else value
    array = base.view(array, numpy.ndarray) if base is numpy.ndarray else array
    # Any of its bases: numpy.ma.masked, which looks like 0.0, is of a class of its own.
    masked = any(each.__name__ == "MaskedArray" for each in type(value).__mro__)
    name = "float64" if array.dtype.kind == "f" and array.dtype.itemsize > 8 else array.dtype.name
    if array.dtype.kind == "c" and array.dtype.itemsize > 16:
        name = "complex128"
    if masked and numpy.any(value.mask):
        _encode_text(b"?", "a masked array with masked elements", out, most)
    elif name in DTYPES and array.ndim == 0:
        with numpy.errstate(over="ignore"):  # a longdouble may be more than a float can hold
            number = array.astype(name).item()
        _encode(number, out, most, depth)
    elif name in DTYPES and _countable(array.shape):
        _room(out, array.size * item_size(name), most)
        little = numpy.dtype(name).newbyteorder("<")
        with numpy.errstate(over="ignore"):
            data = numpy.ascontiguousarray(array, dtype=little).tobytes()
        _encode_array(Array(name, array.shape, data), out, most, depth)
    elif array.dtype.kind in "USO":  # texts, and arrays of objects
        _room(out, array.size, most)
        # One deeper, as an array without axes holds one object, which may be itself.
        _encode(array.tolist(), out, most, depth + 1)
    elif name in DTYPES:
        _encode_text(b"?", f"an empty array of shape {array.shape}", out, most)
    else:
        _encode_text(b"?", f"a NumPy value of dtype {name}", out, most)


def _countable(shape: tuple[int, ...]) -> bool:
    """Whether the nested lists of an array are few: those of shape (10**9, 0) hold no element."""
    return 0 not in shape or math.prod(max(length, 1) for length in shape) <= _MAX_EMPTY


def _strange(kind: type) -> str:
    name = str(type.__dict__["__name__"].__get__(kind))[:80]
    match name:
        case "generator" | "async_generator":
            return "a generator (is there a yield where a return is meant?)"
        case "coroutine":
            return "a coroutine (write def, not async def)"
        case "function" | "builtin_function_or_method" | "method":
            return "a function (are the parentheses of a call missing?)"
        case "ellipsis":
            return "an Ellipsis (is the ... of the starter still there?)"
    return f"an object of type {name}"


# Decoding ----------------------------------------------------------------------------------------


def decode(data: bytes, array: Callable[[Array], Any] = lambda array: array) -> Value:
    """The value that `data` holds, of exact base types.

    Args:
        array: what to make of an array: itself, or in the submission's process `as_numpy`

    Raises:
        DecodeError: if the bytes are not one encoded value, no more and no less
    """
    reader = _Reader(data, array)
    try:
        value = reader.value(0)
    except (IndexError, struct.error, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise DecodeError(str(error)) from None
    if reader.position != len(data):
        raise DecodeError("there is more behind the value")
    return value


class _Reader:
    def __init__(self, data: bytes, array: Callable[[Array], Any]) -> None:
        self.data = data
        self.position = 0
        self.array = array
        self.objects = 0  # that have been read; one that Python code compares counts as several
        self.compared = 0  # steps to compare keys of the same hash

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.position:
            raise DecodeError("it ends too early")
        self.position += count
        return self.data[self.position - count : self.position]

    def size(self) -> int:
        size: int = _SIZE.unpack(self.take(4))[0]
        return size

    def items(self, depth: int, each: int = 1) -> list[Value]:
        return [self.value(depth + 1) for _ in range(self.count(each))]

    def count(self, each: int = 1) -> int:
        count = each * self.size()
        if count > len(self.data) - self.position:  # every item takes a byte at least
            raise DecodeError("it ends too early")
        return count

    def weighed_items(self, depth: int, each: int = 1) -> list[tuple[Value, int]]:
        """Return the items of a container, each with the steps it takes to compare it."""
        found = []
        for _ in range(self.count(each)):
            position, objects = self.position, self.objects
            value = self.value(depth + 1)
            steps = self.objects - objects + (self.position - position) // _BYTES_PER_STEP
            found.append((value, steps))
        return found

    def keys(self, items: list[tuple[Value, int]]) -> list[Value]:
        """Return the items, if they can become keys in good time.

        They are a stranger's, who may give all of them one hash. The budget is one for the whole
        value, since a value may hold many sets.
        """
        keys = [key for key, _ in items]
        self.compared += comparison_cost([hash(key) for key in keys], [steps for _, steps in items])
        if self.compared > MAX_COMPARED:
            raise DecodeError("too many keys have the same hash")
        return keys

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise DecodeError("it is nested too deeply")
        tag = self.take(1)
        self.objects += _SLOW if tag in b"a?" else 1
        match tag:
            case b"N":
                return None
            case b"T" | b"F":
                return tag == b"T"
            case b"i":
                return int.from_bytes(self.take(self.size()), "little", signed=True)
            case b"d":
                number: float = _DOUBLE.unpack(self.take(8))[0]
                return number
            case b"c":
                return complex(*_COMPLEX.unpack(self.take(16)))
            case b"v":
                count = self.size()
                return list(struct.unpack(f"<{count}d", self.take(8 * count)))
            case b"s":
                return self.take(self.size()).decode("utf-8", "surrogatepass")
            case b"b":
                return self.take(self.size())
            case b"l":
                return self.items(depth)
            case b"t":
                return tuple(self.items(depth))
            case b"e":
                return set(self.keys(self.weighed_items(depth)))
            case b"z":
                return frozenset(self.keys(self.weighed_items(depth)))
            case b"m":
                flat = self.weighed_items(depth, each=2)
                values = [value for value, _ in flat[1::2]]
                return dict(zip(self.keys(flat[::2]), values, strict=True))
            case b"a":
                made: Value = self.array(self.read_array())
                return made
            case b"?":
                return Unsupported(self.take(self.size()).decode("utf-8", "replace"))
        raise DecodeError(f"no value begins with {tag!r}")

    def read_array(self) -> Array:
        dtype = self.take(self.size()).decode("ascii")
        if dtype not in DTYPES:
            raise DecodeError(f"no dtype is called {dtype!r}")
        shape = tuple(self.size() for _ in range(self.take(1)[0]))
        if len(shape) > MAX_DEPTH or not _countable(shape):
            raise DecodeError(f"no array has the shape {shape}")
        return Array(dtype, shape, self.take(math.prod(shape) * item_size(dtype)))


def comparison_cost(hashes: Sequence[int], weights: Sequence[int]) -> int:
    """Return a bound on the steps it takes to compare keys with these hashes as they become a set.

    A set compares a new key with every key of the same hash that it holds.

    Args:
        hashes: of the keys
        weights: how many steps it takes to compare each with an equal one
    """
    if len(set(hashes)) == len(hashes):
        return 0
    groups: dict[int, list[int]] = defaultdict(list)
    for hashed, weight in zip(hashes, weights, strict=True):
        groups[hashed].append(weight)
    return sum((len(group) - 1) * sum(group) for group in groups.values())


def as_numpy(array: Array) -> Any:
    """The array as NumPy's own, writable, for a submission to work on."""
    import numpy

    little = numpy.dtype(array.dtype).newbyteorder("<")
    flat = numpy.frombuffer(array.data, dtype=little)
    return flat.astype(array.dtype).reshape(array.shape)
