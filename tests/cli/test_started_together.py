"""Starters of several problems in one file."""

from __future__ import annotations

import ast

from grader.bank.locate import find_bank
from grader.bank.starters import join_starters
from tests._support.bank import DATA

BANK = find_bank(str(DATA / "authoring" / "several-problems-in-one-file"))


def test_joined_starters_are_one_valid_program() -> None:
    problems = [BANK.load(slug, with_solutions=False) for slug in ("mean", "total", "3-means")]
    text = join_starters(problems).decode()
    compile(text, "homework.py", "exec")
    assert text.startswith("from __future__ import annotations\n\n")
    assert text.count("from __future__") == 1
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert names == ["mean", "total", "solve_3_means"]
    assert all(f"# {problem.title}\n" in text for problem in problems)


def test_a_single_starter_is_left_as_it_is() -> None:
    problem = BANK.load("mean", with_solutions=False)
    assert join_starters([problem]) == problem.starter
