"""A session: one child process, from loading a program to its end.

Time, memory and exit status of the child are measured from outside. Its messages are decoded as
plain data and never trusted, and no wait for it is longer than a limit.
"""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, repeat

from grader.errors import NeedsMoreTime, SandboxError, TooManyProcesses
from grader.model.entry_point import Call, Program, Script
from grader.model.judgement import Run, RunStatus
from grader.model.parts import NoPart, part_text, take_part
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.budget import Budget
from grader.sandbox.imports import (
    MAX_LINES,
    REMIND_AFTER_S,
    REMIND_EVERY_S,
    ImportPlan,
    PartOfProgram,
    load_message,
    part_of,
)
from grader.sandbox.limits import MAX_THREADS, denies
from grader.sandbox.patience import LOADING
from grader.sandbox.process import KILLED, Process
from grader.values import Unsupported, Value
from grader.values.decode import Allowance, DecodeError, decode
from grader.values.encode import encode
from grader.values.show import show
from grader.values.wire_format import TooLarge

_CORES = os.cpu_count() or 1
_MAX_LATE_READS = 32  # reads after a deadline
_POLL_INTERVAL_S = 0.01  # between checks of the CPU time when its limit is near
_LOOK_INTERVAL_S = 0.05  # between counts of its threads
_REPLY_OVERHEAD = 64  # bytes of a reply in addition to the value
_MAX_ERROR = 1 << 16  # bytes of a reply that describes an error
_ENDED = "not run, because an earlier step ended the process"
_TOO_MANY_THREADS = f"it had more than {MAX_THREADS} threads"
_MAX_PLACE = 100  # characters
_MAX_NAME = 100  # characters of the name of a result, or of a class
_MAX_NAMES = 20  # of the classes of an exception
_MAX_REPORTS = 20_000  # of parts of a program that have begun; a careful import sends one for each
_MAX_ERROR_TEXT = 4000  # characters; more than a child sends unless it is tampered with
_MAX_TRACEBACK = 8000
_MAX_AHEAD = 8  # trusted programs sent before the first reply
_MAX_TOTAL_BYTES = 1 << 26  # of the replies to calls that are sent together
_MAX_GIVEN_BYTES = 1 << 24  # of answers to a child's questions, which it may ask and never read


Give = Callable[[Value], Value]  # returns the answer to a question in a list, or None

IS_IT_ENDLESS = "; is there a loop that never ends?"  # asked if a call exceeds its time


