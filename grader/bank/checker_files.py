"""The author's own checkers: functions in checker.py, which cases name by `checker: {python: …}`.

problems/SLUG/checker.py    for public and hidden cases
solutions/SLUG/checker.py   for hidden cases only, as students do not have it
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from grader.bank.schema import RawCase, RawStep
from grader.checkers.python import PythonChecker
from grader.errors import Diagnostics, Location, did_you_mean, shown_path
from grader.model.entry_point import Declaration, find_declarations
from grader.model.signature import Function, ParameterKind
from grader.values.show import show

NAME = "checker.py"
_EXPECTED = "expected"
_BY_POSITION = (ParameterKind.POSITIONAL_ONLY, ParameterKind.PLAIN)
_BY_NAME = (ParameterKind.PLAIN, ParameterKind.KEYWORD_ONLY)


@dataclass(frozen=True)
class _File:
    """A checker.py with its functions; None of them, if it is not valid Python."""

    path: str
    source: bytes = b""
    functions: Mapping[str, Declaration] | None = None


@dataclass(frozen=True)
class CheckerFiles:
    """The checkers that the author of a problem wrote.

    Attributes:
        parse: returns a file and its syntax tree, or raises a SpecError
        diagnostics: where errors in the files are reported
    """

    folder: str
    solutions: str | None
    parse: Callable[[Path], tuple[bytes, ast.Module]]
    diagnostics: Diagnostics

    def complete(self, case: RawCase, hidden: bool) -> RawCase:
        """Return a case whose checkers have their sources; report what is wrong with them."""
        steps = tuple(self._complete(case.name, step, hidden) for step in case.steps)
        return replace(case, steps=steps)

    def _complete(self, case: str, raw: RawStep, hidden: bool) -> RawStep:
        if not isinstance(raw.checker, PythonChecker):
            return raw
        name = raw.checker.function
        files = [self._public, self._hidden] if hidden else [self._public]
        for file in filter(None, files):
            if file.functions is None:  # reported
                return raw
            if name in file.functions:
                return replace(raw, checker=self._found(case, raw, file, file.functions[name]))
        self._report_missing(raw, name, hidden)
        return raw

    @cached_property
    def _public(self) -> _File | None:
        return self._load(Path(self.folder, NAME))

    @cached_property
    def _hidden(self) -> _File | None:
        return self._load(Path(self.solutions, NAME)) if self.solutions is not None else None

    def _load(self, path: Path) -> _File | None:
        if not path.exists():
            return None
        file = _File(shown_path(str(path)))
        with self.diagnostics.gather():
            source, tree = self.parse(path)
            return replace(file, source=source, functions=find_declarations(tree))
        return file

    def _report_missing(self, raw: RawStep, name: str, hidden: bool) -> None:
        files = filter(None, (self._public, self._hidden))
        known = [each for file in files for each in file.functions or ()]
        place = shown_path(str(Path(self.folder, NAME)))
        if name in known:
            text = f"students do not have {shown_path(str(Path(self.solutions or '', NAME)))}"
            text = f"the checker {name!r} of a public case must be in {place}: {text}"
        else:
            text = f"{place} has no function {name!r}{did_you_mean(name, known) if known else ''}"
        self.diagnostics.add(_at(raw), text)

    def _found(self, case: str, raw: RawStep, file: _File, declared: Declaration) -> PythonChecker:
        """Return a checker; report parameters that do not fit the arguments of a case."""
        at = Location(file.path, declared.line, declared.column)
        name = declared.part.name
        if not isinstance(declared.part, Function):
            self.diagnostics.add(at, f"the checker {name!r} must be a function")
            return PythonChecker(name)
        parameters = declared.part.parameters
        if not parameters or parameters[0].kind not in _BY_POSITION:
            self.diagnostics.add(at, f"the first parameter of {name!r} must be the answer")
            return PythonChecker(name)
        takes_all = any(each.kind is ParameterKind.KEYWORDS for each in parameters)
        accepted = {each.name for each in parameters[1:] if each.kind in _BY_NAME}
        given = [key.text or "" for key, _ in raw.args if key is not None]
        for missing in given if not takes_all else ():
            if missing not in accepted:
                text = f"has no parameter {missing!r}, an argument of case {case!r}"
                advice = "add it, or **others for what the checker does not need"
                self.diagnostics.add(at, f"the checker {name!r} {text}; {advice}")
        for each in parameters[1:]:
            if each.is_required and each.name not in (*given, _EXPECTED):
                text = f"needs {show(each.name)}, which case {case!r} does not give"
                self.diagnostics.add(at, f"the checker {name!r} {text}; give it a default")
        expects = _EXPECTED in accepted and _EXPECTED not in given
        return PythonChecker(name, file.source, file.path, expects)


def _at(raw: RawStep) -> Location:
    checker = raw.node.get("checker")
    name = checker.get("python") if checker is not None else None
    return (name or raw.node).at
