"""Loads a program in a child: runs its parts one after another, so that a failure costs one part.

The parts of a file are the statements at its top level. A notebook's are those of its cells, and a
module submitted with the program has parts like a file. What a part defined before it failed, and
what the other parts define, is kept; a note says what failed. Only if the function is missing at
the end does the program count as not loaded.

A file is first run as a whole, which is fastest. After a failure it is continued statement by
statement. A part that never ends is stopped by the `Clock`. If that fails, or if a part ends the
process, the host loads the program again in another child: first with reports on which part is
running, and then without the part that it reported last.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import CodeType, FrameType, ModuleType
from typing import Any

from grader.sandbox import frames, invalid_lines, spelling
from grader.sandbox.cells import Notebook
from grader.sandbox.clock import Clock, TimeIsUp
from grader.sandbox.driver import Solution, driver_of, driver_text
from grader.sandbox.event_loop import run_coroutine, use_loops_without_sockets
from grader.sandbox.given import Ask, Recorder, answered
from grader.sandbox.notebook import Harmless
from grader.sandbox.own_modules import OwnModules
from grader.sandbox.scratch import provide
from grader.sandbox.statements import (
    compile_code,
    first_line,
    is_definition,
    module_position,
    names_bound,
    parse,
    where_it_failed,
)
from grader.sandbox.steps import ProblemFailed
from grader.sandbox.texts import MAX_TEXT, PROGRAM, Text, describe, explain

_MAX_FAILURES = 5  # that are noted
_MAX_NOTE = 400  # characters
_MAX_LISTED = 10
_TRIAL = "; put trial code under `if __name__ == '__main__':`"
_DURING = "while the file was being imported: "
_ANNOTATIONS = __future__.annotations.compiler_flag
_FUTURES = sum(getattr(__future__, each).compiler_flag for each in __future__.all_feature_names)
# A submitted notebook may still call `grader.check`, which does nothing here.
_CHECKS = ModuleType("grader.integrations.ipython")
_CHECKS.__dict__["check"] = Harmless()

Namespace = dict[str, Any]
# PROGRESS or GAVE_UP of `frames`, number of the text that runs, and line of the submission.
Report = Callable[[bytes, int, int], None]
Description = dict[str, object]  # of a failure, as `texts.explain` returns it


class Loading:
    """The loading of one program.

    Args:
        request: the host's; see `frames.LOAD`
        report: tells the host which part is running
        ask: asks the host for an answer of a function that is given

    Attributes:
        texts: every text that was compiled, by its file
        unbound: names that failed parts should have defined, each with the reason
        missing: descriptions of why functions that the program must define are missing, by name
        recorder: has the calls of functions that are recorded; None if there are none
        driver: the function of the problem's driver, if there is one, or why it cannot be loaded
    """

    def __init__(self, request: dict[str, Any], report: Report, ask: Ask) -> None:
        self.recorder = Recorder() if request.get("records") else None
        self._ask = ask
        self.driver: Callable[..., Any] | ProblemFailed | None = None
        self.texts: dict[str, Text] = {}
        self.unbound: dict[str, str] = {}
        self._request = request
        self._report = report
        self._is_careful = bool(request.get("careful"))
        self._skipped: list[tuple[int, int, str]] = list(request.get("skipped", ()))
        self.missing: dict[str, Description] = {}
        self._names: list[str] = request["names"]
        self._noun: str = request.get("noun", "function")
        self._definitions: dict[str, list[str]] = {}  # places that define each function
        self._notes: list[str] = []
        self._failures = 0
        self._first: Description | None = None  # the first failure
        self._reasons: dict[str, Description] = {}  # why functions are missing, by name
        self._failed: set[int] = set()  # lines where statements of the submission begin
        self._running: list[Text] = []
        self._stopped: list[list[int]] = []  # number and line of parts that ran for too long
        cpu_s, wall_s = request.get("seconds", (0.0, 0.0))
        self._clock = Clock(cpu_s, wall_s, self._give_up) if cpu_s else None

    def run(self) -> tuple[dict[str, Any], Description]:
        """Return functions by name, and notes; without any, a description of what failed."""
        request = self._request
        module = ModuleType(PROGRAM)
        module.__file__ = request["file"]
        sys.modules[PROGRAM] = module  # dataclasses and pickle look a class's module up there
        sys.modules[_CHECKS.__name__] = _CHECKS
        namespace = module.__dict__
        text = Text(request["source"], request["file"])
        self.texts[text.file] = text
        if text.file.endswith(".py"):
            provide(text.file, request["source"])
        # It may import what is beside it in both ways: `import utils`, `from .utils import total`.
        module.__package__, module.__path__ = PROGRAM, []
        given, modules = request.get("given_modules", []), request.get("modules", [])
        if given:
            self._own_modules(given, len(modules), is_given=True).offer_first()
        if modules:
            self._offer_modules(modules)
        sources = (each["source"] for each in (*modules, *given))
        if any(b"asyncio" in each for each in (text.source, *sources)):
            use_loops_without_sockets()
        try:
            if cells := request.get("cells"):
                Notebook(self, namespace).run(text, cells)
            else:
                self.run_file(text, namespace)
        except BaseException as error:
            return {}, {**explain(error, self.texts, self.unbound), **self._report_of_parts()}
        defined: dict[str, Any] = {}
        for name in self._names:
            function = namespace.get(name)
            if callable(function):
                defined[name] = function
            else:
                self.missing[name] = self._missing(name, namespace)
        if "given" in request or "records" in request:
            self._replace(defined, namespace)
        if defined:
            if "driver" in request:
                self.driver = self._load_driver(request["driver"], defined)
            return defined, self._report_of_parts()
        return {}, {**self.missing[self._names[0]], **self._report_of_parts()}

    def _replace(self, defined: dict[str, Any], namespace: Namespace) -> None:
        """Replace functions that are given, or recorded."""
        for name in self._request.get("given", ()):
            own, missing = defined.get(name), self.missing.pop(name, None)
            namespace[name] = defined[name] = answered(name, own, missing, self._ask)
        for name in self._request.get("records", ()):
            if self.recorder is not None and name in defined:
                namespace[name] = defined[name] = self.recorder.recorded(name, defined[name])

    def _load_driver(
        self, source: bytes, defined: dict[str, Any]
    ) -> Callable[..., Any] | ProblemFailed:
        text = driver_text(source)
        self.texts[text.file] = text
        return driver_of(text, Solution(defined, self.missing), self.texts)

    def _offer_modules(self, modules: list[dict[str, Any]]) -> None:
        own = self._own_modules(modules)
        for name in own.hidden_names():
            self.note(
                f"your own module {name} is not used, because a module {name} is installed here;"
                " rename yours"
            )
        own.offer()

    def _own_modules(
        self, modules: list[dict[str, Any]], others: int = 0, is_given: bool = False
    ) -> OwnModules:
        """Return the finder of some modules.

        Args:
            others: number of the texts numbered before
            is_given: whether the problem gives them
        """
        texts = {
            each["name"]: Text(
                each["source"], each["file"], each["file"], number, is_given=is_given
            )
            for number, each in enumerate(modules, others + 1)
        }
        packages = [each["name"] for each in modules if each["is_package"]]
        return OwnModules(texts, packages, self.run_file)

    # Texts and statements ------------------------------------------------------------------------

    def run_file(self, text: Text, namespace: Namespace) -> None:
        """Run a file or a module.

        Raises:
            SyntaxError, ValueError, …: if it cannot be compiled
        """
        text, code = self._compiled(text)
        flags = code.co_flags & _FUTURES
        with self.running(text):
            if self._is_careful or self._skipped:
                body = rest = parse(text.source, text.file).body
            else:
                error, _ = self._attempt(code, namespace)
                if error is None and not self._may_define_twice(text):
                    return
                body, rest = parse(text.source, text.file).body, []
                if error is not None:
                    failed = where_it_failed(body, error, text.file)
                    if failed < 0:
                        raise error
                    self._after_failure(text, body[failed], error, namespace, flags)
                    rest = body[failed + 1 :]
            for statement in rest:
                self.run_statement(text, statement, namespace, flags)
            self.note_definitions(text, body)

    def running(self, text: Text) -> _Running:
        """Mark a text as the one that runs."""
        return _Running(self._running, text)

    def _compiled(self, text: Text) -> tuple[Text, CodeType]:
        """Return the text, with other indentation if it mixes tabs and spaces, and its code.

        Raises:
            SyntaxError, ValueError, …: if it cannot be compiled
        """
        self.texts[text.file] = text
        try:
            return text, compile_code(text.source, text.file)
        except SyntaxError as error:
            with_spaces = self._with_spaces(text) if isinstance(error, IndentationError) else None
            changed = with_spaces or self._without_invalid_lines(text, error)
            if changed is None:
                raise
            self.texts[text.file] = changed[0]
            return changed

    def _with_spaces(self, text: Text) -> tuple[Text, CodeType] | None:
        """Return a text with spaces for tabs, and its code; None if it is not valid either."""
        for columns in spelling.TAB_COLUMNS if b"\t" in text.source else ():
            changed = replace(text, source=spelling.expand_tabs(text.source, columns))
            try:
                code = compile_code(changed.source, text.file)
            except SyntaxError:
                continue
            label = f"{text.label}: " if text.label else ""
            self.note(label + spelling.tabs_note(text.source, columns))
            return changed, code
        return None

    def _without_invalid_lines(
        self, text: Text, error: SyntaxError
    ) -> tuple[Text, CodeType] | None:
        """Return a text without what is not valid Python, and its code; None if it is needed."""
        needed = re.compile(_defining(self._names)) if text.number == 0 else None
        try:
            source, code, left_out = invalid_lines.leave_out(
                text.source, error, partial(compile_code, file=text.file), needed
            )
        except (invalid_lines.NotValid, ValueError, RecursionError, MemoryError):
            return None
        if source.splitlines()[:1] != text.source.splitlines()[:1] and not left_out:
            self.note(f"{text.place(1)} is indented; that indentation was removed from all lines")
        for line, wrong in left_out:
            why = describe(wrong, self.unbound, self.texts)
            place = text.place(line)
            self._add_failure(f"{place} is left out: {why}")
            for name in invalid_lines.names_in(text.code(line)):
                self.unbound[name] = f"{place}: {why}"[:_MAX_NOTE]
        return replace(text, source=source), code

    def run_statement(
        self, text: Text, statement: ast.stmt, namespace: Namespace, flags: int
    ) -> object:
        """Run one statement; if it fails, note that. Return the value of an expression."""
        line, end = text.offset + first_line(statement), statement.end_lineno or statement.lineno
        for number, skipped, reason in self._skipped:
            if number == text.number and line <= skipped <= text.offset + end:
                self._note_failure(text, statement, TimeIsUp(reason), namespace)
                return None
        if self._is_careful:
            self._report(frames.PROGRESS, text.number, line)
        error, value = self._attempt(_code(text, statement, flags), namespace)
        if error is not None:
            self._after_failure(text, statement, error, namespace, flags)
        return value

    def _after_failure(
        self,
        text: Text,
        statement: ast.stmt,
        error: BaseException,
        namespace: Namespace,
        flags: int,
    ) -> None:
        """Define a function without its annotations, if only they failed; else note the failure."""
        if isinstance(error, NameError) and is_definition(statement):
            code = _code(text, statement, flags | _ANNOTATIONS)
            if self._attempt(code, namespace)[0] is None:
                return
        self._note_failure(text, statement, error, namespace)

    def _attempt(self, code: CodeType, namespace: Namespace) -> tuple[BaseException | None, object]:
        """Run code; return what it raised, and the value of an expression."""
        clock = self._clock
        is_outermost = len(self._running) == 1
        try:
            if clock is not None and is_outermost:
                clock.start()
            value = eval(code, namespace)
            if code.co_flags & inspect.CO_COROUTINE:
                value = run_coroutine(value)
        except BaseException as error:  # SystemExit and KeyboardInterrupt too
            if clock is not None and isinstance(error, TimeIsUp) and not is_outermost:
                clock.start()  # a share of what is left, for the part that imports this module
            return error, None
        finally:
            if clock is not None and is_outermost:
                clock.stop()
        return None, value

    def _give_up(self, frame: FrameType | None) -> None:
        """Report which part ignores the clock, and end the process."""
        text = self._running[-1]
        line = 0
        while frame is not None:
            if frame.f_code.co_filename == text.file and frame.f_code.co_name == "<module>":
                line = frame.f_lineno
            frame = frame.f_back
        self._report(frames.GAVE_UP, text.number, text.offset + line)
        os._exit(0)

    # Notes ---------------------------------------------------------------------------------------

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
            found = explain(error, self.texts, self.unbound)
        place = found["place"] or text.label
        self._add_failure(f"{place} is left out: {why}")
        self._first = self._first or found
        for name in self._names:
            if _count_definitions(text, name):
                self._reasons[name] = found

    def _note_failure(
        self, text: Text, statement: ast.stmt, error: BaseException, namespace: Namespace
    ) -> None:
        if text.number == 0:
            self._failed.add(text.offset + first_line(statement))
        if isinstance(error, TimeIsUp):
            self._stopped.append([text.number, text.offset + first_line(statement)])
        position = module_position(error.__traceback__, text.file)
        line = position[0] if position is not None else first_line(statement)
        place = text.place(line)
        why = describe(error, self.unbound, self.texts)
        names = names_bound(statement)
        for name in names:
            if name not in namespace:
                self.unbound[name] = f"{place}: {why}"[:_MAX_NOTE]
        found = {
            **explain(error, self.texts, self.unbound),
            "error": _DURING + why if isinstance(error, TimeIsUp) else why,
            "line": text.offset + line if text.number == 0 else 0,
            "place": place,
        }
        self._first = self._first or found
        for name in self._names:
            if name in names:
                self._reasons[name] = found
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self._add_failure(f"{place}: {why}; the rest is judged without it")
        elif text.label:
            self._add_failure(f"{place} failed and is left out: {why}")
        else:
            advice = "" if self._failures else _TRIAL
            self._add_failure(
                f"{place} is outside any function and failed when the file was imported:"
                f" {why}{advice}"
            )

    def _add_failure(self, note: str) -> None:
        self._failures += 1
        if self._failures <= _MAX_FAILURES:
            self.note(note)

    def _may_define_twice(self, text: Text) -> bool:
        if text.number != 0:
            return False
        source, noun = text.source, b"class" if self._noun == "class" else b"def"
        return any(source.count(b"%b %b" % (noun, name.encode())) > 1 for name in self._names)

    def note_definitions(self, text: Text, body: list[ast.stmt]) -> None:
        """Remember which statements of a text define the functions."""
        for name in self._names if text.number == 0 else ():
            self._definitions.setdefault(name, []).extend(
                text.place(first_line(each))
                for each in body
                if is_definition(each, name) and text.offset + first_line(each) not in self._failed
            )

    def _report_of_parts(self) -> Description:
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

    def _missing(self, name: str, namespace: Namespace) -> Description:
        """Return why there is no function of this name, or no class, to call."""
        noun = self._noun
        if name in namespace:
            return _description(f"{name} is {type(namespace[name]).__name__}, not a {noun}")
        if (reason := self._reasons.get(name)) is not None:
            return {**reason, "error": f"{reason['error']}, so {name} is missing"}
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


class _Running:
    """Marks a text as running; a generator would make each child copy more pages of memory."""

    def __init__(self, texts: list[Text], text: Text) -> None:
        self._texts = texts
        self._text = text

    def __enter__(self) -> None:
        self._texts.append(self._text)

    def __exit__(self, *exception: object) -> None:
        self._texts.pop()


def _count_definitions(text: Text, name: str) -> int:
    """Return how often a text seems to define a function."""
    if name.encode() not in text.source:
        return 0
    return len(re.findall(_defining([name]), text.source, re.M))


def _defining(names: list[str]) -> bytes:
    """Return a pattern of the lines that seem to define one of these functions or classes."""
    name = b"|".join(each.encode() for each in names)
    return rb"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+(?:%b)\b|^(?:%b)[ \t]*[:=]" % (name, name)


def _description(error: str) -> Description:
    return {"error": error[:MAX_TEXT], "line": 0, "place": "", "traceback": ""}


def _code(text: Text, statement: ast.stmt, flags: int) -> CodeType:
    """Compile one statement; an expression so that it has a value."""
    if isinstance(statement, ast.Expr):
        return compile_code(ast.Expression(statement.value), text.file, "eval", flags)
    return compile_code(ast.Module([statement], []), text.file, "exec", flags)
