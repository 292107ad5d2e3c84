"""Counts the steps in which a backtracking matcher tries a regular expression on a text.

Python's own matcher does not count. This one tries the same alternatives in the same order, one
character at a time, and raises if a pattern uses something that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_SAMPLES = {
    c.CATEGORY_DIGIT: "7",
    c.CATEGORY_NOT_DIGIT: "z",
    c.CATEGORY_SPACE: " ",
    c.CATEGORY_NOT_SPACE: "z",
    c.CATEGORY_WORD: "a",
    c.CATEGORY_NOT_WORD: "-",
}
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    c.CATEGORY_DIGIT: str.isdecimal,
    c.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    c.CATEGORY_SPACE: str.isspace,
    c.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    c.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    c.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}
_MAX_ALPHABET = 12
_SINGLE = (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN)


class Counter:
    """Matches a pattern against texts and counts the steps."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._items = _parser.parse(pattern, flags)
        self._flags = self._items.state.flags
        self.steps = 0

    def count(self, text: str, method: str) -> int:
        """Return the steps of `match`, `fullmatch`, or of a search for every match in a text."""
        self.steps, self._text = 0, text
        self._groups: dict[int, tuple[int, int]] = {}
        if method == "match":
            next(self._match(list(self._items), 0), None)
        elif method == "fullmatch":
            next((end for end in self._match(list(self._items), 0) if end == len(text)), None)
        else:
            at = 0
            while at <= len(text):
                end = next(self._match(list(self._items), at), None)
                at = at + 1 if end is None or end == at else end
        return self.steps

    def _match(self, items: list[Any], at: int) -> Iterator[int]:
        """Yield each end of a match of the items, in the order in which Python tries them."""
        self.steps += 1
        if not items:
            yield at
            return
        (op, value), rest = items[0], items[1:]
        if op in _SINGLE:
            if at < len(self._text) and self._fits(self._text[at], op, value):
                yield from self._match(rest, at + 1)
        elif op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            ends = self._repeated(at, op, *value)
            for end in ends:
                yield from self._match(rest, end)
                if op is c.POSSESSIVE_REPEAT:
                    return
        elif op is c.BRANCH:
            for branch in value[1]:
                for end in self._match(list(branch), at):
                    yield from self._match(rest, end)
        elif op is c.SUBPATTERN:
            for end in self._match(list(value[3]), at):
                if value[0] is not None:
                    self._groups[value[0]] = at, end
                yield from self._match(rest, end)
        elif op is c.ATOMIC_GROUP:
            for end in self._match(list(value), at):
                yield from self._match(rest, end)
                return
        elif op is c.AT:
            if self._is_at(value, at):
                yield from self._match(rest, at)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            direction, inner = value
            assert direction > 0, "looking back is not counted"
            found = next(self._match(list(inner), at), None) is not None
            if found == (op is c.ASSERT):
                yield from self._match(rest, at)
        else:
            raise ValueError(f"the steps of {op} cannot be counted")

    def _repeated(self, at: int, op: Any, minimum: int, maximum: int, body: Any) -> Iterator[int]:
        items = list(body)
        if len(items) == 1 and items[0][0] in _SINGLE:
            end = at
            while end < len(self._text) and end - at < maximum:
                if op is c.MIN_REPEAT and end - at >= minimum:
                    yield end
                self.steps += 1
                if not self._fits(self._text[end], *items[0]):
                    return (yield from self._backwards(op, minimum, at, end))
                end += 1
            yield from self._backwards(op, minimum, at, end)
            return
        yield from self._nested(op, minimum, maximum, items, at)

    def _backwards(self, op: Any, minimum: int, at: int, end: int) -> Iterator[int]:
        if op is c.MIN_REPEAT:
            if end == len(self._text) and end - at >= minimum:
                yield end
            return
        for each in range(end, at + minimum - 1, -1):
            self.steps += 1
            yield each

    def _nested(
        self, op: Any, minimum: int, maximum: int, items: list[Any], at: int
    ) -> Iterator[int]:
        if op is c.MIN_REPEAT and minimum <= 0:
            yield at
        if maximum > 0:
            for end in self._match(items, at):
                if end > at:
                    yield from self._nested(op, minimum - 1, maximum - 1, items, end)
                if op is c.POSSESSIVE_REPEAT:
                    break
        if op is not c.MIN_REPEAT and minimum <= 0:
            yield at

    def _fits(self, char: str, op: Any, value: Any) -> bool:
        if op is c.ANY:
            return char != "\n" or bool(self._flags & re.S)
        if op is c.IN:
            negated = value[0][0] is c.NEGATE
            return any(self._in(char, *each) for each in value[negated:]) != negated
        same = ord(char) == value or bool(
            self._flags & re.I and char.casefold() == chr(value).casefold()
        )
        return same == (op is c.LITERAL)

    def _in(self, char: str, op: Any, value: Any) -> bool:
        if op is c.RANGE:
            chars = (char, char.swapcase()) if self._flags & re.I else (char,)
            return any(value[0] <= ord(each) <= value[1] for each in chars)
        return _CATEGORIES[value](char) if op is c.CATEGORY else ord(char) == value

    def _is_at(self, where: Any, at: int) -> bool:
        if where in (c.AT_BEGINNING, c.AT_BEGINNING_STRING):
            multiline = where is c.AT_BEGINNING and self._flags & re.M
            return at == 0 or bool(multiline and self._text[at - 1] == "\n")
        if where in (c.AT_END, c.AT_END_STRING):
            multiline = where is c.AT_END and self._flags & re.M
            return at == len(self._text) or bool(multiline and self._text[at] == "\n")
        raise ValueError(f"the steps of {where} cannot be counted")


def attacks(pattern: str, flags: int = 0) -> Iterator[tuple[str, str, str]]:
    """Yield beginnings, parts to repeat and ends that may make a matcher try many alternatives."""
    items = _parser.parse(pattern, flags)
    alphabet = list(dict.fromkeys(["\n", *_samples(items)]))[:_MAX_ALPHABET]
    literal = "".join(_literals(items))
    pairs = ["".join(pair) for pair in product(alphabet, repeat=2)]
    units = [*alphabet, *pairs, *(f"{pair}\n" for pair in pairs), literal]
    for unit in filter(None, dict.fromkeys(units)):
        for begin in dict.fromkeys(("", literal)):
            for end in ("", "\0"):
                yield begin, unit, end


def _samples(items: Any) -> Iterator[str]:
    for op, value in items:
        if op in (c.LITERAL, c.NOT_LITERAL):
            yield chr(value)
        elif op is c.ANY:
            yield "z"
        elif op is c.RANGE:
            yield chr(value[0])
        elif op is c.CATEGORY:
            yield _SAMPLES[value]
        elif op is c.BRANCH:
            for branch in value[1]:
                yield from _samples(branch)
        elif op is c.IN:
            yield from _samples([each for each in value if each[0] is not c.NEGATE][:4])
        else:
            yield from _samples(_body(op, value))


def _literals(items: Any) -> Iterator[str]:
    """Yield the literal characters that every match must contain."""
    for op, value in items:
        if op is c.LITERAL:
            yield chr(value)
        elif op is c.SUBPATTERN or (op in (c.MAX_REPEAT, c.MIN_REPEAT) and value[0] > 0):
            yield from _literals(_body(op, value))


def _body(op: Any, value: Any) -> Any:
    if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return value[2]
    if op is c.SUBPATTERN:
        return value[3]
    if op in (c.ASSERT, c.ASSERT_NOT):
        return value[1]
    return value if op is c.ATOMIC_GROUP else []