class Ended(Exception):
    """The child can no longer be used; `status` and `error` are those of the current call."""

    def __init__(self, status: RunStatus, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class Session:
    """One child, from loading a program to its end.

    Args:
        answers: the allowance for decoding all answers of the program; by default unlimited
        give: answers the questions of given functions; by default there are none
        budget: the time that the program may use in all its calls together

    Attributes:
        is_over: whether no more calls can be made
        loading_s: wall and CPU seconds that loading the program took
        part: the part of the program that the child has last reported to run, if any
        ended_by: how the program ended the child while it was being loaded, or why the child was
            ended then; otherwise ""
    """

    def __init__(
        self,
        process: Process,
        limits: Limits,
        loading: Limits,
        is_strict: bool = False,
        answers: Allowance | None = None,
        give: Give | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._give = give
        self._budget = budget
        self._given_bytes = 0
        self.is_over = False
        self._answers = answers
        self._is_strict = is_strict
        self.loading_s = 0.0, 0.0
        self.part: PartOfProgram | None = None
        self.ended_by = ""
        self._loading = loading
        self._is_ready = False
        self._process = process
        self._limits = limits
        self._exit = ""
        self._is_closed = False

    def load(self, plan: ImportPlan) -> Run | None:
        """Load a program; return None, or on failure the run for each of its calls.

        Raises:
            SandboxError: if the child fails before it loads the program
        """
        self._await_ready()
        wall, cpu = time.perf_counter(), self._process.cpu_s()
        message = plan.message(self._limits.output_kib * 1024, self._loading)
        failed, report = self._await_loaded(self._send(frames.LOAD, message))
        self.loading_s = time.perf_counter() - wall, max(0.0, self._process.cpu_s() - cpu)
        if failed is None:
            plan.note_loaded(report)
            return None
        return plan.note_failed(failed, report)

    def run(self, scripts: Sequence[Script], failed: Run | None) -> Iterator[Run]:
        """Yield the runs of the scripts, up to the first that ends the child.

        Args:
            failed: the run of each script if the program could not be loaded
        """
        if failed is not None:
            yield from [failed] * len(scripts)
            return
        for script in scripts:
            yield self._call(script[0]) if len(script) == 1 else self._script(script)
            if self.is_over:
                return

    def _script(self, script: Script) -> Run:
        """Return the run of several steps; those after one that ends the child are skipped.

        Each is sent after the reply to the one before, so that no step can see a later one.
        """
        runs: list[Run] = []
        for call in script:
            runs.append(Run(RunStatus.SKIPPED, error=_ENDED) if self.is_over else self._call(call))
        return Run.of_steps(runs)

    def run_together(
        self, programs: Sequence[Program], scripts: Sequence[Script]
    ) -> Iterator[list[Run]]:
        """Yield the runs of each program; if one ends the child, yield [] for it and stop.

        More programs are sent while the child runs the first, so that neither side waits.

        Raises:
            SandboxError: if the child fails before it loads a program
        """
        self._await_ready()
        message = encode([call.message for script in scripts for call in script])
        to_send, sent = iter(programs), deque[tuple[bytes, bytes]]()
        for count in chain([_MAX_AHEAD], repeat(1)):
            for program in islice(to_send, count):
                request = load_message(program, self._limits.output_kib * 1024)
                loading = self._send(frames.LOAD, request)
                sent.append((loading, self._send(frames.CALLS, message)))
            if self.is_over or not sent:
                return
            yield self._replies(*sent.popleft(), scripts)

    def _replies(self, loading: bytes, calling: bytes, scripts: Sequence[Script]) -> list[Run]:
        """Return the runs of scripts that were sent together; [] if one of them ended the child.

        Args:
            loading, calling: tokens of the messages that load the program and call it
        """
        calls = [call for script in scripts for call in script]
        failed, _ = self._await_loaded(loading)
        if self.is_over:
            return []
        try:
            letter, data = self._await_reply(calling, self._limits, _MAX_TOTAL_BYTES)
            self._process.printed.take()
            if failed is not None:
                return [failed] * len(scripts)
            match letter, decode(data):
                case frames.REPLIES, list(replies) if len(replies) == len(calls):
                    pairs = zip(calls, map(_bytes, replies), strict=True)
                    made = (
                        answer_of(call, self._reply(each[:1], each[1:])) for call, each in pairs
                    )
                    several = [list(islice(made, len(script))) for script in scripts]
                    return [runs[0] if len(runs) == 1 else Run.of_steps(runs) for runs in several]
            raise Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
        except (Ended, DecodeError):
            self.is_over = True
            return []

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._exit = self._process.end()

    def _await_ready(self) -> None:
        if self._is_ready:
            return
        self._is_ready = True
        try:
            reply = self._await_within(LOADING, _MAX_ERROR)
        except Ended as ended:
            raise SandboxError(f"a child could not be confined: {ended.error}") from None
        if reply[frames.TOKEN : frames.TOKEN + 1] != frames.READY:
            raise SandboxError("a child did not report that it was confined")

    def _await_loaded(self, token: bytes) -> tuple[Run | None, Value]:
        """Wait for the program to load; on failure return the run for each of its calls.

        Args:
            token: of the load message

        Returns:
            the failure, or None; and the report of the child, of any form
        """
        deadline = time.monotonic() + self._loading.wall_s
        cpu_end = self._process.cpu_s() + self._loading.cpu_s
        reports = 0
        try:
            while True:
                limits = replace(
                    self._loading,
                    wall_s=deadline - time.monotonic(),
                    cpu_s=cpu_end - self._process.cpu_s(),
                )
                letter, data = self._await_reply(token, limits, _MAX_ERROR, reminds=True)
                if letter != frames.PROGRESS:
                    break
                self.part = part_of(decode(data))
                reports += 1
                # Reports do not extend the time, however fast they arrive.
                if reports > _MAX_REPORTS or limits.wall_s <= 0 or limits.cpu_s <= 0:
                    seconds = f"{self._loading.wall_s:g} s"
                    raise Ended(RunStatus.TIMED_OUT, f"it was not imported within {seconds}")
            if letter == frames.LOADED:
                return None, _decoded(data)
            if letter != frames.NOT_LOADED:
                raise Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
            return _error_run(RunStatus.NOT_LOADED, data), decode(data)
        except DecodeError as why:
            ended = Ended(RunStatus.GARBLED, f"its reply cannot be read: {why}")
        except Ended as error:
            ended = error
        self.is_over = True
        if ended.status is not RunStatus.GARBLED:
            self.ended_by = ended.error
        return Run(ended.status, error=ended.error, stdout=self._process.printed.take()), None

    def _call(self, call: Call) -> Run:
        max_bytes = self._limits.output_kib * 1024
        wall, cpu = time.perf_counter(), self._process.cpu_s()
        try:
            token = self._send(frames.CALL, call.message)
            room = max_bytes + _REPLY_OVERHEAD
            if call.watches:  # the reply, the arguments after the call, and what it printed
                room = 4 * room + 2 * len(call.message)
            if self._give is None:
                letter, data = self._await_reply(token, self._limits, room)
            else:
                letter, data = self._await_reply_to_questions(token, self._give, room)
            run = answer_of(call, self._reply(letter, data))
        except Ended as ended:
            self.is_over = True
            error = ended.error
            if ended.status is RunStatus.TIMED_OUT:
                error += IS_IT_ENDLESS
            run = Run(ended.status, error=error)
        wall_s, cpu_s = time.perf_counter() - wall, self._process.cpu_s() - cpu
        peak_mib = self._process.peak_mib()
        if self._process.threads > MAX_THREADS:
            self.is_over = True
            run = Run(RunStatus.CRASHED, error=_TOO_MANY_THREADS)
        return Run(
            status=run.status,
            value=run.value,
            error=run.error,
            line=run.line,
            place=run.place,
            traceback=run.traceback,
            stdout=self._process.printed.take(),
            wall_s=wall_s,
            cpu_s=max(0.0, cpu_s),
            peak_mib=peak_mib,
            kinds=run.kinds,
            after=run.after,
            printed=run.printed,
            recorded=run.recorded,
            is_by_problem=run.is_by_problem,
        )

    def _reply(self, letter: bytes, data: bytes) -> Run:
        try:
            match letter:
                case frames.RETURNED:
                    return Run(RunStatus.RETURNED, value=decode(data, allowance=self._answers))
                case frames.RAISED:
                    return _error_run(RunStatus.RAISED, data, self._answers)
                case frames.OBSERVED:
                    return self._observed(decode(data, allowance=self._answers))
                case frames.NO_RESULT:
                    return Run(RunStatus.SKIPPED, error=_without(decode(data)))
        except TooLarge:  # the child can still be used for other calls
            return Run(RunStatus.TOO_MUCH_OUTPUT, error="its answers together are too large")
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

    def _observed(self, found: Value) -> Run:
        """Return the run that a reply describes, with what was watched."""
        match found:
            case {"reply": bytes(reply), **watched} if reply[:1] != frames.OBSERVED:
                run = self._reply(reply[:1], reply[1:])
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
                run = replace(run, recorded=tuple(map(_bytes, calls)))
        return run

    def _send(self, letter: bytes, message: bytes) -> bytes:
        """Send a message; return its token, with which the reply must begin."""
        token = os.urandom(frames.TOKEN)
        self._process.send(frames.frame(letter, token, message))
        return token

    def _await_reply(
        self, token: bytes, limits: Limits, max_bytes: int, reminds: bool = False
    ) -> tuple[bytes, bytes]:
        """Return letter and content of the reply to a message.

        Args:
            reminds: whether to make the child look at its clock meanwhile

        Raises:
            Ended: if no reply arrives in time, or it is too long, or has another token
        """
        reply = self._await_frame(limits, max_bytes, reminds)
        if reply[: frames.TOKEN] != token:
            raise Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
        body = reply[frames.TOKEN :]
        return body[:1], body[1:]

    def _await_reply_to_questions(
        self, token: bytes, give: Give, max_bytes: int
    ) -> tuple[bytes, bytes]:
        """Return letter and content of the reply to a call; answer its questions until then.

        Raises:
            Ended: if no reply arrives in time, or a message is too long or invalid
        """
        deadline = time.monotonic() + self._limits.wall_s
        cpu_end = self._process.cpu_s() + self._limits.cpu_s
        while True:
            # Questions do not extend the time, however fast they arrive.
            wall_s, cpu_s = deadline - time.monotonic(), cpu_end - self._process.cpu_s()
            if min(wall_s, cpu_s) <= 0:
                raise Ended(RunStatus.TIMED_OUT, f"no answer within {self._limits.wall_s:g} s")
            limits = replace(self._limits, wall_s=wall_s, cpu_s=cpu_s)
            letter, data = self._await_reply(token, limits, max_bytes)
            if letter != frames.ASK:
                return letter, data
            try:
                question = decode(data, allowance=Allowance())
            except (DecodeError, TooLarge) as error:
                why = f"what it asked cannot be read: {error}"
                raise Ended(RunStatus.GARBLED, why) from None
            answer = encode(give(question))
            self._given_bytes += len(answer)
            if self._given_bytes > _MAX_GIVEN_BYTES:
                answer = encode(None)
            self._process.send(frames.frame(frames.ANSWER, token, answer))

    def _await_frame(self, limits: Limits, max_bytes: int, reminds: bool = False) -> bytes:
        """Return what the child sends next, within limits and the budget.

        Raises:
            Ended: if nothing arrives in time, or it is too long
            NeedsMoreTime: if the budget is used up
        """
        budget = self._budget
        if budget is None:
            return self._await_within(limits, max_bytes, reminds)
        wall, cpu = time.monotonic(), self._process.cpu_s()
        try:
            return self._await_within(budget.cut(limits), max_bytes, reminds)
        except Ended as ended:
            if ended.status is RunStatus.TIMED_OUT:
                budget.charge(time.monotonic() - wall, self._process.cpu_s() - cpu)
                wall, cpu = time.monotonic(), self._process.cpu_s()
                if budget.is_over:
                    raise NeedsMoreTime("the program needs more time than it was given") from None
            raise
        finally:
            budget.charge(time.monotonic() - wall, self._process.cpu_s() - cpu)

    def _await_within(self, limits: Limits, max_bytes: int, reminds: bool = False) -> bytes:
        process = self._process
        reminder = time.monotonic() + REMIND_AFTER_S if reminds else math.inf
        deadline = time.monotonic() + limits.wall_s
        cpu_end = process.cpu_s() + limits.cpu_s
        late_reads = 0
        look_at = time.monotonic() + _LOOK_INTERVAL_S
        while True:
            if (frame := self._take_frame(max_bytes)) is not None:
                return frame
            if not process.is_open:
                self.close()
                description = self._exit or "the process closed the channel for its replies"
                if KILLED in description and self._is_strict:
                    # It cannot kill itself; the backstop of its CPU limit is far away.
                    raise TooManyProcesses(f"a submission's process ended: {description}")
                if "processor time" in description:
                    raise Ended(RunStatus.TIMED_OUT, description)
                raise Ended(RunStatus.CRASHED, description)
            now = time.monotonic()
            if now >= look_at:
                look_at = now + _LOOK_INTERVAL_S
                process.look()
                if process.threads > MAX_THREADS:
                    raise Ended(RunStatus.CRASHED, _TOO_MANY_THREADS)
            wall_left, cpu_left = deadline - now, cpu_end - process.cpu_s()
            if wall_left <= 0 or cpu_left <= 0:
                # This thread may itself be late, because another one held the interpreter lock. A
                # reply that has arrived by now still counts: read it without waiting. The number
                # of reads is bounded, as a child could keep sending pieces.
                before = len(process.received)
                process.wait(0)
                late_reads += 1
                has_more = len(process.received) > before or not process.is_open
                if has_more and late_reads <= _MAX_LATE_READS:
                    continue
                if wall_left <= 0:
                    raise Ended(
                        RunStatus.TIMED_OUT, f"no answer within {round(limits.wall_s, 2):g} s"
                    )
                used = f"it used more than {round(limits.cpu_s, 2):g} s of processor time"
                raise Ended(RunStatus.TIMED_OUT, used)
            longest = min(max(cpu_left / _CORES, _POLL_INTERVAL_S), _LOOK_INTERVAL_S)
            if reminds and time.monotonic() >= reminder:
                process.remind()
                reminder = time.monotonic() + REMIND_EVERY_S
            process.wait(min(wall_left, longest))

    def _take_frame(self, max_bytes: int) -> bytes | None:
        received = self._process.received
        if len(received) < frames.HEADER:
            return None
        length = frames.length(received)
        if length > max_bytes + frames.TOKEN + 1:
            raise Ended(RunStatus.TOO_MUCH_OUTPUT, f"its answer of {length} bytes is too large")
        if len(received) < frames.HEADER + length:
            return None
        frame = bytes(received[frames.HEADER : frames.HEADER + length])
        del received[: frames.HEADER + length]
        return frame


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


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise DecodeError("a reply is not bytes")
    return value


def _error_run(status: RunStatus, data: bytes, answers: Allowance | None = None) -> Run:
    """Return a run with the error that the child reports, if its format is valid."""
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


def _decoded(data: bytes) -> Value:
    try:
        return decode(data)
    except DecodeError:  # the program works without it
        return None
