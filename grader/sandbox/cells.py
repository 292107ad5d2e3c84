"""Runs the cells of a notebook one after another, as Jupyter does.

A cell that cannot run, or a statement that fails, is left out with a note.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import FrameType
from typing import Any, Protocol, TypeVar

from grader.sandbox import notebook, spelling
from grader.sandbox.import_report import ImportReport
from grader.sandbox.statements import compile_code, compile_statement, is_main_guard, parse
from grader.sandbox.texts import Text, describe

_TAB_COLUMNS = 4  # as Jupyter shows a tab, so that what looks right to a student is right
_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_MAGIC = "<magic>"  # the file of code in the call of a magic

T = TypeVar("T")


class Loading(Protocol):
    """What cells need of the loading of their notebook; see `loading`."""

    texts: dict[str, Text]
    unbound: dict[str, str]
    report: ImportReport

    def running(self, text: Text) -> AbstractContextManager[None]: ...

    def run_file(self, text: Text, namespace: dict[str, Any]) -> None: ...

    def text_at(self, path: str) -> Text | None: ...

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
        self._code = _CodeOfMagics(loading, namespace)
        self._outputs = notebook.prepare(namespace, self._code)

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
        loading.texts[cell.file] = cell
        python, why = notebook.without_cell_magics(cell.source.decode("utf-8", "replace"))
        if why:
            loading.report.note_left_out(cell, why)
            return
        try:
            cell, tree = self._parsed(cell, python)
        except Exception as error:
            why = describe(error, loading.unbound, loading.texts)
            loading.report.note_left_out(cell, why, error)
            return
        self._code.text = cell
        body = list(_unguarded(tree.body))
        with loading.running(cell):
            for statement in body:
                if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                    self._flags |= _future_flags(statement)
                self._code.flags = self._flags
                value = loading.run_statement(cell, statement, namespace, self._flags | _AWAIT)
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            self._outputs.add(number, value)
        loading.report.note_definitions(cell, body)

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
        return _with_magics(body, lambda python: self._tree(_with(cell, python)))

    def _tree(self, cell: Text) -> tuple[Text, ast.Module]:
        self._loading.texts[cell.file] = cell
        flags = self._flags | _AWAIT
        # As text: Jupyter ignores a comment that declares an encoding.
        tree = parse(cell.source.decode("utf-8", "replace"), cell.file, flags)
        # Compiled once more, because some errors are found only then, such as `return` outside.
        compile_code(tree, cell.file, flags=flags)
        return cell, tree


class _CodeOfMagics:
    """Runs the code in calls of magics, as if all of it were in the line of the call.

    Args:
        loading: runs statements and keeps the notes
        namespace: that of the module

    Attributes:
        text: the cell or the script that runs
        flags: of its `from __future__`
    """

    def __init__(self, loading: Loading, namespace: dict[str, Any]) -> None:
        self._loading = loading
        self._namespace = namespace
        self.text = Text(b"", "")
        self.flags = 0

    def evaluate(self, line: str) -> object:
        """Run the code after a line magic; return the value of an expression.

        Raises:
            Exception: whatever the code raises
        """
        value: object = None
        for statement in self._statements(line, self.flags):
            code = compile_statement(statement, self.text.file, self.flags)
            value = eval(code, self._namespace)
        return value

    def run(self, cell: str) -> None:
        """Run the statements of a cell; one that fails is left out with a note.

        Raises:
            SyntaxError, ValueError, …: if it is not valid Python
        """
        loading, text, flags = self._loading, self.text, self.flags | _AWAIT
        body, why = notebook.without_cell_magics(cell)
        if why:
            loading.report.add_failure(f"{text.place(self._line())}: a cell is left out: {why}")
        statements = _with_magics(body, lambda python: self._statements(python, flags))
        statements = list(_unguarded(statements)) if not text.file.endswith(".py") else statements
        with loading.running(text):
            for statement in statements:
                loading.run_statement(text, statement, self._namespace, flags)
        loading.report.note_definitions(text, statements)

    def run_file(self, path: str) -> None:
        """Run a file that the program has written, or that came with it; else do nothing."""
        text = self._loading.text_at(path)
        if text is not None:
            self._loading.run_file(text, self._namespace)

    def _statements(self, code: str, flags: int) -> list[ast.stmt]:
        tree = parse(code.encode("utf-8", "replace"), _MAGIC, flags)
        line = self._line()
        node: Any
        for node in ast.walk(tree):
            if "lineno" in node._attributes:
                node.lineno = node.end_lineno = line
                node.col_offset = node.end_col_offset = 0
        return tree.body

    def _line(self) -> int:
        """Return the line of the text that is running."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame.f_code.co_filename != self.text.file:
            frame = frame.f_back
        return frame.f_lineno if frame is not None else 1


def offer_magics(loading: Loading, text: Text, namespace: dict[str, Any], flags: int) -> None:
    """Let a script run code in calls of magics, as `jupyter nbconvert` writes cells with a magic.

    Args:
        flags: of `from __future__`
    """
    code = _CodeOfMagics(loading, namespace)
    code.text, code.flags = text, flags
    shell = notebook.ShellOfScript(namespace, code)
    namespace["get_ipython"] = lambda: shell


def _with_magics(body: str, parsed: Callable[[str], T]) -> T:
    """Return a cell parsed as it is; with calls in place of magics only if it is not valid Python.

    Raises:
        SyntaxError, ValueError, …: if it is not valid Python either way
    """
    try:
        return parsed(body)
    except SyntaxError:
        python = notebook.as_python(body)
        if python == body:
            raise
        return parsed(python)


def _unguarded(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, with the code under a main guard in its place: it runs in Jupyter."""
    for statement in body:
        if isinstance(statement, ast.If) and is_main_guard(statement):
            yield from statement.body
        else:
            yield statement


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
