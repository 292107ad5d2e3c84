"""Tell apart keys that Python considers equal, and join those that it tells apart."""

from __future__ import annotations

import cmath
from collections.abc import Iterable
from typing import TypeAlias, assert_never

from grader.values import Array, Unsupported, Value

Identity: TypeAlias = "tuple[str, Value]"


def by_identity(keys: Iterable[Value]) -> dict[Identity, list[Value]]:
    """Return the keys of a dict by their identities; only keys with NaN can have the same one."""
    found: dict[Identity, list[Value]] = {}
    for key in keys:
        found.setdefault(key_identity(key), []).append(key)
    return found


def key_identity(key: Value) -> Identity:
    """Return the identity of a key; for Python, unlike for a checker, True == 1 and NaN != NaN.

    Lists, dicts and sets have one too, so that equal elements of lists can be found by hash.
    """
    match key:
        case tuple() | list():
            return "tuple", tuple(key_identity(item) for item in key)
        case frozenset() | set():
            return "frozenset", frozenset(key_identity(item) for item in key)
        case dict():
            pairs = ((key_identity(name), key_identity(item)) for name, item in key.items())
            return "dict", frozenset(pairs)
        case bool():
            return "bool", key
        case float() | complex() if cmath.isnan(key):
            return "nan", repr(key)
        case None | int() | float() | complex() | str() | bytes() | Array() | Unsupported():
            return "", key
        case _:
            assert_never(key)
