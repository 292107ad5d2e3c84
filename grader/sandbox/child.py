"""The child process: loads a submission, or trusted programs in turn, and makes the host's calls.

Once the submission runs, it may change everything in this process, including this module. So the
host decodes replies as untrusted data, and measures from outside how long a call took and how the
process ended.
"""

from __future__ import annotations

import inspect
import io
import os
import select
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from grader.sandbox import frames
from grader.sandbox.given import Ask, Recorder
from grader.sandbox.loading import Loading, Report
from grader.sandbox.scratch import withdraw
from grader.sandbox.steps import NoResult, NotDefined, ProblemFailed, Steps
from grader.sandbox.streams import streams
from grader.sandbox.texts import PROGRAM, Texts, class_names, explain
from grader.values.as_numpy import as_numpy
from grader.values.decode import decode
from grader.values.encode import encode
from grader.values.wire_format import SEQUENCE_HEADER, TooLarge

# Made before children are forked: a child then copies only the pages of the buffer that it fills.
_RECEIVING = memoryview(bytearray(1 << 16))
_write = os.write  # before `scratch` replaces it
_NOT_DESCRIBED = {
    "error": "an exception that raises another one when its name or text is read",
    "line": 0,
    "place": "",
    "traceback": "",
    "kinds": [],
}
_LOADED = frames.LOADED + encode(None)  # without notes, as nearly always
_REHEARSAL = b"""
import math

def f(x: float, y: float) -> list:
    total = [math.exp(a) for a in (x, y)]
    return [sum(total) / y]
"""
_REHEARSED_FILE = "rehearsal.py"
_REHEARSED = encode(
    {
        "source": _REHEARSAL,
        "file": _REHEARSED_FILE,
        "names": ["f"],
        "max_bytes": 1000,
        "seconds": (1.0, 1.0),
    }
)
# How a function is called, unless as a step of a script, which may ask for more.
_PLAIN: tuple[dict[str, list[str]], ...] = ({}, {"watches": ["after"]})
_REHEARSED_CALLS = [encode(([1.0, 2.0], {}, how)) for how in _PLAIN]


def serve(read: int, write: int, has_time: bool = False) -> None:
    """Answer the host until it closes the channel.

    Args:
        read, write: the descriptors of the channel; the same one, if it is a socket
        has_time: whether to rehearse once more if the host has not sent a request yet
    """
    me = os.getpid()
    streams().connect_input()
    submission: LoadedProgram | None = None
    _send(write, frames.frame(bytes(frames.TOKEN), frames.READY, encode(None)))
    if has_time and not select.select([read], [], [], 0)[0]:
        rehearse()  # copies most of the pages that a program writes to, before it is timed
    messages = _Reader(read)
    questions = _Questions(messages, write)
    while (message := messages.message()) is not None:
        letter, token, data = (
            message[:1],
            message[1 : 1 + frames.TOKEN],
            message[1 + frames.TOKEN :],
        )
        questions.token = token
        if letter == frames.LOAD:
            report = partial(_report, write, token, me)
            submission, reply = _load(decode(data), report, questions.ask)
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
    """Load and call a small program, so that children are fast from the first call on.

    Python specialises code that runs often by rewriting it, and a forked process pays for each page
    of memory that it is the first to write to.
    """
    rehearsed, _ = _load(decode(_REHEARSED))
    assert rehearsed is not None
    for call in _REHEARSED_CALLS:
        rehearsed.call(call)
    del sys.modules[PROGRAM]
    withdraw(_REHEARSED_FILE)


class LoadedProgram:
    """Functions or a class ready to be called: the submission's, or those that a notebook checks.

    Args:
        defined: the functions, or the class, by name
        texts: the texts of the submission, by file
        unbound: names that failed parts of the submission should have defined, each with the reason
        missing: functions that the problem asks for and `defined` lacks, each with a description of
            the reason
        recorder: has the calls of functions that are recorded
        driver: the function of the problem's driver, or why it cannot be loaded
    """

    def __init__(
        self,
        defined: Mapping[str, Callable[..., object]],
        max_bytes: int,
        texts: Texts,
        unbound: Mapping[str, str] | None = None,
        missing: Mapping[str, Mapping[str, object]] | None = None,
        recorder: Recorder | None = None,
        driver: Callable[..., Any] | ProblemFailed | None = None,
    ) -> None:
        self._recorder = recorder
        self.max_bytes = max_bytes
        self.texts = texts
        self.unbound = unbound
        self._function = next(iter(defined.values()))
        self._steps = Steps(defined, missing or {}, driver)

    def call(self, data: bytes) -> bytes:
        """Make a call, which is one step of a script, and return the reply to the host."""
        request: Any = decode(data, as_numpy)
        args, kwargs, how = request
        function: Callable[..., object] | None = self._function if how in _PLAIN else None
        try:
            if function is None:
                function, args, kwargs = self._steps.prepare(args, kwargs, how)
                value = self._steps.perform(function, args, kwargs, how, self.max_bytes)
            else:
                value = function(*args, **kwargs)
            reply = frames.RETURNED + encode(value, self.max_bytes)
        except TooLarge:
            reply = frames.TOO_LARGE + encode(None)
        except MemoryError:
            return frames.NO_MEMORY + encode(None)
        except NoResult as missing:
            return frames.NO_RESULT + encode(missing.name)
        except (NotDefined, ProblemFailed) as failed:
            return frames.RAISED + encode(failed.description)
        except BaseException as error:  # SystemExit and KeyboardInterrupt too
            try:
                report = explain(error, self.texts, self.unbound)
                if report["line"] == 0 and isinstance(error, TypeError) and function is not None:
                    misfit = explain_arguments(function, how.get("target", ""), args, kwargs)
                    report["error"] = misfit or report["error"]
                report["kinds"] = class_names(error)
            except BaseException:  # raised by the exception's own names, or by a signature
                report = dict(_NOT_DESCRIBED)
            reply = frames.RAISED + encode(report)
        watches = how.get("watches") if how else None
        return self._observed(reply, watches, [args, kwargs], data) if watches else reply

    def _observed(
        self, reply: bytes, watches: list[str], arguments: list[object], request: bytes
    ) -> bytes:
        """Return a reply with what the host also asks about.

        Args:
            arguments: after the call, by position and by name
            request: how they were sent; twice its size is allowed for them
        """
        found: dict[str, object] = {"reply": reply}
        if "after" in watches:
            found["after"] = arguments
        if "printed" in watches:
            found["printed"] = self._steps.printed
        if "recorded" in watches and self._recorder is not None:
            found["recorded"] = self._recorder.take()
        try:
            max_bytes = 2 * (self.max_bytes + len(request))
            if watches == ["after"] and _are_sent_in(request, encode(arguments, max_bytes)):
                return frames.UNCHANGED + reply
            return frames.OBSERVED + encode(found, len(reply) + max_bytes)
        except TooLarge:
            return frames.TOO_LARGE + encode(None)


