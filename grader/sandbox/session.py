"""A session: one child process, which runs a submission, or several trusted programs in turn.

Time, memory and exit status of the child are measured from outside. Its messages are decoded as
plain data and never trusted, and every wait for one has a time limit.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, repeat

from grader.errors import SandboxError
from grader.model.entry_point import Call, Program, Script
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.budget import Budget
from grader.sandbox.channel import TOO_MANY_THREADS, Channel, Ended
from grader.sandbox.clock import TOO_LONG
from grader.sandbox.imports import ImportPlan, PartOfProgram, load_message, part_of
from grader.sandbox.limits import MAX_THREADS
from grader.sandbox.patience import LOADING
from grader.sandbox.process import Process
from grader.sandbox.replies import Replies, answer_of, as_bytes, error_run, report_of
from grader.values import Value
from grader.values.decode import Allowance, DecodeError, decode
from grader.values.encode import encode
from grader.values.wire_format import TooLarge

_REPLY_OVERHEAD = 64  # bytes of a reply in addition to the value
_MAX_ERROR = 1 << 16  # bytes of a reply that describes an error
_ENDED = "not run, because an earlier step ended the process"
_MAX_REPORTS = 20_000  # of running parts; a careful import (see `imports`) sends one for each part
_MAX_AHEAD = 8  # trusted programs sent before the first reply
_MAX_TOTAL_BYTES = 1 << 26  # of the replies to calls that are sent together
_MAX_GIVEN_BYTES = 1 << 24  # bytes of answers, which a child may request and never read

Give = Callable[[Value], Value]  # takes a question; returns [answer], or None if it is not known

IS_IT_ENDLESS = " (is there a loop that never ends?)"  # asked if a call exceeds its time


class Session:
    """One child, which runs a submission, or several trusted programs in turn.

    Args:
        answers: the allowance for decoding all answers of the program; by default unlimited
        give: answers the questions of given functions; by default there are none
        budget: the time that the program may use in its import and all its calls together

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
        self._given_bytes = 0
        self.is_over = False
        self.loading_s = 0.0, 0.0
        self.part: PartOfProgram | None = None
        self.ended_by = ""
        self._loading = loading
        self._is_ready = False
        self._process = process
        self._channel = Channel(process, is_strict, budget)
        self._limits = limits
        self._replies = Replies(limits, answers)

    def load(self, plan: ImportPlan) -> Run | None:
        """Load a program; return None, or on failure the run for each of its calls.

        Raises:
            SandboxError: if the child fails before it loads the program
        """
        self._await_ready()
        wall, cpu = self._channel.now(), self._process.cpu_s()
        message = plan.message(self._limits.output_kib * 1024, self._loading)
        failed, report = self._await_loaded(self._channel.send(frames.LOAD, message))
        wall_s = max(0.0, self._channel.now() - wall)
        self.loading_s = wall_s, max(0.0, self._process.cpu_s() - cpu)
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
                loading = self._channel.send(frames.LOAD, request)
                sent.append((loading, self._channel.send(frames.CALLS, message)))
            if self.is_over or not sent:
                return
            yield self._runs_of(*sent.popleft(), scripts)

    def _runs_of(self, loading: bytes, calling: bytes, scripts: Sequence[Script]) -> list[Run]:
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
                    pairs = zip(calls, map(as_bytes, replies), strict=True)
                    read = self._replies.read
                    made = (answer_of(call, read(each[:1], each[1:], call)) for call, each in pairs)
                    several = [list(islice(made, len(script))) for script in scripts]
                    return [runs[0] if len(runs) == 1 else Run.of_steps(runs) for runs in several]
            raise Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
        except (Ended, DecodeError):
            self.is_over = True
            return []

    def close(self) -> None:
        """End the child. Can be repeated."""
        self._channel.close()

    def _await_ready(self) -> None:
        if self._is_ready:
            return
        self._is_ready = True
        try:
            reply = self._channel.receive_within(LOADING, _MAX_ERROR)
        except Ended as ended:
            raise SandboxError(f"a child could not be confined: {ended.error}") from None
        if reply[frames.TOKEN : frames.TOKEN + 1] != frames.READY:
            raise SandboxError("a child did not report that it was confined")

    def _await_loaded(self, token: bytes) -> tuple[Run | None, Value]:
        """Wait for the program to load; on failure return the run for each of its calls.

        Args:
            token: of the load message

        Returns:
            the failure, or None; and what the child reported, which may be any value
        """
        deadline = self._channel.now() + self._loading.wall_s
        cpu_end = self._process.cpu_s() + self._loading.cpu_s
        reports = 0
        has_given_up = False
        try:
            while True:
                limits = replace(
                    self._loading,
                    wall_s=self._channel.left_s(deadline),
                    cpu_s=cpu_end - self._process.cpu_s(),
                )
                letter, data = self._await_reply(token, limits, _MAX_ERROR, reminds=True)
                if letter not in (frames.PROGRESS, frames.GAVE_UP):
                    break
                self.part = part_of(decode(data))
                has_given_up = letter == frames.GAVE_UP
                reports += 1
                # Reports do not extend the time, however fast they arrive.
                if reports > _MAX_REPORTS or limits.wall_s <= 0 or limits.cpu_s <= 0:
                    seconds = f"{self._loading.wall_s:g} s"
                    raise Ended(RunStatus.TIMED_OUT, f"it was not imported within {seconds}")
            if letter == frames.LOADED:
                return None, report_of(data)
            if letter != frames.NOT_LOADED:
                raise Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
            return error_run(RunStatus.NOT_LOADED, data), decode(data)
        except DecodeError as why:
            ended = Ended(RunStatus.GARBLED, f"its reply cannot be read: {why}")
        except Ended as error:
            ended = error
        self.is_over = True
        if ended.status is not RunStatus.GARBLED:
            is_late = has_given_up or ended.status is RunStatus.TIMED_OUT
            self.ended_by = TOO_LONG if is_late else ended.error
        return Run(ended.status, error=ended.error, stdout=self._process.printed.take()), None

    def _call(self, call: Call) -> Run:
        max_bytes = self._limits.output_kib * 1024
        wall, cpu = time.perf_counter(), self._process.cpu_s()
        try:
            token = self._channel.send(frames.CALL, call.message)
            room = max_bytes + _REPLY_OVERHEAD
            if call.watches:  # the reply, the arguments after the call, and what it printed
                room = 4 * room + 2 * len(call.message)
            if self._give is None:
                letter, data = self._await_reply(token, self._limits, room)
            else:
                letter, data = self._await_reply_to_questions(token, self._give, room)
            run = answer_of(call, self._replies.read(letter, data, call))
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
            run = Run(RunStatus.CRASHED, error=TOO_MANY_THREADS)
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

    def _await_reply(
        self, token: bytes, limits: Limits, max_bytes: int, reminds: bool = False
    ) -> tuple[bytes, bytes]:
        """Return letter and content of the reply to a message.

        Args:
            reminds: whether to make the child look at its clock meanwhile

        Raises:
            Ended: if no reply arrives in time, or it is too long, or has another token
        """
        reply = self._channel.receive(limits, max_bytes, reminds)
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
        deadline = self._channel.now() + self._limits.wall_s
        cpu_end = self._process.cpu_s() + self._limits.cpu_s
        while True:
            # Questions do not extend the time, however fast they arrive.
            wall_s, cpu_s = self._channel.left_s(deadline), cpu_end - self._process.cpu_s()
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
