"""A child's report about loading a program: notes, and why functions are missing.

The report is for the student, and short: only the first few failures are described.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

from grader.sandbox.clock import TimeIsUp
from grader.sandbox.invalid_lines import is_magic, names_in
from grader.sandbox.statements import first_line, is_definition, module_position, names_bound
from grader.sandbox.texts import (
    GUARD,
    MAX_TEXT,
    PROGRAM,
    Text,
    describe,
    explain,
    guarded,
    is_of_another_problem,
)

Namespace = dict[str, Any]
Description = dict[str, object]  # of a failure, as `texts.explain` returns it

_MAX_FAILURES = 5  # that are noted
_MAX_NOTE = 400  # characters
_MAX_LISTED = 10
_TRIAL = f"; put trial code under {GUARD}"
_DURING = "while the file was being imported: "


class ImportReport:
    """Collects what is to be said while a program is loaded.

    Args:
        names: of the functions, or the class, that the program must define
        noun: what they are, "function" or "class"
        texts: every text that was compiled, by its file; it grows meanwhile

    Attributes:
        unbound: names that failed parts should have defined, each with the reason
    """

    def __init__(self, names: list[str], noun: str, texts: dict[str, Text]) -> None:
        self.unbound: dict[str, str] = {}
        self._names = names
        self._noun = noun
        self._texts = texts
        self._definitions: dict[str, list[str]] = {}  # places that define each function
        self._notes: list[str] = []
        self._failures = 0
        self._first: Description | None = None  # the first failure
        self._reasons: dict[str, Description] = {}  # why functions are missing, by name
        self._failed: set[int] = set()  # lines where statements of the submission begin
        self._stopped: list[list[int]] = []  # number and line of parts that ran for too long

    def note(self, text: str) -> None:
        """Keep a note that is not about a failure."""
        if len(self._notes) < _MAX_LISTED:
            self._notes.append(text)

    def note_left_out(self, text: Text, why: str, error: BaseException | None = None) -> None:
        """Note that a whole text does not run, such as a cell that is not Python."""
        found = {
            **_description(f"the cell is left out: {why}"),
            "line": text.offset,
            "place": text.label,
        }
        if error is not None:
            of_error = explain(error, self._texts, self.unbound)
            # Some errors of the compiler have no line, such as of a null character.
            found = of_error if of_error["place"] else {**found, "error": of_error["error"]}
        place = found["place"] or text.label
        self.add_failure(f"{place} is left out: {why}")
        self._first = self._first or found
        for name in self._names:
            if _count_definitions(text, name):
                self._reasons[name] = found

    def note_invalid(self, text: Text, line: int, error: SyntaxError) -> None:
        """Note that the statement in a line is left out, as it is not valid Python."""
        why = describe(error, self.unbound, self._texts)
        place, code = text.place(line), text.code(line)
        self.add_failure(f"{place} is left out: {why}")
        self.note_unbound(names_in(code), place, why)
        # A magic is never the reason why a function is missing.
        if text.number == 0 and not is_magic(code):
            found = {**_description(why), "line": text.offset + line, "place": place}
            self._first = self._first or found

    def note_failure(
        self, text: Text, statement: ast.stmt, error: BaseException, namespace: Namespace
    ) -> None:
        """Note that a statement failed, and what it should have defined."""
        if text.number == 0:
            self._failed.add(text.offset + first_line(statement))
        if isinstance(error, TimeIsUp):
            self._stopped.append([text.number, text.offset + first_line(statement)])
        position = module_position(error.__traceback__, text.file)
        line = position[0] if position is not None else first_line(statement)
        place = text.place(line)
        why = describe(error, self.unbound, self._texts)
        names = names_bound(statement)
        self.note_unbound((name for name in names if name not in namespace), place, why)
        found = {
            **explain(error, self._texts, self.unbound),
            "error": _DURING + why if isinstance(error, TimeIsUp) else why,
            "line": text.offset + line if text.number == 0 else 0,
            "place": place,
        }
        for name in self._names:
            if name in names:
                self._reasons[name] = found
        if is_of_another_problem(error) and not text.is_given:
            return
        self._first = self._first or found
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self.add_failure(f"{place}: {why}; the rest is judged without it")
        elif text.label:
            self.add_failure(f"{place} failed and is left out: {why}")
        else:
            advice = "" if self._failures or is_definition(statement) else _TRIAL
            self.add_failure(
                f"{place} is outside any function and failed when the file was imported:"
                f" {why}{advice}"
            )

    def has_failed(self, text: Text, statement: ast.stmt) -> bool:
        """Return whether a statement of the submission failed."""
        return text.offset + first_line(statement) in self._failed

    def note_unbound(self, names: Iterable[str], place: str, why: str) -> None:
        """Remember why names are not defined."""
        for name in names:
            self.unbound[name] = f"{place}: {why}"[:_MAX_NOTE]

    def add_failure(self, note: str) -> None:
        """Keep a note that is about a failure, if there are not too many."""
        self._failures += 1
        if self._failures <= _MAX_FAILURES:
            self.note(note)

    def note_definitions(self, text: Text, body: list[ast.stmt]) -> None:
        """Remember which statements of a text define the functions."""
        for name in self._names if text.number == 0 else ():
            self._definitions.setdefault(name, []).extend(
                text.place(first_line(each))
                for each in body
                if is_definition(each, name) and not self.has_failed(text, each)
            )

    def of_parts(self) -> Description:
        """Return what the host gets about the parts of the program."""
        return {"notes": self._all_notes(), "stopped": self._stopped}

    def _all_notes(self) -> list[str]:
        notes = list(self._notes)
        if self._failures > _MAX_FAILURES:
            more = self._failures - _MAX_FAILURES
            notes.append(f"{more} more {'line' if more == 1 else 'lines'} failed")
        for name, places in self._definitions.items():
            if len(places) > 1:
                several = places[-_MAX_LISTED:]
                notes.append(
                    f"{name} is defined in {', '.join(several[:-1])} and {several[-1]};"
                    " the last definition counts"
                )
        return [note[:_MAX_NOTE] for note in notes]

    def missing(self, name: str, namespace: Namespace) -> Description:
        """Explain why no function or class of this name can be called."""
        noun = self._noun
        if name in namespace:
            kind = type(namespace[name]).__name__
            return _description(f"{name} has the type {kind} and is not a {noun}")
        if (reason := self._reasons.get(name)) is not None:
            return {**reason, "error": f"{reason['error']}, so {name} is missing"}
        if (place := guarded(name, self._texts)) is not None:
            text, line = place
            error = (
                f"the {noun} must be called {name}; the file defines no {noun} {name} outside of"
                f" {GUARD}, which is not run here"
            )
            return {
                **_description(error),
                "line": text.offset + line if text.number == 0 else 0,
                "place": text.place(line),
            }
        found = [
            key
            for key, value in list(namespace.items())
            if callable(value)
            and getattr(value, "__module__", "") == PROGRAM
            and key not in self._names
        ]
        if found:
            listed = ", ".join(found[:_MAX_LISTED])
            return _description(f"the {noun} must be called {name}; found: {listed}")
        nothing = f"defines no {'other ' if len(self._names) > 1 else ''}{noun}"
        missing = f"the {noun} must be called {name}; the file {nothing}"
        if self._first is not None:
            return {**self._first, "error": f"{self._first['error']}; {missing}"}
        return _description(missing)


def _count_definitions(text: Text, name: str) -> int:
    """Return how often a text seems to define a function."""
    if name.encode() not in text.source:
        return 0
    return len(re.findall(defining([name]), text.source, re.M))


def defining(names: list[str]) -> bytes:
    """Return a pattern of the lines that seem to define one of these functions or classes."""
    name = b"|".join(each.encode() for each in names)
    statement = rb"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+(?:%b)\b" % name
    assignment = rb"^(?:%b)[ \t]*(?::[^=\n]*)?=(?!=)" % name
    return statement + b"|" + assignment


def _description(error: str) -> Description:
    return {"error": error[:MAX_TEXT], "line": 0, "place": "", "traceback": ""}
