"""Every regular expression of the program takes a number of steps that grows like its text.

The texts may be a student's: a pattern that reads to the end of a file for each line takes minutes
for a file of a megabyte. Time is not measured; `regex_steps` counts what a matcher tries.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests._support.regex_steps import Counter, attacks

GRADER = Path(__file__).parents[1] / "grader"
METHODS = {"match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
SIZE = 12  # characters of the shortest of three texts
# Of the steps for a third part of a text, beyond those for the second one, per steps for the first.
# If they are quadratic, it is nearly 2, and less if most steps for a short text are linear.
MAX_GROWTH = 0.2
# Patterns that are put together where they are used, with the reason why they need no test here.
MADE_ELSEWHERE = {
    "context.pattern or ''": "the instructor's own",
    "self.pattern": "the patterns of an author's fields, on a text of an author",
    "pattern": "a word of an author's constraint",
    "_TIME_PARTS": "bounded by itself, on a text of an instructor",
    "_POINTS": "bounded by itself, on a text of an author",
    "_NOT_A_STUDENT": "one repeat at its end",
    "_PARTS": "bounded by itself, on a text of an instructor",
    "defining(self._names)": "blanks at the beginning of a line, and words",
    "defining([name])": "the same",
    "'|'.join(map(re.escape, PLACEHOLDERS))": "words",
}


class Use(NamedTuple):
    """A pattern, and a method by which it is tried on a text."""

    pattern: str
    flags: int
    method: str


def uses() -> Iterator[tuple[str, Use | str]]:
    """Yield the uses of regular expressions, or their source if it is not a constant."""
    for path in sorted(GRADER.rglob("*.py")):
        text = path.read_text("utf-8")
        if not re.search(r"\bre\b", text):
            continue
        nodes = list(ast.walk(ast.parse(text)))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        named = {
            node.value: target.id
            for node in nodes
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in calls:
            if _owner(call) != "re" or _method(call) not in METHODS | {"compile"}:
                continue
            try:
                pattern = eval(ast.unparse(call.args[0]), {"delimiter": ","})
            except NameError:
                yield f"{path.stem}:{ast.unparse(call.args[0])}", ast.unparse(call.args[0])
                continue
            methods = {_method(call)}
            if methods == {"compile"}:
                name = named.get(call, "")
                # A pattern that other modules use, or that is passed on, is searched for.
                methods = {_method(each) for each in calls if _owner(each) == name} & METHODS
            for method in sorted(methods or {"search"}):
                yield f"{path.stem}:{pattern[:40]}:{method}", Use(pattern, _flags(call), method)


def _owner(call: ast.Call) -> str:
    is_method = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return call.func.value.id if is_method else ""  # type: ignore[attr-defined]


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _flags(call: ast.Call) -> int:
    names = re.findall(r"\bre\.([A-Z]+)\b", " ".join(map(ast.unparse, call.args[1:])))
    return sum(getattr(re, name) for name in names)


USES = dict(uses())
CONSTANT = {name: use for name, use in USES.items() if isinstance(use, Use)}


def growth(use: Use) -> tuple[float, object]:
    """Return by what the steps for a part of a text grow at most, and what the text repeats."""
    counter = Counter(use.pattern, use.flags)
    worst: tuple[float, object] = (0.0, None)
    for begin, unit, end in attacks(use.pattern, use.flags):
        many = unit * max(SIZE // len(unit), 4)
        one, two, three = [
            counter.count(begin + many * parts + end, use.method) for parts in (1, 2, 3)
        ]
        more = (three - two) - (two - one)
        # Few steps are those of the beginning and the end.
        worst = max(worst, (more / max(one, SIZE), (begin, unit, end)), key=lambda x: x[0])
    return worst


@pytest.mark.parametrize("use", CONSTANT.values(), ids=CONSTANT)
def test_steps_grow_like_the_text(use: Use) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    try:
        ratio, text = growth(use)
    finally:
        sys.setrecursionlimit(limit)
    assert ratio < MAX_GROWTH, text


def test_other_patterns_are_known() -> None:
    assert {use for use in USES.values() if isinstance(use, str)} == MADE_ELSEWHERE.keys()


QUADRATIC = {
    "an annotation in many lines": Use(r"^(\w+)[ ]*(?::[^=]+)?=", re.M, "finditer"),
    "blanks of many lines": Use(r"^(\s*):(?=:)", re.M, "sub"),
    "blanks at the end": Use(r"\s*(?:UTC|Z)$", 0, "sub"),
    "digits at the end": Use(r"\d+$", 0, "findall"),
    "separators in a name": Use(r"(?:(?P<s>.+?)[ ._-]+)?attempt", re.I, "fullmatch"),
    "strings of one line": Use(
        r"""
        (?P<space>\s+|\#[^\n]*|\\\n)
        |(?P<string>[bfru]{0,2}(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
        |(?P<name>[^\W\d]\w*)
        |(?P<number>\d[\w.]*)
        |(?P<operator>[!=]=|<<|>>|.)
        """,
        re.I | re.S | re.X,
        "finditer",
    ),
}


@pytest.mark.parametrize("use", QUADRATIC.values(), ids=QUADRATIC)
def test_slow_patterns_are_found(use: Use) -> None:
    """These patterns were once in use."""
    assert growth(use)[0] >= MAX_GROWTH


def test_steps_of_nested_repeats_double_with_each_character() -> None:
    counter = Counter("(a+)+b")
    assert counter.count("a" * 12, "match") > 1.8 * counter.count("a" * 11, "match")


COUNTED = {
    "a word": (r"ab", "ab", "match"),
    "alternatives": (r"a|b(c|d)", "bd", "match"),
    "lazy": (r"a.*?c", "abbc", "match"),
    "possessive": (r"(?:a|b)*+b", "abab", "match"),
    "lookahead": (r"a(?!b)", "ac", "match"),
}


@pytest.mark.parametrize("pattern, text, method", COUNTED.values(), ids=COUNTED)
def test_the_counter_matches_as_python_does(pattern: str, text: str, method: str) -> None:
    counter = Counter(pattern)
    assert 0 < counter.count(text, method) < 30
    found = re.match(pattern, text)
    ends = list(counter._match(list(counter._items), 0))
    assert ends[:1] == ([found.end()] if found else [])
