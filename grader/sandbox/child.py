"""The child: loads one submission and makes the calls the host asks for.

Everything in this process may be changed by the submission once it runs, this module too. So
nothing said here is believed beyond its form: the host decodes what it sends as data, and knows
from outside how long it took and how it ended.
"""

from __future__ import annotations

import inspect
import os
import select
import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType, TracebackType
from typing import Any

from grader.sandbox import frames
from grader.values.codec import TooLarge, as_numpy, decode, encode

_MAX_TEXT = 1000
_MAX_FRAMES = 6
MODULE = "submission"
# A notebook that is handed in may still check itself (`grader.check`): here that does nothing.
_CHECKS = ModuleType("grader.integrations.ipython")
_CHECKS.__dict__["check"] = lambda *args, **kwargs: None
_REHEARSAL = b"""
import math

def f(x: float, y: float) -> list:
    total = [math.exp(a) for a in (x, y)]
    return [sum(total) / y]
"""
_REHEARSED = encode({"source": _REHEARSAL, "file": MODULE, "function": "f", "most": 1000})
_REHEARSED_CALL = encode(([1.0, 2.0], {}))


def serve(read: int, write: int, has_time: bool = False) -> None:
    """Answer the host until it closes the channel.

    Args:
        read, write: the descriptors of the channel; the same one, if it is a socket
        has_time: whether to rehearse once more until the host asks for something
    """
    me = os.getpid()
    submission: LoadedFunction | None = None
    _send(write, frames.frame(bytes(frames.TOKEN), frames.READY, encode(None)))
    if has_time and not select.select([read], [], [], 0)[0]:
        rehearse()  # most pages that a program will write to are copied now, not while it is timed
    while (message := _receive(read)) is not None:
        letter, token, data = (
            message[:1],
            message[1 : 1 + frames.TOKEN],
            message[1 + frames.TOKEN :],
        )
        if letter == frames.LOAD:
            submission, reply = _load(decode(data))
        elif submission is None:
            reply = frames.NOT_LOADED + encode(None)
        elif letter == frames.CALLS:
            calls: Any = decode(data)
            reply = frames.REPLIES + encode([submission.call(call) for call in calls])
        else:
            reply = submission.call(data)
        _flush()
        if os.getpid() != me:  # the submission forked, and this is the copy coming back
            os._exit(0)
        _send(write, frames.frame(token, reply))


def rehearse() -> None:
    """Do what is done for every submission: in the server, so that its children need not learn it.

    Python adapts code that is run often by rewriting it, and a forked process pays for each page of
    memory that it is the first to write to.
    """
    rehearsed, _ = _load(decode(_REHEARSED))
    assert rehearsed is not None
    rehearsed.call(_REHEARSED_CALL)
    del sys.modules[MODULE]


class LoadedFunction:
    """A function ready to be called: the submission's, or one that a notebook has checked."""

    def __init__(
        self, function: Callable[..., object], most: int, source: bytes, file: str
    ) -> None:
        self.function = function
        self.most = most
        self.source = source
        self.file = file

    def call(self, data: bytes) -> bytes:
        asked: Any = decode(data, as_numpy)
        args, kwargs = asked
        try:
            value = self.function(*args, **kwargs)
            return frames.RETURNED + encode(value, self.most)
        except TooLarge:
            return frames.TOO_LARGE + encode(None)
        except MemoryError:
            return frames.NO_MEMORY + encode(None)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are its answers too
            told = _explain(error, error.__traceback__, self.source, self.file)
            if told["line"] == 0 and isinstance(error, TypeError):
                told["error"] = self.explain_arguments(args, kwargs) or told["error"]
            return frames.RAISED + encode(told)

    def explain_arguments(self, args: list[object], kwargs: dict[str, object]) -> str:
        """What is wrong with the function's parameters, if it cannot be called as it is due."""
        try:
            inspect.signature(self.function).bind(*args, **kwargs)
        except TypeError as error:
            count = len(args) + len(kwargs)
            return f"the function cannot be called with the {count} arguments of this case: {error}"
        except ValueError:
            pass
        return ""


def _load(program: Any) -> tuple[LoadedFunction | None, bytes]:
    """The submission, and what to tell the host of it."""
    source, file, name = program["source"], program["file"], program["function"]
    most = program["most"]
    module = ModuleType(MODULE)
    module.__file__ = file
    sys.modules[MODULE] = module  # dataclasses and pickle look a class's module up there
    sys.modules[_CHECKS.__name__] = _CHECKS
    try:
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)
        function: Any = module.__dict__.get(name)
        error = "" if callable(function) else _missing(name, module.__dict__)
        told: dict[str, object] = {"error": error, "line": 0, "traceback": ""}
    except BaseException as raised:
        told = _explain(raised, raised.__traceback__, source, file)
    if told["error"]:
        return None, frames.NOT_LOADED + encode(told)
    return LoadedFunction(function, most, source, file), frames.LOADED + encode(None)


def _missing(name: str, namespace: dict[str, Any]) -> str:
    if name in namespace:
        return f"{name} is {type(namespace[name]).__name__}, not a function"
    found = [
        key
        for key, value in namespace.items()
        if callable(value) and getattr(value, "__module__", "") == MODULE
    ]
    there = f"found: {', '.join(found[:10])}" if found else "the file defines no function"
    return f"the function must be called {name}; {there}"


def _explain(
    error: BaseException, trace: TracebackType | None, source: bytes, file: str
) -> dict[str, object]:
    """An exception in words: its name and text, and the lines of the submission it came through."""
    places: list[tuple[int, str]] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == file:
            places.append((trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    text = f"{type(error).__name__}: {_text_of(error)}".removesuffix(": ")
    if isinstance(error, SyntaxError) and error.filename == file and error.lineno:
        text = f"{type(error).__name__}: {error.msg}"
        places = [(error.lineno, "")]
    elif isinstance(error, SystemExit):
        text = f"{text} (the code called exit, where a function has to return)"
    elif isinstance(error, EOFError):
        text = f"{text} (there is nobody to type an answer to input())"
    shown = []
    lines = source.decode("utf-8", "replace").splitlines()
    for line, name in places[-_MAX_FRAMES:]:
        code_line = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        shown.append(f"line {line}{f', in {name}' if name else ''}\n    {code_line}")
    return {
        "error": text[:_MAX_TEXT],
        "line": places[-1][0] if places else 0,
        "traceback": "\n".join(shown)[: 4 * _MAX_TEXT],
    }


def _text_of(error: BaseException) -> str:
    try:
        return str(error)[:_MAX_TEXT]
    except BaseException:  # its __str__ is the submission's, and may do anything
        return "(its text cannot be shown)"


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(BaseException):  # closed or replaced by the submission
            stream.flush()


def _receive(read: int) -> bytes | None:
    header = _read(read, frames.HEADER)
    return _read(read, frames.length(header)) if header else None


def _read(read: int, count: int) -> bytes | None:
    parts = []
    while count:
        part = os.read(read, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _send(write: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(write, view) :]
