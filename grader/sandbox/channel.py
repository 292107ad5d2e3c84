"""The channel to a child: sends messages, and waits for replies within the limits of a call.

Nothing that arrives is trusted. Each wait ends at a limit of time, size or number of threads.
"""

from __future__ import annotations

import math
import os
import time

from grader.errors import NeedsMoreTime, TooManyProcesses
from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.budget import Budget
from grader.sandbox.imports import REMIND_AFTER_S, REMIND_EVERY_S
from grader.sandbox.limits import MAX_THREADS
from grader.sandbox.process import KILLED, Process

_CORES = os.cpu_count() or 1
_MAX_LATE_READS = 32  # reads after a deadline
_POLL_INTERVAL_S = 0.01  # between checks of the CPU time when its limit is near
_LOOK_INTERVAL_S = 0.05  # between counts of its threads
# What is excused at most in the basic tier, as a multiple of the limit of wall time: processes that
# a program starts could make it wait without end. In the strict tier, it can only start threads,
# which use up its CPU time.
_MAX_WAITED = 4.0
# The kernel counts a wait when it is over. If a child has waited that long in all, its present wait
# may not be counted yet, and gets some time to end.
_CONTENDED_S, _SLICE_S = 0.01, 0.1
TOO_MANY_THREADS = f"it had more than {MAX_THREADS} threads"


class Ended(Exception):
    """The child can no longer be used; `status` and `error` are those of the current call."""

    def __init__(self, status: RunStatus, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class Channel:
    """The channel to one child, which is ended with it.

    Args:
        is_strict: whether the child cannot have killed itself
        budget: the time that the program may use in its import and all its calls together

    Attributes:
        excused_s: how long the child has waited for a core, in calls that reached a deadline; it
            does not count as wall time
    """

    def __init__(self, process: Process, is_strict: bool, budget: Budget | None) -> None:
        self._process = process
        self._is_strict = is_strict
        self._budget = budget
        self.excused_s = 0.0
        self._exit = ""
        self._is_closed = False

    def close(self) -> None:
        """End the child. Can be repeated."""
        if not self._is_closed:
            self._is_closed = True
            self._exit = self._process.end()

    def send(self, letter: bytes, message: bytes) -> bytes:
        """Send a message; return its token, with which the reply must begin."""
        token = os.urandom(frames.TOKEN)
        self._process.send(frames.frame(letter, token, message))
        return token

    def receive(self, limits: Limits, max_bytes: int, reminds: bool = False) -> bytes:
        """Return what the child sends next, within limits and the budget.

        Raises:
            Ended: if nothing arrives in time, or it is too long
            NeedsMoreTime: if the budget is used up
        """
        budget = self._budget
        if budget is None:
            return self.receive_within(limits, max_bytes, reminds)
        wall, cpu = self.now(), self._process.cpu_s()
        try:
            return self.receive_within(budget.cut(limits), max_bytes, reminds)
        except Ended as ended:
            if ended.status is RunStatus.TIMED_OUT:
                budget.charge(self.now() - wall, self._process.cpu_s() - cpu)
                wall, cpu = self.now(), self._process.cpu_s()
                if budget.is_over:
                    raise NeedsMoreTime("the program needs more time than it was given") from None
            raise
        finally:
            budget.charge(self.now() - wall, self._process.cpu_s() - cpu)

    def receive_within(self, limits: Limits, max_bytes: int, reminds: bool = False) -> bytes:
        """Return what the child sends next, within limits; see `receive`.

        The time for which it could have run, but waited for a core, is not counted.
        """
        process = self._process
        reminder = time.monotonic() + REMIND_AFTER_S if reminds else math.inf
        deadline = time.monotonic() + limits.wall_s
        latest = math.inf if self._is_strict else deadline + _MAX_WAITED * limits.wall_s
        is_contended = False
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
                    raise Ended(RunStatus.CRASHED, TOO_MANY_THREADS)
            if now >= deadline:
                excused_s = self._excuse()
                if excused_s > _CONTENDED_S and not is_contended:
                    is_contended = True
                    excused_s += _SLICE_S
                deadline = min(deadline + excused_s, latest)
            wall_left, cpu_left = deadline - now, cpu_end - process.cpu_s()
            if wall_left <= 0 or cpu_left <= 0:
                # This thread may itself be late, because another one held the interpreter lock. A
                # reply that has arrived by now still counts: read it without waiting, and what was
                # printed before it. The number of reads is bounded, as a child could keep sending
                # pieces or printing.
                before = len(process.received), process.printed.length
                process.wait(0)
                late_reads += 1
                has_read = (len(process.received), process.printed.length) != before
                if (has_read or not process.is_open) and late_reads <= _MAX_LATE_READS:
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

    def now(self) -> float:
        """Return the time, in seconds, of a clock that has stopped for `excused_s`."""
        return time.monotonic() - self.excused_s

    def left_s(self, deadline: float) -> float:
        """Return the seconds until a deadline of that clock; not positive if it is over."""
        if self.now() >= deadline:
            self._excuse()
        return deadline - self.now()

    def _excuse(self) -> float:
        """Excuse what the child has waited for a core since this was done last; return it."""
        newly_s = max(0.0, self._process.waited_s() - self.excused_s)
        self.excused_s += newly_s
        return newly_s

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
