"""Judge a function that is defined in a notebook, on the public cases of a problem.

    import grader
    grader.check("softmax", softmax)

or, after `%load_ext grader`, at the top of the cell that defines the function:

    %%grader softmax

The function runs in the notebook's own process, without limits of time or memory and without a
sandbox. The call itself and the comparison of answers use the same code as for a submission.
"""

from __future__ import annotations

import ast
import inspect
import io
import linecache
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.bank.locate import find_bank, heading
from grader.errors import GraderError, UsageError
from grader.integrations.given_answers import replaced_functions
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for
from grader.judging.carried import Giver, rerun_failed
from grader.judging.judge import judgement_of
from grader.judging.problem_failures import attribute_failures
from grader.model.entry_point import Call, EntryPoint, Module, Script
from grader.model.judgement import Judgement, Protection, Run, RunStatus
from grader.model.problem import Case, Submission
from grader.reports.judgement import notebook_check as report
from grader.sandbox import frames
from grader.sandbox.child import LoadedProgram
from grader.sandbox.driver import Solution, driver_of, driver_text
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.sandbox.own_modules import OwnModules
from grader.sandbox.replies import answer_of, texts_of
from grader.sandbox.statements import compile_code, names_bound, parse
from grader.sandbox.texts import Text
from grader.values.dataclasses import dataclass
from grader.values.decode import DecodeError, decode
from grader.values.encode import encode
from grader.values.show import show

Names = Mapping[str, Any]

_MAX_PRINTED = 8192  # characters of what a call printed
_MAX_NAMES = 10
_SOURCE = "__grader_source__"  # in a module that a problem gives
_NOWHERE = {"line": 0, "place": "", "traceback": ""}  # of an error


@dataclass(frozen=True, repr=False)
class Check:
    """The result of a check. A notebook shows it as a table, a terminal as text."""

    judgement: Judgement

    def __repr__(self) -> str:
        return report.text(self.judgement)

    def _repr_html_(self) -> str:
        return report.fragment(self.judgement)


def check(
    problem: str,
    function: Callable[..., object] | Sequence[Callable[..., object]],
    bank: str | os.PathLike[str] | None = None,
) -> Check:
    """Judge a function, several functions or a class of this process on a problem's public cases.

    A KeyboardInterrupt ends the check; any other exception is a result of the function.

    Args:
        problem: slug of the problem
        function: a function, or another callable, of any name; the class; or a list of functions
            with the names that the problem asks for
        bank: the folder with `problems`; by default the nearest bank in the current folder or above
            it, else the one of the package

    Raises:
        UsageError: if there is no such problem, or `function` cannot be called
        SpecError: if the problem's files are invalid
    """
    here = find_bank(os.fspath(bank) if bank is not None else None)
    loaded = here.load(problem)
    _offer_given(loaded.given_modules)
    defined = _defined(problem, function, loaded.entry_point)
    cases = tuple(case for case in loaded.cases if not case.hidden)
    groups = tuple(replace(group, times_reference=None) for group in loaded.groups)
    public = replace(loaded, cases=cases, groups=groups, times_reference=None)
    # Only hints run enough programs to be worth a fork server; without it, children are spawned.
    with Sandbox(start_fork_server() if public.misconceptions else None) as sandbox:
        key = AnswerKey(public, sandbox)
        code = dict(map(_code, defined.values()))
        texts = {file: Text(source, file) for file, source in code.items()}
        missing = {
            name: {"error": f"{name} is missing from the call of grader.check", **_NOWHERE}
            for name in loaded.entry_point.names
            if name not in defined
        }
        max_bytes = public.limits.output_kib * 1024
        driver = None
        if public.driver is not None:
            text = driver_text(public.driver.source)
            texts[text.file] = text
            driver = driver_of(text, Solution(defined, missing), texts)
        program = LoadedProgram(defined, max_bytes, texts, missing=missing, driver=driver)
        runs = [_run_script(program, case.script) for case in key.problem.cases]
        runs = attribute_failures(cases, runs, lambda case: None)

        def carried(case: Case, giver: Giver) -> Run:
            with replaced_functions(defined, missing, case.given, giver) as functions:
                left = {name: why for name, why in missing.items() if name not in functions}
                again = LoadedProgram(functions, max_bytes, texts, missing=left, driver=driver)
                return _run_script(again, case.script)

        runs = rerun_failed(key.problem, runs, key.given_calls, key.referee, carried)
        source = b"\n".join(code.values())
        submission = Submission(source, ", ".join(map(_name, defined.values())))
        judgement = judgement_of(key, submission, runs, Protection("none", ()))
        return Check(conclude_for(Audience.STUDENT, judgement, key))


