"""Pair the elements of two sets, and tell apart dict keys that Python considers equal."""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import assert_never

from grader.values import Array, Unsupported, Value


def key_identity(key: Value) -> tuple[str, Value]:
    """Return the identity of a key; for Python, unlike for a checker, True == 1 and NaN != NaN."""
    match key:
        case tuple():
            return "tuple", tuple(key_identity(item) for item in key)
        case frozenset():
            return "frozenset", frozenset(key_identity(item) for item in key)
        case bool():
            return "bool", key
        case float() | complex() if cmath.isnan(key):
            return "nan", repr(key)
        case None | int() | float() | complex() | str() | bytes() | Array() | Unsupported():
            return "", key
        case list() | dict() | set():  # not hashable, so never a key
            return "", key
        case _:
            assert_never(key)


def find_unpaired(
    got: list[Value], expected: list[Value], agree: Callable[[Value, Value], bool]
) -> list[Value]:
    """Return the expected elements without a partner in a largest pairing of agreeing elements.

    Equal elements are paired first, the others by augmenting paths (Kuhn's algorithm): within a
    tolerance an element may agree with several, and taking the first that fits could use up the
    only partner of another.
    """
    index_of = {key_identity(item): index for index, item in enumerate(got)}
    choice: dict[int, int] = {}  # index into expected: index into got
    partner: dict[int, int] = {}  # the inverse
    for index, want in enumerate(expected):
        twin = index_of.get(key_identity(want))
        if twin is not None and twin not in partner and agree(got[twin], want):
            choice[index], partner[twin] = twin, index

    def pair(index: int) -> bool:
        # Not recursive: a chain of elements, each making room for the next, may be long.
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

    # A string agrees only with its equal, which would have been found above.
    return [
        want
        for index, want in enumerate(expected)
        if index not in choice and (isinstance(want, str | bytes) or not pair(index))
    ]
