"""The cells of an assignment of nbgrader, with what each is for.

The metadata of a cell say whether it is to be solved or tests solutions, its name and its points.
Comments mark the part that students write, and tests that they do not see:

    ### BEGIN SOLUTION … ### END SOLUTION
    ### BEGIN HIDDEN TESTS … ### END HIDDEN TESTS
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.importers.questions import Unreadable, clean_line, clean_text, read_source
from grader.importers.statements import Statement, statements_of
from grader.model.python_source import parse_python
from grader.submissions.ipynb import MAX_BRACKETS, MAX_CELLS
from grader.values.dataclasses import dataclass

_MAX_NOTEBOOK = 32 << 20  # bytes, with its outputs
_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")  # followed by Python


class Role(Enum):
    """What a cell is for."""

    TEXT = "text"
    CODE = "code"
    SOLUTION = "solution"
    TEST = "test"
    BY_HAND = "graded by hand"


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes:
        number: in the notebook, from 0
        name: that nbgrader gives it; empty if it has none
        source: without magics
        statements: of code; none if it is not valid Python
        error: why it is not
    """

    number: int
    role: Role
    name: str
    source: str
    points: Fraction | None = None
    is_code: bool = True
    statements: tuple[Statement, ...] = ()
    error: str = ""

    @property
    def defined(self) -> list[str]:
        """The functions and classes that it defines."""
        kinds = (ast.FunctionDef, ast.ClassDef)
        return [each.node.name for each in self.statements if isinstance(each.node, kinds)]


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of a notebook.

    Raises:
        Unreadable: if it is not a notebook, or too large
    """
    text = read_source(path, _MAX_NOTEBOOK)
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise Unreadable(f"{path.name} has too many outputs; clear them and save it again")
    try:
        raw = json.loads(text)["cells"]
        cells = [_cell(number, each) for number, each in enumerate(raw[:MAX_CELLS])]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise Unreadable(f"{path.name} is not a Jupyter notebook of version 4") from None
    return cells


def without_solution(source: str) -> str | None:
    """Return a cell as students receive it; None if it does not say what they write."""
    return _replaced(source, "SOLUTION", lambda indent: f"{indent}raise NotImplementedError")


def without_marks(source: str) -> str:
    """Return a cell without the comments that mark its parts."""
    return "\n".join(line for line in source.split("\n") if not _MARK.fullmatch(line))


def without_hidden_tests(source: str) -> str | None:
    """Return a test as students see it; None if they see all of it."""
    return _replaced(source, "HIDDEN TESTS", None)


def hidden_lines(source: str) -> set[int]:
    """Return the numbers of the lines of a test that students do not see, from 1."""
    found: set[int] = set()
    is_inside = False
    for number, line in enumerate(source.split("\n"), 1):
        if (mark := _MARK.fullmatch(line)) and mark[3].upper() == "HIDDEN TESTS":
            is_inside = mark[2].upper() == "BEGIN"
        elif is_inside:
            found.add(number)
    return found


_MARK = re.compile(r"(\s*)#+\s*(BEGIN|END) (SOLUTION|HIDDEN TESTS)\s*", re.IGNORECASE)


def _replaced(source: str, part: str, make: Callable[[str], str] | None) -> str | None:
    lines: list[str] = []
    is_inside = has_part = False
    for line in source.split("\n"):
        found = _MARK.fullmatch(line)
        if found and found[3].upper() == part:
            is_inside = found[2].upper() == "BEGIN"
            if is_inside and make is not None:
                lines.append(make(found[1]))
            has_part = True
        elif not is_inside:
            lines.append(line)
    return "\n".join(lines) if has_part else None


def _cell(number: int, raw: Mapping[str, Any]) -> Cell:
    text = raw.get("source", "")
    text = clean_text(text if isinstance(text, str) else "".join(text))
    meta = raw.get("metadata", {}).get("nbgrader", {})
    is_code = raw.get("cell_type") == "code"
    role = _role(meta, is_code, text)
    name = clean_line(meta.get("grade_id", ""))
    points = _points(meta.get("points"))
    if not is_code:
        return Cell(number, role, name, text, points, is_code=False)
    source = _without_magics(text)
    try:
        tree = parse_python(source)
    except SyntaxError as error:
        return Cell(number, role, name, source, points, error=error.msg)
    statements = tuple(statements_of(number, source, tree))
    return Cell(number, role, name, source, points, statements=statements)


def _role(meta: Mapping[str, Any], is_code: bool, text: str) -> Role:
    is_solution, is_test = bool(meta.get("solution")), bool(meta.get("grade"))
    if (is_solution and is_test) or meta.get("task"):
        return Role.BY_HAND
    if not is_code:
        return Role.TEXT
    if is_test:
        return Role.TEST
    return Role.SOLUTION if is_solution or without_solution(text) is not None else Role.CODE


def _points(number: Any) -> Fraction | None:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return Fraction(str(number)) if 0 <= number < 1e6 else None


def _without_magics(source: str) -> str:
    """Return a cell without the lines that only Jupyter understands."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(_CELL_MAGICS):
        return ""
    kept = ("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines)
    return "\n".join(kept).strip("\n") + "\n"
