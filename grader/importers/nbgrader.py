"""Read assignments of nbgrader: notebooks with solutions and tests.

Each cell to be solved that defines functions or classes is a question, with the tests that use
these. Cells whose functions use each other are one question. What they and the tests need of the
rest of the notebook, such as imports and data, is found by the names that they use.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.importers.notebook_cells import (
    Cell,
    Role,
    hidden_lines,
    read_cells,
    without_hidden_tests,
    without_marks,
    without_solution,
)
from grader.importers.questions import Question, Test, Unreadable, clean_line
from grader.importers.repairs import skeleton_of
from grader.importers.statements import Statement, free_names, joined, needed
from grader.model.entry_point import find_declarations
from grader.model.python_source import parse_python

MAX_NOTEBOOKS = 1_000
_MAX_STATEMENT = 20_000  # characters of a problem's description
_NOT_SOURCES = {"release", "submitted", "autograded", "feedback", ".ipynb_checkpoints"}
_RANDOM_NAME = re.compile(r"cell-[0-9a-f]{6,}.*")
_HEADING = re.compile(r"#{1,6}\s+(.+)")


def read_questions(place: Path) -> list[Question]:
    """Return the questions of a notebook, or of all notebooks in a folder.

    Those that cannot be read have a `flaw`.

    Raises:
        UsageError: if there are none, or too many notebooks
    """
    found = [each for path in _notebooks(place) for each in _questions_of(path)]
    if not found:
        text = "cells that nbgrader marks as solutions (metadata `nbgrader` with `solution: true`)"
        raise UsageError(f"expected notebooks with {text}; {place} has none")
    return found


def _notebooks(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    top = place / "source" if (place / "source").is_dir() else place
    found = [
        path
        for path in sorted(top.rglob("*.ipynb"))
        if not _NOT_SOURCES & set(path.relative_to(top).parts) and not path.is_symlink()
    ]
    if len(found) > MAX_NOTEBOOKS:
        raise UsageError(f"expected at most {MAX_NOTEBOOKS} notebooks, found {len(found)} in {top}")
    return found


def _questions_of(path: Path) -> list[Question]:
    try:
        cells = read_cells(path)
    except Unreadable as reason:
        name = clean_line(path.stem)
        return [Question(name, "", name, "", "", "", "", "", (), {}, flaw=str(reason))]
    return list(_Notebook(clean_line(path.name), cells).questions())


class _Notebook:
    def __init__(self, file: str, cells: Sequence[Cell]) -> None:
        self._file = file
        self._cells = cells
        self._solutions = [each for each in cells if each.role is Role.SOLUTION]
        self._tests = [each for each in cells if each.role is Role.TEST]
        self._owners: dict[str, int] = {}  # the cell that defines a function
        for each in self._solutions:
            self._owners |= dict.fromkeys(each.defined, each.number)

    def questions(self) -> Iterator[Question]:
        """Yield the questions, and what people grade by hand."""
        for group in self._groups():
            yield self._question(group)
        for cell in self._cells:
            if cell.role is Role.BY_HAND:
                name = self._name(cell)
                flaw = "it is graded by hand"
                test = Test(1, "", None, cell.points, name=cell.name, reason=flaw)
                yield Question(name, "", name, "", "", "", "", "", (test,), {}, flaw=flaw)

    # Which cells belong together -----------------------------------------------------------------

    def _groups(self) -> list[list[Cell]]:
        """Return the cells to be solved, those together that use each other or share a test."""
        first = {each.number: each.number for each in self._solutions}

        def root(number: int) -> int:
            while first[number] != number:
                number = first[number]
            return number

        def join(numbers: Sequence[int]) -> None:
            for number in numbers:
                one, other = sorted((root(numbers[0]), root(number)))
                first[other] = one

        for each in self._solutions:
            join([each.number, *self._used(each)])
        for test in self._tests:
            join(self._used(test))
        groups: dict[int, list[Cell]] = {}
        for each in self._solutions:
            groups.setdefault(root(each.number), []).append(each)
        return list(groups.values())

    def _used(self, cell: Cell) -> list[int]:
        """Return the numbers of the cells to be solved whose functions a cell uses."""
        before = self._statements(cell, (Role.CODE, Role.TEST))
        names = _loaded(cell.statements)
        names |= _loaded(needed(names, before))
        return sorted({self._owners[each] for each in names if each in self._owners})

    def _statements(self, cell: Cell, roles: Sequence[Role]) -> list[Statement]:
        """Return the statements of the cells before one that have one of these roles."""
        before = (each for each in self._cells[: cell.number] if each.role in roles)
        return [statement for each in before for statement in each.statements]

    def _tests_of(self, group: Sequence[Cell]) -> list[Cell]:
        """Return the tests that use what a group defines; or nothing, but stand below it."""
        numbers = {each.number for each in group}
        used = ((test, self._used(test) or self._above(test)) for test in self._tests)
        return [test for test, owners in used if numbers & set(owners)]

    def _above(self, test: Cell) -> list[int]:
        return [each.number for each in self._solutions if each.number < test.number][-1:]

    # A question ----------------------------------------------------------------------------------

    def _question(self, group: Sequence[Cell]) -> Question:
        head, last = group[0], group[-1]
        names = [name for each in group for name in each.defined]
        title, description = self._description(group)
        name = next((self._name(each) for each in group if each.defined), self._name(head))
        solution = "\n\n\n".join(without_marks(each.source).strip() for each in group) + "\n"
        used = frozenset(name for each in group for name in _loaded(each.statements))
        numbers = {each.number for each in group}
        before = self._statements(last, (Role.CODE, Role.TEST, Role.SOLUTION, Role.BY_HAND))
        others = needed(used, [each for each in before if not self._is_after(each, head.number)])
        solved = {each.number for each in self._cells if each.role in (Role.SOLUTION, Role.BY_HAND)}
        given = [each for each in others if each.cell not in solved]
        starter, repairs = _stub(group, names)
        flaw = next((f"the solution is not valid Python: {e.error}" for e in group if e.error), "")
        if not names and not flaw:
            flaw = "students assign values here, and a problem needs a function or a class"
        return Question(
            name=name,
            number="",
            title=title or name,
            difficulty="",
            category=self._file.removesuffix(".ipynb"),
            description=description,
            starter=f"{joined(given)}\n\n{starter}".lstrip(),
            solution=f"{joined(others)}\n\n{solution}".lstrip(),
            tests=tuple(self._converted(self._tests_of(group), numbers)),
            example={},
            flaw=flaw,
            source=f"cell {head.name or head.number} of {self._file}",
            asked=frozenset(names),
            repairs=repairs,
        )

    def _is_after(self, statement: Statement, head: int) -> bool:
        """Return whether a statement needs what a cell defines, or another one after it."""
        return any(
            self._owners.get(name, -1) >= head for name in statement.loaded | statement.bound
        )

    def _name(self, cell: Cell) -> str:
        is_random = not cell.name or _RANDOM_NAME.fullmatch(cell.name)
        return cell.name if not is_random else (cell.defined or [f"cell {cell.number}"])[0]

    def _description(self, group: Sequence[Cell]) -> tuple[str, str]:
        """Return the last heading above a group, and the texts above each of its cells."""
        texts: list[str] = []
        title = ""
        for cell in group:
            own: list[str] = []
            for each in reversed(self._cells[: cell.number]):
                if each.role is Role.TEXT:
                    own.insert(0, each.source.strip())
                elif each.role is not Role.CODE:
                    break
            texts += own
        for text in texts:
            for line in text.split("\n"):
                if found := _HEADING.fullmatch(line.strip()):
                    title = clean_line(found[1])
        return title, "\n\n".join(texts)[:_MAX_STATEMENT]

    def _converted(self, tests: Sequence[Cell], group: set[int]) -> Iterator[Test]:
        """Yield the tests with what they need; the hidden part of each as a test of its own."""
        number = 0
        for cell in tests:
            before = self._statements(cell, (Role.CODE, Role.TEST))
            needs = needed(_loaded(cell.statements), before)
            context = joined(each for each in needs if each.cell not in group)
            visible = without_hidden_tests(cell.source)
            parts = [(cell.source, False)]
            if visible is not None:
                hidden = _without_visible_assertions(cell.source)
                parts = [(visible, False)] if _asserts(visible) else []
                parts.append((hidden, True))
            for source, is_hidden in parts:
                number += 1
                name = cell.name or f"cell {cell.number}"
                yield Test(number, f"{context}{source}", None, cell.points, is_hidden, name)


def _loaded(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the names that a cell needs of the cells before."""
    return free_names([each.node for each in statements])