def _offer_given(given: Sequence[Module]) -> None:
    """Let the notebook import the modules that a problem gives, in place of others of these names.

    A module imported with the same source is kept: a second copy would define other classes.
    """
    texts = {each.name: Text(each.source, each.file, each.file) for each in given}
    packages = [each.name for each in given if each.is_package]
    if texts:
        same = [name for name, text in texts.items() if _has_source(sys.modules.get(name), text)]
        OwnModules(texts, packages, _run_module).offer_first(same)


def _run_module(text: Text, namespace: dict[str, object]) -> None:
    namespace[_SOURCE] = text.source
    exec(compile(text.source, text.file, "exec"), namespace)


def _has_source(module: ModuleType | None, text: Text) -> bool:
    if module is None:
        return False
    if _SOURCE in vars(module):
        return bool(vars(module)[_SOURCE] == text.source)
    try:
        return Path(module.__file__ or "").read_bytes() == text.source
    except OSError:
        return False


def _name(function: object) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _defined(problem: str, given: object, entry_point: EntryPoint) -> dict[str, Any]:
    """Return what was given for each name that a problem asks for.

    Raises:
        UsageError: if something given cannot be called, or, where the problem asks for several
            functions, has none of their names
    """
    names = entry_point.names
    if len(names) == 1 and callable(given):
        return {names[0]: given}
    listed = list(given) if isinstance(given, list | tuple) else [given]
    if len(names) > 1 and all(map(callable, listed)):
        if listed and all(_name(each) in names for each in listed):
            return {_name(each): each for each in listed}
        found = ", ".join(map(_name, listed)) or "an empty list"
        raise UsageError(f"expected functions called {entry_point}, found {found}")
    wanted = ", ".join(names)
    wanted = f"[{wanted}]" if len(names) > 1 else wanted
    noun = f"a {entry_point.noun}" if len(names) == 1 else "functions"
    raise UsageError(
        f"expected {noun}, found {show(decode(encode(given)))}; write "
        f"grader.check({problem!r}, {wanted}), without quotes or a call"
    )


def load_ipython_extension(shell: Any) -> None:
    """Register the magic `%%grader` in an IPython shell; `%load_ext grader` calls this."""

    def grader(line: str, cell: str) -> Check:
        """Run the cell, and judge what it defines on the public cases of a problem.

        %%grader PROBLEM
        """
        __tracebackhide__ = True  # a traceback then shows only the cell
        with _without_traceback():
            problem, names = _parse_line(line.strip())
            _offer_given(find_bank().load(problem, with_solutions=False).given_modules)
        before = dict(shell.user_ns)
        # The empty line takes the place of the magic's, so that line numbers are the cell's.
        source = "\n" + shell.transform_cell(cell)
        file = shell.compile.cache(source)
        with _without_traceback():
            _refuse_await(source, file)
        exec(shell.compile(source, file, "exec"), shell.user_ns)
        new = _names_of_cell(source, file, before, shell.user_ns)
        with _without_traceback():
            return check(problem, _find_functions(names, problem, new, shell.user_ns))

    shell.register_magic_function(grader, "cell")


# A cell ------------------------------------------------------------------------------------------


@contextmanager
def _without_traceback() -> Iterator[None]:
    """Show errors of the grader in one line, as IPython does with its own UsageError."""
    from IPython.core.error import UsageError as ShellError

    try:
        yield
    except GraderError as error:
        raise ShellError(str(error)) from None


def _parse_line(problem: str) -> tuple[str, tuple[str, ...]]:
    """Return the problem that the magic names, and the names of its functions or its class."""
    here = find_bank()
    if not problem:
        raise UsageError(
            f"expected the name of a problem: %%grader PROBLEM; {here.described} has:"
            f" {', '.join(here.slugs())}"
        )
    return problem, heading(here.folder(problem), problem).names


