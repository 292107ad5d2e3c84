"""Turn the replies of a child into runs. Replies are plain data, checked and never trusted."""

from __future__ import annotations

from dataclasses import replace

from grader.errors import TooManyProcesses
from grader.model.entry_point import Call
from grader.model.judgement import Run, RunStatus
from grader.model.parts import NoPart, part_text, take_part
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.channel import Ended
from grader.sandbox.imports import MAX_LINES
from grader.sandbox.limits import denies
from grader.values import Unsupported, Value
from grader.values.decode import Allowance, DecodeError, decode
from grader.values.show import show
from grader.values.wire_format import TooLarge

_MAX_PLACE = 100  # characters
_MAX_NAME = 100  # characters of the name of a result, or of a class
_MAX_NAMES = 20  # of the classes of an exception
_MAX_ERROR_TEXT = 4000  # characters; more than a child sends unless it is tampered with
_MAX_TRACEBACK = 8000
_ABOUT_MORE = (frames.OBSERVED, frames.UNCHANGED)  # replies that contain one of the others


class Replies:
    """Reads the replies of one child to calls.

    Args:
        limits: of a call
        answers: the allowance for decoding all answers; None if it is unlimited
    """

    def __init__(self, limits: Limits, answers: Allowance | None = None) -> None:
        self._limits = limits
        self._answers = answers

    def read(self, letter: bytes, data: bytes, call: Call) -> Run:
        """Return the run that a reply to a call describes, without its times.

        Raises:
            Ended: if the child can no longer be used
            TooManyProcesses: if memory is lacking, which is nobody's fault
        """
        is_first = self._answers is not None and not self._answers.is_used
        return self._read(letter, data, call, is_first)

    def _read(self, letter: bytes, data: bytes, call: Call, is_first: bool) -> Run:
        try:
            match letter:
                case frames.RETURNED:
                    return Run(RunStatus.RETURNED, value=decode(data, allowance=self._answers))
                case frames.RAISED:
                    return error_run(RunStatus.RAISED, data, self._answers)
                case frames.UNCHANGED if data[:1] not in _ABOUT_MORE:
                    run = self._read(data[:1], data[1:], call, is_first)
                    return replace(run, after=(call.args, call.kwargs))
                case frames.OBSERVED:
                    return self._observed(decode(data, allowance=self._answers), call, is_first)
                case frames.NO_RESULT:
                    return Run(RunStatus.SKIPPED, error=_without(decode(data)))
        except TooLarge:  # the child can still be used for other calls
            too_large = "its answer is" if is_first else "its answers together are"
            return Run(RunStatus.TOO_MUCH_OUTPUT, error=f"{too_large} too large")
        except DecodeError as error:
            raise Ended(RunStatus.GARBLED, f"its answer cannot be read: {error}") from None
        except MemoryError:  # of the grader: what an answer may take is bounded
            raise TooManyProcesses("no memory is left to read an answer") from None
        if letter == frames.NO_MEMORY:
            if denies(self._limits.memory_mib):  # less than the problem allows
                raise TooManyProcesses("a submission needed memory that `ulimit -v` denies it")
            limit = f"{self._limits.memory_mib} MiB"
            raise Ended(RunStatus.OUT_OF_MEMORY, f"it needed more than {limit} of memory")
        if letter == frames.TOO_LARGE:
            limit = f"{self._limits.output_kib} KiB"
            raise Ended(RunStatus.TOO_MUCH_OUTPUT, f"its answer is larger than {limit}")
        raise Ended(RunStatus.GARBLED, "its answer has an unknown format")

    def _observed(self, found: Value, call: Call, is_first: bool) -> Run:
        """Return the run that a reply describes, with what was watched."""
        match found:
            case {"reply": bytes(reply), **watched} if reply[:1] not in _ABOUT_MORE:
                run = self._read(reply[:1], reply[1:], call, is_first)
            case _:
                raise DecodeError("what was watched has an unknown format")
        match watched:
            case {"after": [list(args), dict(kwargs)]}:
                named = {name: each for name, each in kwargs.items() if isinstance(name, str)}
                run = replace(run, after=(args, named))
        match watched:
            case {"printed": str(printed)}:
                run = replace(run, printed=printed)
        match watched:
            case {"recorded": list(calls)}:
                run = replace(run, recorded=tuple(map(as_bytes, calls)))
        return run


def answer_of(call: Call, run: Run) -> Run:
    """Return the run of a call with the part of its result that is the answer.

    If the result does not have it, the run says so, and its value is a description.
    """
    if not call.show or run.status is not RunStatus.RETURNED:
        return run
    try:
        return replace(run, value=take_part(run.value, call.show))
    except NoPart:
        error = f"the answer has no part {part_text(call.show)}"
        return replace(run, value=Unsupported(show(run.value)), error=error)


def _without(name: Value) -> str:
    """Return why a step was skipped, with the name that the child reports as missing."""
    shown = name if isinstance(name, str) and name.isidentifier() else ""
    return f"not run, because an earlier step did not give {shown[:_MAX_NAME] or 'its result'}"


def as_bytes(value: Value) -> bytes:
    """Return the bytes that a child has sent.

    Raises:
        DecodeError: if they are something else
    """
    if not isinstance(value, bytes):
        raise DecodeError("a reply is not bytes")
    return value


def error_run(status: RunStatus, data: bytes, answers: Allowance | None = None) -> Run:
    """Return a run with the error that the child reports.

    Raises:
        DecodeError: if its format is not valid
    """
    match decode(data, allowance=answers):
        case {
            "error": str(error),
            "line": int(line),
            "place": str(place),
            "traceback": str(traceback),
            **more,
        }:
            # The line may be any integer, even one with thousands of digits.
            line = int(line) if 0 < line <= MAX_LINES else 0
            place = place[:_MAX_PLACE] if line else ""
            error, traceback = error[:_MAX_ERROR_TEXT], traceback[:_MAX_TRACEBACK]
            return Run(
                status,
                error=error,
                line=line,
                place=place,
                traceback=traceback,
                kinds=texts_of(more.get("kinds")),
                is_by_problem=more.get("by_problem") is True,
            )
    raise DecodeError("an error report has an unknown format")


def texts_of(listed: object) -> tuple[str, ...]:
    """Return the texts in a short list that a child reports."""
    found = listed[:_MAX_NAMES] if isinstance(listed, list) else []
    return tuple(each[:_MAX_NAME] for each in found if isinstance(each, str))


def report_of(data: bytes) -> Value:
    """Return what a child reports about a program that it has loaded; None if it is not valid."""
    try:
        return decode(data)
    except DecodeError:  # the program works without it
        return None
