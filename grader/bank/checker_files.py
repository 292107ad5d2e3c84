"""The author's own checkers: functions in checker.py, which cases name by `checker: {python: …}`.

problems/SLUG/checker.py    for public and hidden cases
solutions/SLUG/checker.py   for hidden cases only, as students do not have it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.bank.author_files import AuthorFile, AuthorFiles
from grader.bank.raw import RawCase, RawStep
from grader.checkers.python import PythonChecker
from grader.errors import Diagnostics, Location
from grader.model.entry_point import Declaration
from grader.model.script import references
from grader.model.signature import Function
from grader.values import Ref
from grader.values.dataclasses import dataclass
from grader.values.show import show

NAME = "checker.py"
_EXPECTED = "expected"


@dataclass(frozen=True)
class CheckerFiles:
    """The checkers that the author of a problem wrote.

    Attributes:
        files: those called checker.py
        diagnostics: where errors in them are reported
    """

    files: AuthorFiles
    diagnostics: Diagnostics

    def complete(self, case: RawCase, hidden: bool) -> RawCase:
        """Return a case whose checkers have their sources; report what is wrong with them."""
        steps = list[RawStep]()
        for step in case.steps:
            steps.append(self._complete(case, step, hidden, steps))
        return replace(case, steps=tuple(steps))

    def _complete(
        self, case: RawCase, raw: RawStep, hidden: bool, earlier: Sequence[RawStep]
    ) -> RawStep:
        if not isinstance(raw.checker, PythonChecker):
            return raw
        found = self.files.find("checker", raw.checker.function, hidden, _at(raw))
        if found is None:
            return raw
        return replace(raw, checker=self._found(case, raw, *found, earlier))

    def _found(
        self,
        case: RawCase,
        raw: RawStep,
        file: AuthorFile,
        declared: Declaration,
        earlier: Sequence[RawStep],
    ) -> PythonChecker:
        """Return a checker; report parameters that do not fit the arguments of a case.

        Args:
            earlier: the steps before, whose arguments and results it may ask for, too
        """
        at = Location(file.path, declared.line, declared.column)
        name = declared.part.name
        if not isinstance(declared.part, Function):
            self.diagnostics.add(at, f"the checker {name!r} must be a function")
            return PythonChecker(name)
        parameters = declared.part.parameters
        if not parameters or not parameters[0].takes_position:
            self.diagnostics.add(at, f"the first parameter of {name!r} must be the answer")
            return PythonChecker(name)
        accepted = {each.name for each in parameters[1:] if each.takes_name}
        given = [key.text or "" for key, _ in raw.args if key is not None]
        for missing in given if not declared.part.takes_any_name else ():
            if missing not in accepted:
                text = f"has no parameter {missing!r}, an argument of case {case.name!r}"
                advice = "add it, or **others for what the checker does not need"
                self.diagnostics.add(at, f"the checker {name!r} {text}; {advice}")
        values, referring = _arguments(raw)
        results = {each.name for each in earlier if each.name and each.is_asked}
        known = results.union(*(_arguments(each)[0] for each in earlier)) - set(referring)
        known |= {each for each, result in referring.items() if result in results}
        borrowed = tuple(sorted(known & accepted - {*values, _EXPECTED}))
        for each in parameters[1:]:
            known_names = (*values, *borrowed, _EXPECTED)
            is_given = each.name in known_names or case.generate is not None
            if each.is_required and not is_given:
                text = f"needs {show(each.name)}, which case {case.name!r} does not give"
                self.diagnostics.add(at, f"the checker {name!r} {text}; give it a default")
        expects = _EXPECTED in accepted and _EXPECTED not in given
        return PythonChecker(name, file.source, file.path, expects, borrowed)


def _arguments(raw: RawStep) -> tuple[list[str], dict[str, str]]:
    """Return the names of arguments that are values; and of others, with the result each is."""
    values, referring = list[str](), dict[str, str]()
    for key, value in raw.args:
        if key is not None and [*references(value)]:
            referring[key.text or ""] = value.description if isinstance(value, Ref) else ""
        elif key is not None:
            values.append(key.text or "")
    return values, referring


def _at(raw: RawStep) -> Location:
    checker = raw.node.get("checker")
    name = checker.get("python") if checker is not None else None
    return (name or raw.node).at
