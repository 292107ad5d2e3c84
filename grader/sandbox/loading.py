"""Loads a program in a child: runs its parts one after another, so that a failure costs one part.

The parts of a file, or of a module submitted with the program, are its top-level statements; those
of a notebook are the top-level statements of its cells. If a part fails, everything that it defined
before, and everything that the other parts define, is kept, and a note says what failed. Only if
the function is missing at the end does the program count as not loaded.

A file is first run as a whole, which is fastest. After a failure, the rest runs statement by
statement. The `Clock` stops a part that never ends. If it cannot, or if a part ends the process,
the host starts another child, which loads the program without that part. If the host does not know
which part it was, it first has a child load the program again and report each part before it runs.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import CodeType, FrameType, ModuleType
from typing import Any

from grader.sandbox import frames, invalid_lines, marimo, spelling
from grader.sandbox.cells import Notebook, offer_magics
from grader.sandbox.clock import Clock, TimeIsUp
from grader.sandbox.driver import Solution, driver_of, driver_text
from grader.sandbox.event_loop import offer_loops_without_sockets, run_coroutine
from grader.sandbox.given import Ask, Recorder, answered
from grader.sandbox.import_report import Description, ImportReport, Namespace, defining
from grader.sandbox.notebook import Harmless
from grader.sandbox.own_modules import OwnModules
from grader.sandbox.scratch import provide
from grader.sandbox.statements import (
    compile_code,
    compile_statement,
    first_line,
    is_definition,
    names_bound,
    parse,
    where_it_failed,
)
from grader.sandbox.steps import ProblemFailed
from grader.sandbox.texts import PROGRAM, Text, explain
from grader.sandbox.written_modules import WrittenModules

_ANNOTATIONS = __future__.annotations.compiler_flag
_FUTURES = sum(getattr(__future__, each).compiler_flag for each in __future__.all_feature_names)
# Calls of a debugger. It stops in the next line, which would be left out in place of the call.
_DEBUGGERS = (b"breakpoint(", b"set_trace")
# A submitted notebook may still call `grader.check`, which does nothing here.
_CHECKS = ModuleType("grader.integrations.ipython")
_CHECKS.__dict__["check"] = Harmless()

# PROGRESS or GAVE_UP of `frames`, number of the text that runs, and line of the submission.
Report = Callable[[bytes, int, int], None]


class Loading:
    """The loading of one program.

    Args:
        request: the host's; see `frames.LOAD`
        report: tells the host which part is running
        ask: asks the host for an answer of a function that is given (see `sandbox.given`)

    Attributes:
        texts: every text that was compiled, by its file
        unbound: names that failed parts should have defined, each with the reason
        report: collects the notes on what failed and what was left out
        missing: descriptions of why functions that the program must define are missing, by name
        recorder: keeps the calls of functions that the host asks to record; None if there are none
        driver: the function of the problem's driver, if there is one, or why it cannot be loaded
    """

    def __init__(self, request: dict[str, Any], report: Report, ask: Ask) -> None:
        self.recorder = Recorder() if request.get("records") else None
        self._ask = ask
        self.driver: Callable[..., Any] | ProblemFailed | None = None
        self.texts: dict[str, Text] = {}
        self._request = request
        self._report_part = report
        self._is_careful = bool(request.get("careful"))
        self._skipped: list[tuple[int, int, str]] = list(request.get("skipped", ()))
        self.missing: dict[str, Description] = {}
        self._names: list[str] = request["names"]
        self._noun: str = request.get("noun", "function")
        self.report = ImportReport(self._names, self._noun, self.texts)
        self.unbound = self.report.unbound
        self._running: list[Text] = []
        cpu_s, wall_s = request.get("seconds", (0.0, 0.0))
        self._clock = Clock(cpu_s, wall_s, self._give_up) if cpu_s else None
        self._submitted: OwnModules | None = None
        others = len(request.get("modules", ())) + len(request.get("given_modules", ()))
        self._written = WrittenModules(1 + others, self.run_file)

    def run(self) -> tuple[dict[str, Any], Description]:
        """Return the functions by name, and the notes.

        If no function can be called, there are none, and a description of what failed.
        """
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
        # The program may import the files next to it in both ways: `import utils`, and
        # `from .utils import total`.
        module.__package__, module.__path__ = PROGRAM, []
        given, modules = request.get("given_modules", []), request.get("modules", [])
        if given:
            self._own_modules(given, len(modules), is_given=True).offer_first()
        self._written.offer()  # before those that came with it, which it may have overwritten
        if modules:
            self._offer_modules(modules)
        offer_loops_without_sockets()
        try:
            if cells := request.get("cells"):
                Notebook(self, namespace).run(text, cells)
            else:
                self.run_file(text, namespace)
        except BaseException as error:
            return {}, {**explain(error, self.texts, self.unbound), **self.report.of_parts()}
        defined: dict[str, Any] = {}
        for name in self._names:
            function = namespace.get(name)
            if not callable(function):
                self._define_again(name, namespace)
                function = namespace.get(name)
            if callable(function):
                defined[name] = function
            else:
                self.missing[name] = self.report.missing(name, namespace)
        if "given" in request or "records" in request:
            self._replace(defined, namespace)
        if defined:
            if "driver" in request:
                self.driver = self._load_driver(request["driver"], defined)
            return defined, self.report.of_parts()
        return {}, {**self.missing[self._names[0]], **self.report.of_parts()}

    def _define_again(self, name: str, namespace: Namespace) -> None:
        """Define a function again if its name has become something else, such as its result."""
        found: tuple[Text, ast.stmt] | None = None
        changed = ""
        for text in list(self.texts.values()):
            if text.number != 0 or (self._request.get("cells") and not text.label):
                continue
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                for statement in parse(text.source, text.file, marimo.AWAIT).body:
                    if is_definition(statement, name):
                        has_failed = self.report.has_failed(text, statement)
                        found, changed = None if has_failed else (text, statement), ""
                    elif name in names_bound(statement):
                        changed = text.place(first_line(statement))
        if found is None:
            return
        text, statement = found
        with self.running(text):
            self.run_statement(text, statement, namespace, _ANNOTATIONS)
        if callable(namespace.get(name)):
            place = text.place(first_line(statement))
            why = f"{changed} gives {name} another value" if changed else f"{name} loses its value"
            self.report.note(f"{why}; its definition in {place} is judged")

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
            self.report.note(
                f"your own module {name} is not used, because a module {name} is installed here;"
                " rename yours"
            )
        own.offer()
        self._submitted = own

    def _own_modules(
        self, modules: list[dict[str, Any]], others: int = 0, is_given: bool = False
    ) -> OwnModules:
        """Return the finder of some modules.

        Args:
            others: how many texts have a number already; the modules are numbered after them
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

    def text_at(self, path: str) -> Text | None:
        """Return the text of a Python file that the program has written, or that came with it."""
        stem = os.path.normpath(path.removesuffix(".py"))
        if os.path.isfile(f"{stem}.py"):
            return self._written.text(f"{stem}.py")
        name = stem.replace(os.sep, ".")
        return self._submitted.text(name) if self._submitted is not None else None

    # Texts and statements ------------------------------------------------------------------------

    def run_file(self, text: Text, namespace: Namespace) -> None:
        """Run a file or a module.

        Raises:
            SyntaxError, ValueError, …: if it cannot be compiled
        """
        text, code = self._compiled(text)
        flags = code.co_flags & _FUTURES
        if b"get_ipython()." in text.source and not text.is_given:
            offer_magics(self, text, namespace, flags)
        with self.running(text):
            if marimo.is_notebook(text.source):
                marimo.offer()
                body = rest = marimo.statements(parse(text.source, text.file), text.file)
                flags |= marimo.AWAIT
            elif (
                self._is_careful or self._skipped or any(call in text.source for call in _DEBUGGERS)
            ):
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
            self.report.note_definitions(text, body)

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
            self.report.note(label + spelling.tabs_note(text.source, columns))
            return changed, code
        return None

    def _without_invalid_lines(
        self, text: Text, error: SyntaxError
    ) -> tuple[Text, CodeType] | None:
        """Return a text without its invalid lines, and its code.

        None if one of them is needed, or if nothing is left that is worth running.
        """
        needed = re.compile(defining(self._names)) if text.number == 0 else None
        try:
            source, code, left_out = invalid_lines.leave_out(
                text.source, error, partial(compile_code, file=text.file), needed
            )
        except (invalid_lines.NotValid, ValueError, RecursionError, MemoryError):
            return None
        if source.splitlines()[:1] != text.source.splitlines()[:1] and not left_out:
            self.report.note(f"{text.place(1)} is indented; that indentation was removed")
        for line, wrong in left_out:
            self.report.note_invalid(text, line, wrong)
        return replace(text, source=source), code

    def run_statement(
        self, text: Text, statement: ast.stmt, namespace: Namespace, flags: int
    ) -> object:
        """Run one statement; if it fails, note that. Return the value of an expression."""
        line, end = text.offset + first_line(statement), statement.end_lineno or statement.lineno
        for number, skipped, reason in self._skipped:
            if number == text.number and line <= skipped <= text.offset + end:
                self.report.note_failure(text, statement, TimeIsUp(reason), namespace)
                return None
        if self._is_careful:
            self._report_part(frames.PROGRESS, text.number, line)
        error, value = self._attempt(compile_statement(statement, text.file, flags), namespace)
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
        # Not only a `NameError`: Python 3.14 evaluates no annotation, so none may cost anything.
        if isinstance(error, Exception) and is_definition(statement):
            code = compile_statement(statement, text.file, flags | _ANNOTATIONS)
            if self._attempt(code, namespace)[0] is None:
                return
        self.report.note_failure(text, statement, error, namespace)

    def _attempt(self, code: CodeType, namespace: Namespace) -> tuple[BaseException | None, object]:
        """Run code; return what it raised, and the value of an expression."""
        clock = self._clock
        is_outermost = len(self._running) == 1
        tracer = sys.gettrace()
        try:
            if clock is not None and is_outermost:
                clock.start()
            try:
                value = eval(code, namespace)
                if code.co_flags & inspect.CO_COROUTINE:
                    value = run_coroutine(value)
            finally:
                sys.settrace(tracer)  # the program's own would trace, and interrupt, this module
        except BaseException as error:  # SystemExit and KeyboardInterrupt too
            if clock is not None and isinstance(error, TimeIsUp) and not is_outermost:
                clock.start()  # of the part that imports this module: a share of what is left
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
        self._report_part(frames.GAVE_UP, text.number, text.offset + line)
        os._exit(0)

    def _may_define_twice(self, text: Text) -> bool:
        if text.number != 0:
            return False
        source, noun = text.source, b"class" if self._noun == "class" else b"def"
        return any(source.count(b"%b %b" % (noun, name.encode())) > 1 for name in self._names)


class _Running:
    """Marks a text as running.

    A class, as each child would have to copy more pages of memory for a context manager that is a
    generator.
    """

    def __init__(self, texts: list[Text], text: Text) -> None:
        self._texts = texts
        self._text = text

    def __enter__(self) -> None:
        self._texts.append(self._text)

    def __exit__(self, *exception: object) -> None:
        self._texts.pop()
