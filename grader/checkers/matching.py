"""Pair the elements of two sets, and tell keys apart as Python does not."""

from __future__ import annotations

import cmath
from collections.abc import Callable

from grader.values import Value


def key_identity(key: Value) -> tuple[str, Value]:
    """What tells keys apart: to Python True and 1 are the same key, and two NaN are not."""
    match key:
        case tuple():
            return "tuple", tuple(key_identity(item) for item in key)
        case frozenset():
            return "set", frozenset(key_identity(item) for item in key)
        case bool():
            return "truth", key
        case float() | complex() if cmath.isnan(key):
            return "nan", repr(key)
        case _:
            return "", key


def find_unpaired(
    got: list[Value], expected: list[Value], agree: Callable[[Value, Value], bool]
) -> list[Value]:
    """The expected elements left over when as many as possible are paired with agreeing ones.

    Equal ones first. The rest by augmenting paths (Kuhn): with a tolerance an element may agree
    with several, and pairing each with the first that fits could leave over one that had only that
    choice.
    """
    theirs = {key_identity(item): index for index, item in enumerate(got)}
    choice: dict[int, int] = {}  # index into expected: index into got
    partner: dict[int, int] = {}  # and the other way round
    for index, want in enumerate(expected):
        twin = theirs.get(key_identity(want))
        if twin is not None and twin not in partner and agree(got[twin], want):
            choice[index], partner[twin] = twin, index

    def pair(index: int) -> bool:
        # Not by recursion: a chain of elements, each to make room for the next, may be long.
        wanted_by: dict[int, int] = {}
        waiting = [index]
        for want in waiting:
            for other in range(len(got)):
                if other in wanted_by or not agree(got[other], expected[want]):
                    continue
                wanted_by[other] = want
                if other in partner:
                    waiting.append(partner[other])
                    continue
                while want != index:
                    partner[other] = want
                    choice[want], other = other, choice[want]
                    want = wanted_by[other]
                partner[other], choice[want] = want, other
                return True
        return False

    # A text agrees with its equal alone: there is no other to look for.
    return [
        want
        for index, want in enumerate(expected)
        if index not in choice and (isinstance(want, str | bytes) or not pair(index))
    ]
