"""Functions that a case gives: in a child, the host's answers replace those of the submission.

A failed case that gives a function is run a second time, with right answers of that function. For
each call, the child asks the host, which compares the arguments with those of the calls it knows.
So the child has no table of answers, and gets none that the submission has not asked for. If the
host does not know a call, the submission's own function answers it.

The host knows the calls that the reference makes, which a child records (`Recorder`), and answers
that are written at the steps of the case.
"""

from __future__ import annotations

import _thread
import os
from collections.abc import Callable, Mapping
from typing import Any

from grader.sandbox.steps import NotDefined
from grader.values.encode import encode
from grader.values.wire_format import TooLarge

MAX_RECORDED = 1000  # calls in a step
_MAX_RECORD = 1 << 18  # bytes of a recorded call, or of a question
_MAX_RECORDS = 1 << 20  # bytes of the recorded calls in a step

Ask = Callable[[bytes], Any]  # asks the host a question; returns [answer], or None


def answered(
    name: str, own: Callable[..., Any] | None, missing: Mapping[str, object] | None, ask: Ask
) -> Callable[..., Any]:
    """Return a function that asks the host for its answers.

    Args:
        own: the submission's function, which answers what the host does not know
        missing: the description of why it is missing
    """
    lock, process = _thread.allocate_lock(), os.getpid()

    def given(*args: Any, **kwargs: Any) -> Any:
        found = None
        if os.getpid() == process:  # not a copy that the submission has forked
            try:
                question = encode([name, list(args), kwargs], _MAX_RECORD)
            except TooLarge:
                question = b""
            with lock:
                found = ask(question) if question else None
        if found is not None:
            return found[0]
        if own is None:
            raise NotDefined(missing or {})
        return own(*args, **kwargs)

    return given


class Recorder:
    """Records the calls of functions that are given: what they return for which arguments.

    A call is left out if no value can take its place, as it raises an exception or changes its
    arguments.
    """

    def __init__(self) -> None:
        self._calls: list[bytes] = []
        self._bytes = 0

    def recorded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same as another, and records its calls."""

        def record(*args: Any, **kwargs: Any) -> Any:
            before = _encoded([name, list(args), kwargs])
            value = function(*args, **kwargs)
            if before and before == _encoded([name, list(args), kwargs]):
                self._keep(before, value)
            return value

        return record

    def _keep(self, question: bytes, value: object) -> None:
        call = _encoded([question, value])
        has_room = len(self._calls) < MAX_RECORDED and self._bytes + len(call) <= _MAX_RECORDS
        if call and has_room:
            self._calls.append(call)
            self._bytes += len(call)

    def take(self) -> list[bytes]:
        """Return the calls recorded since the last time, each encoded: question and answer."""
        calls, self._calls, self._bytes = self._calls, [], 0
        return calls


def _encoded(value: object) -> bytes:
    try:
        return encode(value, _MAX_RECORD)
    except TooLarge:
        return b""
