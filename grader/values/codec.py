"""Convert values to bytes and back, without pickle: what is decoded cannot contain code.

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

`encode` runs in the submission's process and handles live objects of any type; its result is only
as trustworthy as that process. `decode` runs in the grader's process and trusts nothing: bytes not
exactly of this format raise `DecodeError`.
"""

from __future__ import annotations

import math
import struct
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from typing import Any

from grader.values import DTYPES, Array, Code, Generator, Unsupported, Value, item_size
from grader.values.convert import DoesNotFit, Unconvertible, convert, describe, is_sparse_dict

MAX_DEPTH = 64
_MAX_EMPTY = 65536  # rows of arrays without elements, in one value
MAX_COMPARED = 1_000_000  # steps to compare keys of the same hash, in one value: about 50 ms
_BYTES_PER_STEP = 64  # of a long integer or string: compared in the time of one object
_SLOW = 10  # steps to compare an object that compares itself in Python
MAX_OBJECTS = 1_500_000  # of the answers of one program: at most about 130 MB
_OF_SET = 5  # objects whose memory a set or a dict takes, in addition to its own and its items
_BYTES_PER_OBJECT = 64  # of encoded values: what they contain is also kept
_MIN_LEFT = 1000  # objects for another value after some were refused
TORCH = "torch"
_LIBRARIES = {b"n": "numpy", b"r": "random"}
_SIZE = struct.Struct("<I")
_DOUBLE = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")


class DecodeError(ValueError):
    """The bytes are not an encoded value."""


class TooLarge(ValueError):
    """The value is larger than allowed."""


