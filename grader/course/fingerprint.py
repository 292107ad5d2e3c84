"""Fingerprints of answers: equal for submissions that give the same answers in every case.

Numbers are equal to six significant digits. Lists, tuples and arrays of the same elements are
equal, sets in any order, and exceptions of one type whatever their messages are. A program that
cannot be loaded because of its syntax differs from one that raises an exception while it is loaded.
Where a case looks at them, the arguments after a call and its output are answers, too.

Answers are untrusted and may be large. Every container is therefore digested by itself, from the
digests of its items, and an array from its elements: no value is expanded or copied as a whole.
Lists of a single item, which make an array of many axes much larger than its bytes, are counted
instead.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import assert_never

from grader.judging.output import normal_lines
from grader.model.judgement import Run, RunStatus
from grader.values import Array, Unsupported, Value

_DIGITS = 6  # significant digits of a number
_MAX_LEAF = 64  # bytes of a string or an integer that are kept as they are
_COUNT = struct.Struct("<I")


def answers_fingerprint(runs: Sequence[Run]) -> str:
    """Return the fingerprint of a submission's answers, in the order of the cases."""
    parts = [
        part
        for case in runs
        for run in case.steps or (case,)
        for part in (run.status.value.encode(), _error_type(run), _digest(run.value), *_more(run))
        if part
    ]
    return _container(b"r", parts)[1:].hex()


def _error_type(run: Run) -> bytes:
    """Return the type of the exception, or the kind of error; empty if there is none."""
    if run.status not in (RunStatus.RAISED, RunStatus.NOT_LOADED):
        return b""
    kind = run.error.partition(":")[0]
    return sha256(kind.encode("utf-8", "surrogatepass")).digest()


def _more(run: Run) -> Iterator[bytes]:
    """Yield the digests of the arguments after the call, and of its output, if they are judged."""
    if run.after is not None:
        args, kwargs = run.after
        pairs = (_container(b"p", (_leaf(name), _digest(kwargs[name]))) for name in sorted(kwargs))
        yield _container(b"a", (_digest(list(args)), *pairs))
    if run.printed is not None:
        yield _container(b"o", [_leaf(normal_lines(run.printed))])


def _digest(value: Value) -> bytes:
    """Return a short text that is equal for equal answers, and only for them."""
    match value:
        case None | bool() | int() | float() | complex() | str() | bytes() | Unsupported():
            return _leaf(value)
        case list() | tuple():
            if len(value) == 1:
                return _single(_digest(value[0]), 1)
            return _container(b"l", map(_digest, value))
        case set() | frozenset():
            return _container(b"e", sorted(map(_digest, value)))
        case dict():
            pairs = (_container(b"p", map(_digest, pair)) for pair in value.items())
            return _container(b"m", sorted(pairs))
        case Array():
            return _array(value.shape, [_leaf(each) for each in value.flat()])
        case _:
            assert_never(value)


def _array(shape: tuple[int, ...], items: list[bytes]) -> bytes:
    """Return the digest of nested lists of this shape, whose innermost items are given."""
    if 0 in shape:
        return _empty_array(shape)
    singles = 0  # axes of length 1 inside the current one
    for axis in range(len(shape) - 1, -1, -1):
        length = shape[axis]
        if length == 1:
            singles += 1
            continue
        if singles:
            items = [_single(item, singles) for item in items]
            singles = 0
        starts = range(math.prod(shape[:axis]))
        items = [_container(b"l", items[i * length : (i + 1) * length]) for i in starts]
    return _single(items[0], singles) if singles else items[0]


@lru_cache(256)
def _empty_array(shape: tuple[int, ...]) -> bytes:
    """Return the digest of nested lists of this shape, which has a 0: all items are equal."""
    digest = _container(b"l", ())
    for length in reversed(shape[: shape.index(0)]):
        digest = _single(digest, 1) if length == 1 else _container(b"l", [digest] * length)
    return digest


def _container(kind: bytes, items: Iterable[bytes]) -> bytes:
    digest = sha256(kind)
    for item in items:
        digest.update(_COUNT.pack(len(item)) + item)
    return b"#" + digest.digest()


def _single(item: bytes, times: int) -> bytes:
    """Return the digest of an item in nested lists of a single item."""
    if item.startswith(b"w"):
        times += _COUNT.unpack_from(item, 1)[0]
        item = item[1 + _COUNT.size :]
    return b"w" + _COUNT.pack(times) + item


def _leaf(value: Value) -> bytes:
    text = _text(value)
    return text if len(text) <= _MAX_LEAF else b"+" + sha256(text).digest()


def _text(value: Value) -> bytes:
    match value:
        case None:
            return b"N"
        case bool():
            return b"T" if value else b"F"
        case int():
            return b"i" + value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        case float():
            return b"d" + _digits(value)
        case complex():
            return b"c" + _digits(value.real) + _digits(value.imag)
        case str():
            return b"s" + value.encode("utf-8", "surrogatepass")
        case bytes():
            return b"b" + value
        case Unsupported():
            return b"?" + value.description.encode("utf-8", "surrogatepass")
        case list() | tuple() | set() | frozenset() | dict() | Array():
            raise AssertionError("a container is not a leaf")
        case _:
            assert_never(value)


def _digits(number: float) -> bytes:
    return f"{number + 0.0:+.{_DIGITS}g}".encode()  # + 0.0 turns -0.0 into 0.0
