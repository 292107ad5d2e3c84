"""Convert bytes to values, in the grader's process, which trusts nothing.

Bytes that are not exactly of the format that `wire_format` describes raise `DecodeError`. How much
memory and time it takes to decode them is bounded in counted steps.
"""

from __future__ import annotations

import math
import struct
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from grader.values import DTYPES, Array, Code, Generator, Unsupported, Value, item_size
from grader.values.wire_format import (
    COMPLEX,
    DOUBLE,
    LIBRARIES,
    MAX_DEPTH,
    MAX_EMPTY,
    SIZE,
    TORCH,
    TooLarge,
    is_countable,
)

MAX_COMPARED = 1_000_000  # steps to compare keys of the same hash, in one value: about 50 ms
_BYTES_PER_STEP = 64  # of a long integer or string: compared in the time of one object
_SLOW = 10  # steps to compare an object that compares itself in Python
MAX_OBJECTS = 1_500_000  # of the answers of one program: at most about 130 MB
_OF_SET = 5  # objects that a set or a dict counts as, in addition to itself and its items
_BYTES_PER_OBJECT = 64  # of encoded data, whose content is also kept in memory
_MIN_LEFT = 1000  # objects for another value after some were refused


class DecodeError(ValueError):
    """The bytes are not an encoded value."""


class Allowance:
    """The total number of objects that several values may be decoded to.

    A value that exceeds it uses up half of the rest, so that refusing many values is also bounded,
    and a small value after it can still be decoded.

    Attributes:
        objects: the number left
        is_used: whether a value has been decoded or refused
    """

    def __init__(self, objects: int = MAX_OBJECTS) -> None:
        self.objects = objects
        self.is_used = False

    def spend(self, objects: int) -> None:
        self.is_used = True
        self.objects = max(self.objects - objects, 0)

    def refuse(self) -> None:
        self.is_used = True
        self.objects = max(self.objects // 2, _MIN_LEFT)


def decode(
    data: bytes,
    array: Callable[[Array | Generator], Any] = lambda array: array,
    allowance: Allowance | None = None,
) -> Value:
    """Return the value that `data` encodes, made of exact base types.

    Args:
        array: conversion of arrays and random generators: none, or `as_numpy` in the submission's
            process
        allowance: is reduced by the objects of this value; by default only the size of the data
            bounds it

    Raises:
        DecodeError: if the bytes are not exactly one encoded value
        TooLarge: if the allowance is exceeded
        MemoryError: if no memory is left, which is not a fault of the bytes
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
        self.more = len(data) // _BYTES_PER_OBJECT  # other memory, as a number of objects
        self.compared = 0  # steps to compare keys of the same hash
        self.empty = 0  # rows of arrays without elements, which take no bytes

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.position:
            raise DecodeError("the bytes end inside a value")
        self.position += count
        return self.data[self.position - count : self.position]

    def size(self) -> int:
        size: int = SIZE.unpack(self.take(4))[0]
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
        """Check that `count` more objects are allowed; only containers add many.

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
                number: float = DOUBLE.unpack(self.take(8))[0]
                return number
            case b"c":
                return complex(*COMPLEX.unpack(self.take(16)))
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
        library = LIBRARIES.get(self.take(1))
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
        if len(shape) > MAX_DEPTH or not is_countable(shape):
            raise DecodeError(f"expected the shape of an array, found {shape}")
        if 0 in shape:
            self.empty += math.prod(max(length, 1) for length in shape)
            if self.empty > MAX_EMPTY:
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
