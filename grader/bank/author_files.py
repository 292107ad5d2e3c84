"""Python files of an author, such as checker.py, whose functions cases name."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from grader.errors import Diagnostics, Location, did_you_mean, shown_path
from grader.model.entry_point import Declaration, find_declarations
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class AuthorFile:
    """A file with its functions; None of them, if it is not valid Python."""

    path: str
    source: bytes = b""
    functions: Mapping[str, Declaration] | None = None


@dataclass(frozen=True)
class AuthorFiles:
    """The files of one name in the two folders of a problem.

    That in `solutions` is for hidden cases only, as students do not have it.

    Attributes:
        parse: returns a file and its syntax tree, or raises a SpecError
        diagnostics: where errors in the files are reported
    """

    name: str
    folder: str
    solutions: str | None
    parse: Callable[[Path], tuple[bytes, ast.Module]]
    diagnostics: Diagnostics

    def find(
        self, noun: str, function: str, hidden: bool, at: Location
    ) -> tuple[AuthorFile, Declaration] | None:
        """Return what a case names, and its file; report that it is missing.

        Args:
            noun: what the function is, for messages
            hidden: whether the case is
            at: where it is named
        """
        files = [self._public, self._hidden] if hidden else [self._public]
        for file in filter(None, files):
            if file.functions is None:  # reported
                return None
            if function in file.functions:
                return file, file.functions[function]
        self._report_missing(noun, function, hidden, at)
        return None

    @cached_property
    def _public(self) -> AuthorFile | None:
        return self._load(Path(self.folder, self.name))

    @cached_property
    def _hidden(self) -> AuthorFile | None:
        if self.solutions is None:
            return None
        return self._load(Path(self.solutions, self.name))

    def _load(self, path: Path) -> AuthorFile | None:
        if not path.exists():
            return None
        file = AuthorFile(shown_path(str(path)))
        with self.diagnostics.gather():
            source, tree = self.parse(path)
            return replace(file, source=source, functions=find_declarations(tree))
        return file

    def _report_missing(self, noun: str, function: str, hidden: bool, at: Location) -> None:
        files = [each for each in (self._public, self._hidden) if each is not None]
        known = [each for file in files for each in file.functions or ()]
        place = shown_path(str(Path(self.folder, self.name)))
        if function in known:
            text = f"students do not have {shown_path(str(Path(self.solutions or '', self.name)))}"
            text = f"the {noun} {function!r} of a public case must be in {place}: {text}"
        elif self._public is None and not (hidden and files):
            # A bank may be read without its solutions, so whether they have it is not known here.
            why = "" if hidden else ": students, whom public cases are for, do not have solutions/"
            text = f"there is no file {place}; write the {noun} {function!r} there{why}"
        else:
            advice = did_you_mean(function, known) if known else ""
            text = f"{files[0].path} has no function {function!r}{advice}"
        self.diagnostics.add(at, text)
