"""Functions that a problem gives: helpers that only the stub has, and arguments that are functions.

A test that passes a function of its own needs that function in the problem. Tests may define
different ones of the same name; a later one gets the number of its test.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from grader.model.python_source import parse_python


def defined_names(source: str) -> list[str]:
    """Return the functions and classes at the top level of a source."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for node in parse_python(source).body if isinstance(node, kinds)]


def helpers(starter: str, solution: str) -> list[str]:
    """Return the names that only the stub defines and the solution uses."""
    missing = set(defined_names(starter)) - set(defined_names(solution))
    nodes = ast.walk(parse_python(solution))
    return sorted(missing & {node.id for node in nodes if isinstance(node, ast.Name)})


class GivenFunctions:
    """The functions of all tests of a question.

    Args:
        taken: names of the solution, which they may not have
    """

    def __init__(self, taken: Collection[str]) -> None:
        self._taken = taken
        self._sources: dict[str, str] = {}

    def add(self, test: str, number: int) -> Mapping[str, str]:
        """Add the functions of a test; return the names that they get, by those they have."""
        names: dict[str, str] = {}
        for node in parse_python(test).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            old = node.name
            for name in (old, f"{old}_{number}"):
                node.name = name
                try:
                    source = f"\n\n{ast.unparse(node)}\n"
                except ValueError:  # for texts in f-strings
                    break
                if name not in self._taken and self._sources.setdefault(name, source) == source:
                    names[old] = name
                    break
        return names

    def source(self, used: Collection[str]) -> str:
        """Return the source of those that are used, under a comment; empty if none is."""
        found = "".join(text for name, text in self._sources.items() if name in used)
        comment = "\n\n# Given: the cases pass these functions as arguments.\n"
        return comment + found if found else ""