def _are_sent_in(request: bytes, arguments: bytes) -> bool:
    """Return whether a request begins with these arguments: an encoded list of both kinds."""
    return request.startswith(arguments[SEQUENCE_HEADER:], SEQUENCE_HEADER)


def explain_arguments(
    function: Callable[..., object], label: str, args: list[object], kwargs: dict[str, object]
) -> str:
    """Return what is wrong with the parameters of a function; "" if the call fits them.

    Args:
        label: what the step calls; empty for the only function of a problem
    """
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError as error:
        count = len(args) + len(kwargs)
        given = f"{count} argument{'' if count == 1 else 's'}"
        where = "this step" if label else "this case"
        why = f"{error}{_misspelt_constructor(function)}"
        return f"{label or 'the function'} cannot be called with the {given} of {where}: {why}"
    except BaseException:  # it has no signature, or one of its own that raises
        pass
    return ""


def _misspelt_constructor(function: Callable[..., object]) -> str:
    """Return advice if a class has a method with nearly the name of a constructor."""
    if not isinstance(function, type) or "__init__" in vars(function):
        return ""
    names = [name for name in vars(function) if name.strip("_").lower() in ("init", "int")]
    return f"; rename {names[0]} to __init__, with two underscores on each side" if names else ""


def _load(
    request: Any,
    report: Report = lambda letter, number, line: None,
    ask: Ask = lambda question: None,
) -> tuple[LoadedProgram | None, bytes]:
    """Return the submission's functions, if it can be loaded, and the reply to the host."""
    loading = Loading(request, report, ask)
    defined, found = loading.run()
    if not defined:
        return None, frames.NOT_LOADED + encode(found)
    loaded = LoadedProgram(
        defined,
        request["max_bytes"],
        loading.texts,
        loading.unbound,
        loading.missing,
        loading.recorder,
        loading.driver,
    )
    has_news = found["notes"] or found["stopped"]
    return loaded, frames.LOADED + encode(found) if has_news else _LOADED


def _report(write: int, token: bytes, process: int, letter: bytes, number: int, line: int) -> None:
    """Report to the host which part of a program is running."""
    if os.getpid() == process:  # not a copy that the submission has forked
        _flush()
        _send(write, frames.frame(token, letter, encode([number, line])))


def _flush() -> None:
    # The submission may have replaced `sys.stdout`, and still print to the original stream.
    named: list[Any] = [vars(sys).get(name) for name in ("stdout", "stderr")]
    for stream in (streams().stdout, *named):
        try:
            stream.flush()
        except BaseException:  # closed, replaced or deleted by the submission
            continue


class _Reader:
    """The messages that arrive at a descriptor; most arrive whole in one read.

    It reads into a buffer that exists already: there may be no memory left for a new one.
    """

    def __init__(self, descriptor: int) -> None:
        self._file = io.FileIO(descriptor, closefd=False)
        self._buffer = _RECEIVING
        self._received = bytearray()

    def message(self) -> bytes | None:
        """Wait for the next message and return it; None at the end."""
        received = self._received
        while len(received) < frames.HEADER or len(received) < _end_of_frame(received):
            count = self._file.readinto(self._buffer)
            if not count:
                return None
            received += self._buffer[:count]
        end = _end_of_frame(received)
        message = bytes(received[frames.HEADER : end])
        del received[:end]
        return message


class _Questions:
    """Asks the host, while it waits for the reply to a message.

    Attributes:
        token: of the message
    """

    def __init__(self, messages: _Reader, write: int) -> None:
        self.token = b""
        self._messages = messages
        self._write = write

    def ask(self, question: bytes) -> Any:
        """Return [answer], as the host sends it; None if the host does not know the answer."""
        _send(self._write, frames.frame(self.token, frames.ASK, question))
        message = self._messages.message()
        if message is None:  # the host has closed the channel
            os._exit(0)
        return decode(message[1 + frames.TOKEN :], as_numpy)


def _end_of_frame(received: bytearray) -> int:
    return frames.HEADER + frames.length(received)


def _send(write: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[_write(write, view) :]