class Allowance:
    """The number of objects that several values may consist of together when they are decoded.

    A value that exceeds it takes half of what is left, so that refusing many is also bounded, and a
    small one after it still has room.

    Attributes:
        objects: number that is left
    """

    def __init__(self, objects: int = MAX_OBJECTS) -> None:
        self.objects = objects

    def spend(self, objects: int) -> None:
        self.objects = max(self.objects - objects, 0)

    def refuse(self) -> None:
        self.objects = max(self.objects // 2, _MIN_LEFT)


# Encoding ----------------------------------------------------------------------------------------


def encode(value: object, max_bytes: int = sys.maxsize) -> bytes:
    """Return the value as bytes; objects outside the closed set become `Unsupported`.

    Raises:
        TooLarge: if the result is longer than `max_bytes`
    """
    out = bytearray()
    try:
        _encode(value, out, max_bytes, 0)
    except _TooDeep:
        del out[:]
        description = f"a container nested more than {MAX_DEPTH} deep (does it contain itself?)"
        _encode(Unsupported(description), out, max_bytes, 0)
    _check_room(out, 0, max_bytes)
    return bytes(out)


class _TooDeep(Exception):
    pass


def _encode(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _TooDeep
    _check_room(out, 0, max_bytes)
    kind = type(value)
    if kind is list and value and all(type(item) is float for item in value):
        _check_room(out, 8 * len(value), max_bytes)
        out += b"v" + _SIZE.pack(len(value)) + struct.pack(f"<{len(value)}d", *value)
    elif kind in _WRITERS:
        _WRITERS[kind](value, out, max_bytes, depth)
    elif (base := _numpy_base(kind)) is not None:
        _encode_numpy(value, base, out, max_bytes, depth)
    elif is_sparse_dict(kind):
        _encode_converted(value, out, max_bytes, depth)
    else:
        for base in kind.__mro__:  # a subclass is encoded as its base type
            if base in _WRITERS:
                _WRITERS[base](value, out, max_bytes, depth)
                return
        _encode_converted(value, out, max_bytes, depth)


def _encode_converted(value: object, out: bytearray, max_bytes: int, depth: int) -> None:
    """Encode an object of another type, such as a tensor, as the plain value that it is."""
    try:
        # An item takes at least one byte.
        plain = convert(value, max_items=max_bytes - len(out))
    except Unconvertible:
        _encode_text(b"?", describe(value), out, max_bytes)
    except DoesNotFit:
        raise TooLarge from None
    else:
        _encode(plain, out, max_bytes, depth + 1)


def _check_room(out: bytearray, more: int, max_bytes: int) -> None:
    if len(out) + more > max_bytes:
        raise TooLarge


def _encode_int(value: int, out: bytearray, max_bytes: int, depth: int) -> None:
    size = int.bit_length(value) // 8 + 1
    _check_room(out, size, max_bytes)
    out += b"i" + _SIZE.pack(size) + int.to_bytes(value, size, "little", signed=True)


def _encode_text(tag: bytes, text: str, out: bytearray, max_bytes: int) -> None:
    _check_room(out, str.__len__(text), max_bytes)
    data = str.encode(text, "utf-8", "surrogatepass")
    out += tag + _SIZE.pack(len(data)) + data


def _encode_bytes(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    view = memoryview(value)  # bytes(value) would call methods of a subclass
    _check_room(out, view.nbytes, max_bytes)
    out += b"b" + _SIZE.pack(view.nbytes) + view


def _sequence(tag: bytes, base: Any) -> Callable[[Any, bytearray, int, int], None]:
    def write(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
        # Methods of the base type, not len() and iter(): a subclass may override those.
        _check_room(out, base.__len__(value), max_bytes)
        items = list(base.__iter__(value))
        out += tag + _SIZE.pack(len(items))
        for item in items:
            _encode(item, out, max_bytes, depth + 1)

    return write


def _encode_range(value: range, out: bytearray, max_bytes: int, depth: int) -> None:
    # Checked before the list is made, which might fill the memory; len() overflows if it is long.
    count = (value[-1] - value[0]) // value.step + 1 if value else 0
    _check_room(out, count, max_bytes)
    _encode(list(value), out, max_bytes, depth)


def _set(tag: bytes, base: Any) -> Callable[[Any, bytearray, int, int], None]:
    def write(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
        # The order of a set of strings differs between processes; a digest must not.
        _check_room(out, base.__len__(value), max_bytes)
        items = list(base.__iter__(value))
        out += tag + _SIZE.pack(len(items))
        cuts = [len(out)]
        for item in items:
            _encode(item, out, max_bytes, depth + 1)
            cuts.append(len(out))
        out[cuts[0] :] = b"".join(sorted(out[start:end] for start, end in pairwise(cuts)))

    return write


def _encode_dict(value: dict[Any, Any], out: bytearray, max_bytes: int, depth: int) -> None:
    _check_room(out, 2 * dict.__len__(value), max_bytes)
    items = list(dict.items(value))
    out += b"m" + _SIZE.pack(len(items))
    for key, item in items:
        _encode(key, out, max_bytes, depth + 1)
        _encode(item, out, max_bytes, depth + 1)


def _encode_view(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    _encode(list(value), out, max_bytes, depth)


def _encode_unsupported(value: Unsupported, out: bytearray, max_bytes: int, depth: int) -> None:
    _encode_text(b"?", value.description, out, max_bytes)


def _encode_generator(value: Generator, out: bytearray, max_bytes: int, depth: int) -> None:
    out += b"g" + value.library[:1].encode("ascii") + _SIZE.pack(value.seed)


def _encode_code(value: Code, out: bytearray, max_bytes: int, depth: int) -> None:
    out += b"f"
    fields = (value.description, value.imports, value.label, value.calls)
    _encode(fields, out, max_bytes, depth + 1)


def _encode_array(value: Array, out: bytearray, max_bytes: int, depth: int) -> None:
    _check_room(out, len(value.data), max_bytes)
    name = value.dtype.encode()
    out += b"k" if value.library else b""
    out += b"a" + _SIZE.pack(len(name)) + name + bytes([len(value.shape)])
    out += b"".join(_SIZE.pack(length) for length in value.shape) + value.data


_WRITERS: dict[Any, Callable[[Any, bytearray, int, int], None]] = {
    type(None): lambda value, out, max_bytes, depth: out.extend(b"N"),
    bool: lambda value, out, max_bytes, depth: out.extend(b"T" if value else b"F"),
    int: _encode_int,
    float: lambda value, out, max_bytes, depth: out.extend(b"d" + _DOUBLE.pack(value)),
    complex: lambda value, out, max_bytes, depth: out.extend(
        b"c" + _COMPLEX.pack(complex.__complex__(value).real, complex.__complex__(value).imag)
    ),
    str: lambda value, out, max_bytes, depth: _encode_text(b"s", value, out, max_bytes),
    bytes: _encode_bytes,
    bytearray: _encode_bytes,
    list: _sequence(b"l", list),
    tuple: _sequence(b"t", tuple),
    range: _encode_range,
    dict: _encode_dict,
    type({}.keys()): _encode_view,
    type({}.values()): _encode_view,
    type({}.items()): _encode_view,
    set: _set(b"e", set),
    frozenset: _set(b"z", frozenset),
    Array: _encode_array,
    Unsupported: _encode_unsupported,
    Generator: _encode_generator,
    Code: _encode_code,
}


def _numpy_base(kind: type) -> type | None:
    """Return np.generic or np.ndarray if it is a base of the type, else None."""
    numpy = sys.modules.get("numpy")
    bases: tuple[type, ...] = (numpy.generic, numpy.ndarray) if numpy else ()
    return next((base for base in kind.__mro__ if base in bases), None)


def _encode_numpy(value: Any, base: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    numpy = sys.modules["numpy"]
    array = numpy.asarray(value) if base is numpy.generic else value
    array = base.view(array, numpy.ndarray) if base is numpy.ndarray else array
    # Search all bases: numpy.ma.masked, which looks like 0.0, has a class of its own.
    masked = any(each.__name__ == "MaskedArray" for each in type(value).__mro__)
    name = "float64" if array.dtype.kind == "f" and array.dtype.itemsize > 8 else array.dtype.name
    if array.dtype.kind == "c" and array.dtype.itemsize > 16:
        name = "complex128"
    if masked and numpy.any(value.mask):
        _encode_text(b"?", "a masked array with masked elements", out, max_bytes)
    elif name in DTYPES and array.ndim == 0:
        with numpy.errstate(over="ignore"):  # a longdouble may exceed the range of a float
            number = array.astype(name).item()
        _encode(number, out, max_bytes, depth)
    elif name in DTYPES and _countable(array.shape):
        _check_room(out, array.size * item_size(name), max_bytes)
        little = numpy.dtype(name).newbyteorder("<")
        with numpy.errstate(over="ignore"):
            data = numpy.ascontiguousarray(array, dtype=little).tobytes()
        _encode_array(Array(name, array.shape, data), out, max_bytes, depth)
    elif array.dtype.kind in "USO":  # strings and objects
        _check_room(out, array.size, max_bytes)
        # One level deeper: the object in an array without axes may be that array.
        _encode(array.tolist(), out, max_bytes, depth + 1)
    elif name in DTYPES:
        _encode_text(b"?", f"an empty array of shape {array.shape}", out, max_bytes)
    else:
        _encode_text(b"?", f"a NumPy value of dtype {name}", out, max_bytes)


def _countable(shape: tuple[int, ...]) -> bool:
    """Return whether an array makes few nested lists: one of shape (10**9, 0) has no elements."""
    return 0 not in shape or math.prod(max(length, 1) for length in shape) <= _MAX_EMPTY


# Decoding ----------------------------------------------------------------------------------------


def decode(
    data: bytes,
    array: Callable[[Array | Generator], Any] = lambda array: array,
    allowance: Allowance | None = None,
) -> Value:
    """Return the value that `data` encodes, made of exact base types.

    Args:
        array: conversion of arrays and random generators: none, or `as_numpy` in the submission's
            process
        allowance: what this value may use of it; by default the size of the data is the only bound

    Raises:
        DecodeError: if the bytes are not exactly one encoded value
        TooLarge: if the allowance is exceeded
        MemoryError: if there is no memory left, for which the bytes are not to blame
    """
    reader = _Reader(data, array, allowance.objects if allowance is not None else sys.maxsize)
    try:
        value = reader.value(0)
        reader.check_room(0)
        if allowance is not None:
            allowance.spend(reader.objects + reader.more)
    except TooLarge:
        if allowance is not None:
            allowance.refuse()
        raise
    except (IndexError, struct.error, ValueError, TypeError, OverflowError) as error:
        raise DecodeError(str(error)) from None
    if reader.position != len(data):
        raise DecodeError(f"expected one value, found {len(data) - reader.position} more bytes")
    return value


class _Reader:
    def __init__(
        self, data: bytes, array: Callable[[Array | Generator], Any], max_objects: int
    ) -> None:
        self.data = data
        self.position = 0
        self.array = array
        self.max_objects = max_objects
        self.objects = 0  # read so far; one that compares itself in Python counts as several
        self.more = len(data) // _BYTES_PER_OBJECT  # objects that take as much memory as the rest
        self.compared = 0  # steps to compare keys of the same hash
        self.empty = 0  # rows of arrays without elements, which take no bytes

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.position:
            raise DecodeError("the bytes end inside a value")
        self.position += count
        return self.data[self.position - count : self.position]

    def size(self) -> int:
        size: int = _SIZE.unpack(self.take(4))[0]
        return size

    def items(self, depth: int) -> list[Value]:
        return [self.value(depth + 1) for _ in range(self.count())]

    def count(self, each: int = 1) -> int:
        count = each * self.size()
        if count > len(self.data) - self.position:  # every item takes at least one byte
            raise DecodeError("the bytes end inside a value")
        if self.objects + self.more + count > self.max_objects:  # as check_room, without a call
            raise TooLarge("too many objects")
        return count

    def check_room(self, count: int) -> None:
        """Check that there may be as many objects more; only containers have many.

        Raises:
            TooLarge: if not
        """
        if self.objects + self.more + count > self.max_objects:
            raise TooLarge("too many objects")

    def elements(self, depth: int) -> list[Value]:
        """Return the elements of a set."""
        keys, weights = [], []
        self.more += _OF_SET
        for _ in range(self.key_count()):
            key, weight = self.weighed(depth)
            keys.append(key)
            weights.append(weight)
        self.check_keys(keys, weights)
        return keys

    def pairs(self, depth: int) -> dict[Value, Value]:
        """Return the keys and values of a dict."""
        keys, weights, values = [], [], []
        self.more += _OF_SET
        for _ in range(self.key_count(each=2)):
            key, weight = self.weighed(depth)
            keys.append(key)
            weights.append(weight)
            values.append(self.value(depth + 1))
        self.check_keys(keys, weights)
        return dict(zip(keys, values, strict=True))

    def key_count(self, each: int = 1) -> int:
        """Return the number of keys, if there is room for that number of different ones.

        Only None, True and False take a single byte; any other key takes at least five.
        """
        count = self.count(each) // each
        if (count - 3) * (4 + each) > len(self.data) - self.position:
            raise DecodeError("a set or a dict has the same key twice")
        return count

    def weighed(self, depth: int) -> tuple[Value, int]:
        """Return a key, and an upper bound on the steps to compare it with an equal one.

        To compare two frozensets may take as many steps as building them took.
        """
        position, objects, compared = self.position, self.objects, self.compared
        key = self.value(depth + 1)
        read = (self.position - position) // _BYTES_PER_STEP
        return key, self.objects - objects + self.compared - compared + read

    def check_keys(self, keys: Sequence[Value], weights: Sequence[int]) -> None:
        """Check that the items can become keys in reasonable time.

        They are untrusted: all of them may have the same hash. There is one budget for the whole
        value, since a value may contain many sets.

        Raises:
            DecodeError: if the budget is exhausted
        """
        self.compared += comparison_cost([hash(key) for key in keys], weights)
        if self.compared > MAX_COMPARED:
            raise DecodeError("too many keys have the same hash")

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise DecodeError(f"nested more than {MAX_DEPTH} deep")
        tag = self.take(1)
        self.objects += _SLOW if tag in b"a?gfk" else 1
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
                self.check_room(count)
                self.more += count
                return list(struct.unpack(f"<{count}d", self.take(8 * count)))
            case b"s":
                text = self.take(self.size()).decode("utf-8", "surrogatepass")
                if len(text) > _BYTES_PER_OBJECT:  # it may take four bytes for each character
                    self.more += 4 * len(text) // _BYTES_PER_OBJECT
                return text
            case b"b":
                return self.take(self.size())
            case b"l":
                return self.items(depth)
            case b"t":
                return tuple(self.items(depth))
            case b"e":
                return set(self.elements(depth))
            case b"z":
                return frozenset(self.elements(depth))
            case b"m":
                return self.pairs(depth)
            case b"a":
                made: Value = self.array(self.read_array())
                return made
            case b"k":
                if self.take(1) != b"a":
                    raise DecodeError("expected an array")
                tensor: Value = self.array(replace(self.read_array(), library=TORCH))
                return tensor
            case b"g":
                generator: Value = self.array(self.read_generator())
                return generator
            case b"f":
                return self.read_code(depth)
            case b"?":
                return Unsupported(self.take(self.size()).decode("utf-8", "replace"))
        raise DecodeError(f"expected the tag of a value, found {tag!r}")

    def read_generator(self) -> Generator:
        library = _LIBRARIES.get(self.take(1))
        if library is None:
            raise DecodeError("expected the library of a random generator")
        return Generator.of(library, self.size())

    def read_code(self, depth: int) -> Code:
        match self.value(depth + 1):
            case (str(source), tuple(imports), str(label), None | int() as calls) if all(
                isinstance(each, str) for each in imports
            ):
                return Code(source, tuple(map(str, imports)), label, calls)
        raise DecodeError("expected the source of a function")

    def read_array(self) -> Array:
        dtype = self.take(self.size()).decode("ascii")
        if dtype not in DTYPES:
            raise DecodeError(f"expected a dtype, found {dtype!r}")
        shape = tuple(self.size() for _ in range(self.take(1)[0]))
        if len(shape) > MAX_DEPTH or not _countable(shape):
            raise DecodeError(f"expected the shape of an array, found {shape}")
        if 0 in shape:
            self.empty += math.prod(max(length, 1) for length in shape)
            if self.empty > _MAX_EMPTY:
                raise DecodeError("too many rows of arrays without elements")
        return Array(dtype, shape, self.take(math.prod(shape) * item_size(dtype)))


def comparison_cost(hashes: Sequence[int], weights: Sequence[int]) -> int:
    """Return an upper bound on the steps to compare keys with these hashes while building a set.

    A set compares a new key with every key of the same hash that it holds.

    Args:
        hashes: of the keys
        weights: number of steps to compare each key with an equal one
    """
    if len(set(hashes)) == len(hashes):
        return 0
    groups: dict[int, list[int]] = defaultdict(list)
    for hashed, weight in zip(hashes, weights, strict=True):
        groups[hashed].append(weight)
    return sum((len(group) - 1) * sum(group) for group in groups.values())


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
