"""Python is parsed in one thread at a time, by everything that may run in several."""

from __future__ import annotations

import ast
import re

import pytest

from grader.values import syntax
from tests._support.bank import ROOT

# The module itself, and those that parse in a process of a submission or of an author's notebook.
MAY_PARSE = {"values/syntax.py", "sandbox/statements.py", "judging/observations/again.py"}


@pytest.mark.parametrize("parse", [syntax.parse_module, syntax.parse_expression])
def test_nobody_parses_at_the_same_time(parse: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython 3.11.2 failed with SystemError where two threads did."""
    is_alone = []
    original = ast.parse

    def parsing(*args: object, **kwargs: object) -> ast.AST:
        is_alone.append(syntax._parsing.locked())
        return original(*args, **kwargs)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(ast, "parse", parsing)
    assert callable(parse) and ast.dump(parse("f(1)"))
    assert is_alone == [True]


def test_after_an_error_others_can_parse() -> None:
    with pytest.raises(SyntaxError):
        syntax.parse_module("def")
    assert syntax.parse_literal(" [1, 2.5]") == [1, 2.5]


def test_a_tree_that_another_thread_spoiled_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = [SystemError("AST constructor recursion depth mismatch")]
    original = ast.parse

    def parse(*args: object, **kwargs: object) -> ast.AST:
        if errors:
            raise errors.pop()
        return original(*args, **kwargs)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(ast, "parse", parse)
    assert syntax.parse_literal("[1]") == [1] and not errors


def test_no_module_parses_by_itself() -> None:
    found = {
        path.relative_to(ROOT / "grader").as_posix()
        for path in (ROOT / "grader").rglob("*.py")
        if re.search(r"\bast\.parse\(", path.read_text("utf-8"))
    }
    assert found - MAY_PARSE == set()
