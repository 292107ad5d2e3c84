"""Sources of a bank are parsed, or refused with one exception, however deep or large they are."""

from __future__ import annotations

import ast

import pytest

from grader.model.entry_point import find_declarations
from grader.model.python_source import MAX_NESTING, MAX_SOURCE, parse_python
from grader.model.signature import Function

LEVELS = MAX_NESTING - 6  # module, function, parameters, the innermost value and its context
DEEP = {
    "lists": "[" * LEVELS + "]" * LEVELS,
    "attributes": "x" + ".y" * LEVELS,
    "calls": "f" + "()" * LEVELS,
    "sums": "1" + "+1" * LEVELS,
    "powers": "1" + "**1" * LEVELS,
    "conditions": "1" + " if 1 else 1" * (LEVELS),
}


@pytest.mark.parametrize("value", DEEP.values(), ids=DEEP)
def test_whatever_is_parsed_can_be_written_again(value: str) -> None:
    """`ast.unparse` and `ast.dump` recurse in Python, with several frames for each level."""
    tree = parse_python(f"def f(x={value}): pass\n")
    ast.dump(tree)
    function = find_declarations(tree)["f"].part
    assert isinstance(function, Function)
    (parameter,) = function.parameters
    ast.parse(parameter.default)


REFUSED = {
    "brackets": ("x = " + "[" * 190 + "]" * 190, "nested more than 150 levels deep"),
    "more brackets": ("(" * 100_000, "too many nested parentheses"),
    "signs": ("-" * 100_000 + "1", "nested too deeply"),
    "attributes": ("x" + ".y" * 50_000, "nested"),
    "a sum": ("1" + "+1" * 50_000, "nested"),
    "functions in functions": (
        "".join(f"{' ' * i}def f():\n" for i in range(200)),
        "too many levels of indentation",
    ),
    "a null byte": ("x = '\0'", "null bytes"),
    "a long integer": ("x = " + "1" * 5000, "4300 digits"),
    "a large file": ("#" * (MAX_SOURCE + 1), "larger than 4 MiB"),
}


@pytest.mark.parametrize("source, message", REFUSED.values(), ids=REFUSED)
def test_other_sources_are_a_syntax_error(source: str, message: str) -> None:
    with pytest.raises(SyntaxError, match=message):
        parse_python(source)
