"""Texts that a child compiles, and descriptions of exceptions by the places in them.

A submitted file is one text; of a notebook, each cell is one; and so is each module submitted with
either. Messages name a place as students know it: "line 5", "cell 3, line 2", "utils.py, line 7".
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType

from grader.sandbox import spelling
from grader.sandbox.clock import TimeIsUp
from grader.sandbox.statements import first_line, is_main_guard, names_bound, parse
from grader.sandbox.steps import TooManyCalls
from grader.values.dataclasses import dataclass

PROGRAM = "submission"  # the name of its module
GUARD = "`if __name__ == '__main__':`"
MAX_TEXT = 1000
_MAX_FRAMES = 6
_MAX_CLASSES = 20  # of an exception


@dataclass(frozen=True)
class Text:
    """A text that is compiled as one.

    Attributes:
        file: its name in code objects
        label: what messages call it; empty for a submitted file
        number: 0 for the submission, and from 1 on for the modules submitted with it
        offset: number of lines of the submission before its first
        is_given: whether it is part of the problem
    """

    source: bytes
    file: str
    label: str = ""
    number: int = 0
    offset: int = 0
    is_given: bool = False

    def place(self, line: int) -> str:
        """Return what a student calls a line of this text; 0 is the text as a whole."""
        return ", ".join(part for part in (self.label, f"line {line}" if line else "") if part)

    def code(self, line: int) -> str:
        """Return the code in a line, without its indentation."""
        return spelling.line_of(self.source, line).strip()


Texts = Mapping[str, Text]  # by `file`


def explain(
    error: BaseException, texts: Texts, unbound: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Describe an exception: its name and text, and the lines of the submission it passed.

    If it passed lines of the problem only, such as of a driver, these are described.

    Args:
        unbound: names that the submission failed to define, each with the reason
    """
    passed = _lines_passed(error.__traceback__, texts)
    if isinstance(error, SyntaxError) and error.lineno and (text := _invalid_text(error, texts)):
        passed = [(text, error.lineno, "")]
    own = [(text, line) for text, line, _ in passed if text.number == 0]
    shown = [
        f"{each.place(line)}{f', in {name}' if name else ''}\n    {each.code(line)}"
        for each, line, name in passed[-_MAX_FRAMES:]
    ]
    last, line = own[-1] if own else (None, 0)
    why = describe(error, unbound or {}, texts)
    by_problem = {}
    if passed and all(text.is_given for text, _, _ in passed):
        last, line, _ = passed[-1]
        by_problem = {"by_problem": True}
    return {
        **by_problem,
        "error": why[:MAX_TEXT],
        "line": line + last.offset if last is not None else 0,
        "place": last.place(line) if last is not None else "",
        "traceback": "\n".join(shown)[: 4 * MAX_TEXT],
    }


def class_names(error: BaseException) -> list[str]:
    """Return the names of an exception's classes, with their modules unless they are built in."""
    classes = type(error).__mro__[:_MAX_CLASSES]
    # That of a submission, too: a class of its own is not the built-in one of the same name.
    return [
        str(each.__qualname__)
        if each.__module__ == "builtins"
        else f"{each.__module__}.{each.__qualname__}"
        for each in classes
    ]


def _name_of(each: type) -> str:
    name, module = str(each.__qualname__), str(each.__module__)
    return name if module in ("builtins", PROGRAM) else f"{module}.{name}"


def _invalid_text(error: SyntaxError, texts: Texts) -> Text | None:
    """Return the text that is not valid Python; None if it is another, as in a call of `eval`."""
    return texts.get(error.filename) if isinstance(error.filename, str) else None


def _lines_passed(trace: TracebackType | None, texts: Texts) -> list[tuple[Text, int, str]]:
    """Return text, line and function of each frame that belongs to the submission."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in texts:
            name = "" if code.co_name == "<module>" else code.co_name
            found.append((texts[code.co_filename], trace.tb_lineno, name))
        trace = trace.tb_next
    return found


def describe(error: BaseException, unbound: Mapping[str, str], texts: Texts) -> str:
    """Return the name of an exception, its text, and what a student should know about it."""
    name, text = type(error).__name__, text_of(error)
    if isinstance(error, SyntaxError) and (invalid := _invalid_text(error, texts)):
        return f"{name}: {spelling.message_of(error, invalid.source)}"
    if isinstance(error, ModuleNotFoundError) and (missing := _not_installed(error)):
        return f"{name}: {missing}"
    if isinstance(error, ImportError):
        text = text.removesuffix(f" ({error.path})")  # where Python is installed
    text = f"{name}: {text}".removesuffix(": ")
    if isinstance(error, TimeIsUp | TooManyCalls):
        return text_of(error)
    if isinstance(error, SystemExit):
        text = text.removesuffix(": None")  # of exit()
        return f"{text} (the code called exit; a function must return its result)"
    if isinstance(error, EOFError):
        return f"{text} (nothing can be typed here: do not call input())"
    if name == "BdbQuit":  # of a module that is not loaded for this
        return f"{text} (there is no debugger here: remove breakpoint() or set_trace())"
    if isinstance(error, NameError):
        why = unbound.get(str(error.name), "")
        if not why and (found := guarded(str(error.name), texts)):
            why = f"{found[0].place(found[1])}: it is defined under {GUARD}, which is not run here"
        return f"{text} ({why})" if why else text
    return text


def guarded(name: str, texts: Texts) -> tuple[Text, int] | None:
    """Return file and line where a student defines a name under a main guard, if anywhere."""
    for text in texts.values():
        is_file = text.file.endswith(".py") and not text.is_given  # not a cell, where it is run
        if not is_file or b"__main__" not in text.source:
            continue
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for guard in filter(is_main_guard, parse(text.source, text.file).body):
                for statement in guard.body if isinstance(guard, ast.If) else ():
                    if name in names_bound(statement):
                        return text, first_line(statement)
    return None


def _not_installed(error: ModuleNotFoundError) -> str:
    """Return that a library is missing; "" if the error has another cause."""
    name, _, inner = str(error.name or "").partition(".")
    if is_of_another_problem(error):
        return f"this problem has no module called {_absolute(error)}"
    if name == PROGRAM and inner:  # a relative import
        return f"no file {inner.partition('.')[0]}.py was submitted together with this one"
    if not name or name in sys.modules:
        return ""
    return (
        f"{name} is not installed where this is graded; ask your instructor for it, or, if it is a "
        "file of yours, submit it too"
    )


def is_of_another_problem(error: BaseException) -> bool:
    """Return whether code is missing that the problem does not give; a file may solve several."""
    return isinstance(error, ModuleNotFoundError) and f"{_absolute(error)}.".startswith("given.")


def _absolute(error: ImportError) -> str:
    """Return the name of the module of an error, without that of the program."""
    return str(error.name or "").removeprefix(f"{PROGRAM}.")


def text_of(error: BaseException) -> str:
    """Return the text of an exception, cut to a readable length."""
    try:
        return str(error)[:MAX_TEXT]
    except BaseException:  # the submission's own __str__ may do anything
        return "(its text cannot be shown)"
