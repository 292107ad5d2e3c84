"""Decoding and showing a value take a bounded number of steps and bytes, whatever it is."""

from __future__ import annotations

import struct
import tracemalloc
from contextlib import suppress
from itertools import combinations, islice

import pytest

from grader.values import Array, Value
from grader.values import show as show_module
from grader.values.decode import MAX_OBJECTS, Allowance, DecodeError, decode
from grader.values.encode import encode
from grader.values.show import shape, show
from grader.values.wire_format import MAX_DEPTH, TooLarge

_SIZE = 1 << 17
_MAX_TIMES = 64  # bytes of memory for each byte of an encoded value; see docs/sandbox.md
_MAX_PER_OBJECT = 90  # bytes of memory for each object of an allowance
_ALLOWED = 30_000


def size(number: int) -> bytes:
    return struct.pack("<I", number)


def many(item: bytes) -> bytes:
    """Return a list of as many of these items as fit."""
    count = _SIZE // len(item)
    return b"l" + size(count) + item * count


LARGE = {
    "empty sets": many(b"e" + size(0)),
    "sets of one": many(b"e" + size(1) + b"N"),
    "frozensets of one": many(b"z" + size(1) + b"N"),
    "empty dicts": many(b"m" + size(0)),
    "dicts of one": many(b"m" + size(1) + b"NN"),
    "empty lists": many(b"l" + size(0)),
    "tuples of one": many(b"t" + size(1) + b"N"),
    "objects": many(b"?" + size(0)),
    "arrays of one": many(b"a" + size(4) + b"bool\0\1"),
    "arrays of many axes": many(encode(Array("bool", (1,) * 64, b"\1"))),
    "arrays without elements": many(encode(Array("bool", (0,), b""))),
    "short strings": many(encode("\u00fc\u00fc")),
    "a wide string": encode("a" * _SIZE + "\U0001f600"),
    "one long number": encode(1 << (8 * _SIZE)),
    "a set of numbers": encode(set(range(300, 300 + _SIZE // 8))),
    "a set of floats": encode({i + 0.5 for i in range(_SIZE // 9)}),
    "a set of the same": b"e" + size(_SIZE) + b"N" * _SIZE,
    "a dict of the same": b"m" + size(_SIZE) + b"N" * 2 * _SIZE,
    "a set of sets": encode({frozenset({i, i + 1}) for i in range(_SIZE // 20)}),
}


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE)
def test_memory_is_bounded(data: bytes) -> None:
    tracemalloc.start()
    try:
        with suppress(DecodeError):
            show(decode(data))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < _MAX_TIMES * len(data)


KINDS = ("empty sets", "empty dicts", "empty lists", "arrays of one", "short strings")


@pytest.mark.parametrize("kind", [*KINDS, "a wide string", "a set of sets"])
def test_memory_of_several_values_is_bounded(kind: str) -> None:
    """Half of what is decoded may be refused, but is not kept."""
    data = LARGE[kind]
    allowance, kept = Allowance(_ALLOWED), []
    tracemalloc.start()
    try:
        for _ in range(12):
            with suppress(DecodeError, TooLarge):
                kept.append(decode(data, allowance=allowance))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < _MAX_PER_OBJECT * _ALLOWED
    assert len(kept) < 12 or 12 * len(data) <= 64 * _ALLOWED


def test_small_values_have_room_after_others_were_refused() -> None:
    allowance, data = Allowance(100_000), encode(["x"] * 100_001)
    for _ in range(50):
        with pytest.raises(TooLarge):
            decode(data, allowance=allowance)
    assert [decode(encode(value), allowance=allowance) for value in (1.5, [1, 2], {3})]


LISTS: dict[str, list[Value]] = {
    "integers": list(range(10_000)),
    "floats": [i / 7 for i in range(10_000)],
    "integers and floats": [i if i % 2 else i / 7 for i in range(10_000)],
    "an array": [Array("float64", (10_000,), bytes(80_000))],
    "rows": [[i / 7 for i in range(100)] for _ in range(100)],
}


@pytest.mark.parametrize("value", LISTS.values(), ids=LISTS)
def test_many_right_answers_are_never_refused(value: list[Value]) -> None:
    allowance = Allowance()
    decode(encode(value), allowance=allowance)
    assert 100 * (MAX_OBJECTS - allowance.objects) < MAX_OBJECTS


def test_arrays_of_nothing_are_refused_together() -> None:
    rows = Array("bool", (65536, 0), b"")
    assert decode(encode([rows])) == [rows]
    with pytest.raises(DecodeError, match="too many rows of arrays without elements"):
        decode(encode([rows, Array("bool", (1, 0), b"")]))


def test_comparing_sets_of_one_hash_with_each_other_is_counted() -> None:
    numbers = frozenset(i * (2**61 - 1) for i in range(1, 61))  # all of the hash 0
    sets = (encode(numbers - {*pair}) for pair in islice(combinations(numbers, 2), 85))
    with pytest.raises(DecodeError, match="too many keys have the same hash"):
        decode(b"e" + size(85) + b"".join(sets))


# Showing -----------------------------------------------------------------------------------------


def frozensets(depth: int) -> Value:
    value: frozenset[Value] = frozenset()
    for _ in range(depth):
        value = frozenset({value})
    return value


def a_tree(depth: int) -> Value:
    return frozenset({(i, a_tree(depth - 1)) for i in range(2)}) if depth else 0


ONES = (1,) * 60
SHOWN: dict[str, tuple[Value, int]] = {
    "frozensets in one another": (frozensets(MAX_DEPTH), 3 * MAX_DEPTH),
    "pairs of sets": (a_tree(8), 4000),
    "a list of lists": ([[[i, i]] for i in range(2000)], 100),
    "an array": (Array("int8", (_SIZE,), bytes(_SIZE)), 200),
    "an array of many axes": (Array("int8", (_SIZE, *ONES), bytes(_SIZE)), 1000),
    "an array of rows of nothing": (Array("int8", (65536, 0), b""), 200),
}


@pytest.mark.parametrize("value, steps", SHOWN.values(), ids=SHOWN)
def test_showing_takes_few_steps(value: Value, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0
    for name in ("_show", "_show_array"):
        original = getattr(show_module, name)

        def counted(value: Value, room: int, original: object = original) -> object:
            nonlocal taken
            taken += 1
            if taken > steps:
                pytest.fail(f"more than {steps} steps")
            return original(value, room)  # type: ignore[operator]

        monkeypatch.setattr(show_module, name, counted)
    assert len(show(value)) <= 72
    assert taken > 0


def test_elements_of_a_set_are_shown_in_one_order() -> None:
    assert show({3, 1, 2}) == "{1, 2, 3}"
    assert show(set(map(str, range(9)))) == show(set(map(str, reversed(range(9)))))


def test_shape_stops_at_the_first_difference() -> None:
    looked_at = 0

    class Counting(list):  # type: ignore[type-arg]
        def __len__(self) -> int:
            nonlocal looked_at
            looked_at += 1
            return super().__len__()

    assert shape([Counting([1]), Counting([1, 2]), *(Counting() for _ in range(100))]) is None
    assert looked_at < 10