def _stub(group: Sequence[Cell], names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return what students begin with, and how it was made if the cells do not say."""
    parts: list[str] = []
    for each in group:
        text = without_solution(each.source)
        parts.append((text if text is not None else _skeleton(each.source)).strip())
    stub = "\n\n\n".join(parts) + "\n"
    try:
        declared = find_declarations(parse_python(stub))
    except SyntaxError:
        declared = {}
    if all(name in declared for name in names):
        return stub, ()
    repair = "stub written from the signatures of the solution"
    return "\n\n\n".join(_skeleton(each.source).strip() for each in group) + "\n", (repair,)


def _skeleton(source: str) -> str:
    try:
        return skeleton_of(parse_python(source))
    except SyntaxError:
        return ""


def _asserts(source: str) -> bool:
    """Return whether a test asserts something: by a statement or a function named like it."""
    return "assert" in source


def _without_visible_assertions(source: str) -> str:
    """Return a test without the assertions at its top level that students see."""
    try:
        tree = parse_python(source)
    except SyntaxError:
        return without_marks(source)
    hidden = hidden_lines(source)
    tree.body = [node for node in tree.body if node.lineno in hidden or not _is_assertion(node)]
    return ast.unparse(tree) + "\n"


def _is_assertion(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):
        return True
    called = node.value if isinstance(node, ast.Expr) else None
    return isinstance(called, ast.Call) and any("assert" in name for name in _called(called))


def _called(call: ast.Call) -> Iterator[str]:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            yield name