def _refuse_await(source: str, file: str) -> None:
    """Raise UsageError if a cell needs the shell's event loop, which is busy with this call."""
    try:
        code = compile_code(source.encode(), file, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return  # reported by the shell's compiler
    if code.co_flags & inspect.CO_COROUTINE:
        raise UsageError("await outside of functions needs a cell of its own, without %%grader")


def _names_of_cell(source: str, file: str, before: Names, after: Names) -> Names:
    """Return what a cell has defined, even if a name had the same value before."""
    bound: set[str] = set()
    for statement in parse(source.encode(), file).body:
        bound.update(names_bound(statement))
        if isinstance(statement, ast.ImportFrom) and "*" in bound:
            module = vars(sys.modules.get(statement.module or "", ModuleType("")))
            bound.update(name for name, each in after.items() if module.get(name, bound) is each)
    return {
        name: each
        for name, each in after.items()
        if name in bound or before.get(name, before) is not each
    }


def _find_functions(wanted: Sequence[str], problem: str, new: Names, after: Names) -> Any:
    """Return the functions, or the class, that the problem asks for.

    The cell must define one of them; the other functions may come from earlier cells.

    Args:
        new: what the cell defined

    Raises:
        UsageError: if the cell did not define any of them
    """
    if any(name in new for name in wanted):
        found_all = [after[name] for name in wanted if name in after]
        return found_all if len(wanted) > 1 else found_all[0]
    module = after["__name__"]  # functions imported by the cell belong to other modules
    found = [
        name
        for name, each in new.items()
        if callable(each) and getattr(each, "__module__", "") == module
    ]
    hint = f"found: {', '.join(found[:_MAX_NAMES])}" if found else "it defines no function"
    raise UsageError(
        f"the cell must define {' or '.join(wanted)} for the problem {problem}; {hint}"
    )


# One call ----------------------------------------------------------------------------------------


def _code(function: Callable[..., object]) -> tuple[str, bytes]:
    """Return the file or cell that defines a function, and its text.

    Both are empty if the function is not written in Python.
    """
    inner: Any = inspect.unwrap(function)
    while isinstance(inner, partial):
        inner = inner.func
    code = getattr(inner, "__code__", None) or getattr(type(inner).__call__, "__code__", None)
    file = code.co_filename if code is not None else ""
    return file, "".join(linecache.getlines(file)).encode("utf-8", "replace")


def _run_script(program: LoadedProgram, script: Script) -> Run:
    """Return the run of the steps of a case."""
    runs = [_run(program, call) for call in script]
    return runs[0] if len(runs) == 1 else Run.of_steps(runs)


def _run(program: LoadedProgram, call: Call) -> Run:
    """Return the run of one call of the function."""
    printed = _Printed()
    start = time.perf_counter()
    with redirect_stdout(printed), redirect_stderr(printed):
        reply = program.call(call.message)
    wall_s = time.perf_counter() - start
    run = answer_of(call, _decode_reply(reply, call, program.max_bytes))
    return replace(run, stdout=printed.shown(), wall_s=wall_s)


class _Printed(io.StringIO):
    """Keeps only the beginning of the output: a loop may print until it is interrupted."""

    left_out = 0

    def write(self, text: str) -> int:
        kept = text[: max(0, _MAX_PRINTED - self.tell())]
        self.left_out += len(text) - len(kept)
        super().write(kept)
        return len(text)

    def shown(self) -> str:
        more = f"\n… {self.left_out} more characters" if self.left_out else ""
        return self.getvalue() + more


def _decode_reply(reply: bytes, call: Call, max_bytes: int) -> Run:
    """Return the run that a reply to a call describes."""
    if reply[:1] == frames.UNCHANGED:
        run = _decode_reply(reply[1:], call, max_bytes)
        return replace(run, after=(call.args, call.kwargs))
    try:
        match reply[:1], decode(reply[1:]):
            case frames.RETURNED, value:
                return Run(RunStatus.RETURNED, value=value)
            case frames.RAISED, {
                "error": str(error),
                "line": int(line),
                "traceback": str(trace),
                **more,
            }:
                if error.split(":")[0] == KeyboardInterrupt.__name__:
                    raise KeyboardInterrupt
                return Run(
                    RunStatus.RAISED,
                    error=error,
                    line=line,
                    traceback=trace,
                    kinds=texts_of(more.get("kinds")),
                    place=str(more["place"]) if more.get("by_problem") else "",
                    is_by_problem=more.get("by_problem") is True,
                )
            case frames.OBSERVED, {"reply": bytes(inner), **watched}:
                run = _decode_reply(inner, call, max_bytes)
                if isinstance(printed := watched.get("printed"), str):
                    run = replace(run, printed=printed)
                match watched.get("after"):
                    case [list(args), dict(kwargs)]:
                        named = {key: each for key, each in kwargs.items() if isinstance(key, str)}
                        run = replace(run, after=(args, named))
                return run
            case frames.NO_RESULT, str(name):
                error = f"not run, because an earlier step did not give {name}"
                return Run(RunStatus.SKIPPED, error=error)
            case frames.TOO_LARGE, _:
                error = f"its answer is larger than {max_bytes >> 10} KiB"
                return Run(RunStatus.TOO_MUCH_OUTPUT, error=error)
            case _:
                error = "it asked for more memory than is available"
                return Run(RunStatus.OUT_OF_MEMORY, error=error)
    except DecodeError as why:
        return Run(RunStatus.GARBLED, error=f"its answer cannot be read: {why}")
