"""Runs the cells of a notebook one after another, as Jupyter does.

A cell that cannot run, or a statement that fails, is left out with a note.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from grader.sandbox import notebook, spelling
from grader.sandbox.import_report import ImportReport
from grader.sandbox.statements import compile_code, parse
from grader.sandbox.texts import Text, describe

_TAB_COLUMNS = 4  # as Jupyter shows a tab, so that what looks right to a student is right
_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class Loading(Protocol):
    """What cells need of the loading of their notebook; see `loading`."""

    texts: dict[str, Text]
    unbound: dict[str, str]
    report: ImportReport

    def running(self, text: Text) -> AbstractContextManager[None]: ...

    def run_statement(
        self, text: Text, statement: ast.stmt, namespace: dict[str, Any], flags: int
    ) -> object: ...


class Notebook:
    """The cells of one notebook.

    Args:
        loading: runs statements and keeps the notes
        namespace: that of the module
    """

    def __init__(self, loading: Loading, namespace: dict[str, Any]) -> None:
        self._loading = loading
        self._namespace = namespace
        self._flags = 0  # of `from __future__` in the cells so far
        self._outputs = notebook.prepare(namespace, self._run_line)
        self._cell = Text(b"", "")

    def run(self, text: Text, starts: Sequence[int]) -> None:
        """Run all cells.

        Args:
            text: all of them, each below a line with its number
            starts: the numbers of these lines
        """
        for number, cell in enumerate(_cells(text, starts), 1):
            self._outputs.inputs.append(cell.source.decode("utf-8", "replace"))
            self._run_cell(number, cell)

    def _run_cell(self, number: int, cell: Text) -> None:
        loading, namespace = self._loading, self._namespace
        loading.texts[cell.file] = self._cell = cell
        body, why = notebook.without_cell_magics(cell.source.decode("utf-8", "replace"))
        if why:
            loading.report.note_left_out(cell, why)
            return
        try:
            cell, tree = self._parsed(cell, body)
        except Exception as error:
            why = describe(error, loading.unbound, loading.texts)
            loading.report.note_left_out(cell, why, error)
            return
        self._cell = cell
        with loading.running(cell):
            for statement in tree.body:
                if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                    self._flags |= _future_flags(statement)
                value = loading.run_statement(cell, statement, namespace, self._flags | _AWAIT)
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            self._outputs.add(number, value)
        loading.report.note_definitions(cell, tree.body)

    def _parsed(self, cell: Text, body: str) -> tuple[Text, ast.Module]:
        """Return the cell and its syntax tree; with spaces for tabs only if it mixes both.

        Raises:
            SyntaxError, ValueError, …: if it is not valid Python either way
        """
        try:
            return self._with_magics(cell, body)
        except IndentationError:
            changed = spelling.expand_tabs(body.encode("utf-8", "replace"), _TAB_COLUMNS)
            try:
                found = self._with_magics(cell, changed.decode())
            except SyntaxError:
                found = None
            if found is None:
                self._loading.texts[cell.file] = cell
                raise
        note = spelling.tabs_note(cell.source, _TAB_COLUMNS)
        self._loading.report.note(f"{cell.label}: {note}")
        return found

    def _with_magics(self, cell: Text, body: str) -> tuple[Text, ast.Module]:
        """Return the cell and its syntax tree; with magics only if it is not Python without.

        A cell that is valid Python stays as it is: its `%x` is the second line of an expression.

        Raises:
            SyntaxError, ValueError, …: if it is not valid Python either way
        """
        try:
            return self._tree(_with(cell, body))
        except SyntaxError:
            python = notebook.as_python(body)
            if python == body:
                raise
            return self._tree(_with(cell, python))

    def _tree(self, cell: Text) -> tuple[Text, ast.Module]:
        self._loading.texts[cell.file] = cell
        flags = self._flags | _AWAIT
        tree = parse(cell.source, cell.file, flags)
        # Compiled once more, because some errors are found only then, such as `return` outside.
        compile_code(tree, cell.file, flags=flags)
        return cell, tree

    def _run_line(self, code: str) -> None:
        """Run the code after a magic such as `%time`, at the line of the magic."""
        exec(compile_code(code.encode(), self._cell.file, flags=self._flags), self._namespace)


def _with(cell: Text, body: str) -> Text:
    source = body.encode("utf-8", "replace")
    return Text(source, cell.file, cell.label, cell.number, cell.offset)


def _cells(text: Text, starts: Sequence[int]) -> Iterator[Text]:
    lines = text.source.split(b"\n")
    for number, (start, end) in enumerate(
        zip(starts, [*starts[1:], len(lines) + 1], strict=True), 1
    ):
        source = b"\n".join(lines[start : end - 1])
        yield Text(source, f"<cell {number}>", f"cell {number}", offset=start)


def _future_flags(statement: ast.ImportFrom) -> int:
    import __future__

    features = [getattr(__future__, each.name, None) for each in statement.names]
    return sum(each.compiler_flag for each in features if each is not None)
