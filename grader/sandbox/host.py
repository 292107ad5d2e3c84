"""Host side of the sandbox: run the calls of a program in child processes, and return their runs.

A call that fails does not affect the others: if it times out or crashes, the child is ended and the
remaining calls are made in a new one. Time, memory and exit status of a child are measured from
outside. Its messages are decoded as plain data and never trusted, and most of what it prints is
dropped.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain, islice, repeat
from types import TracebackType
from typing import TYPE_CHECKING

from grader.errors import OutOfResources, SandboxError, TooManyProcesses, UsageError
from grader.model.entry_point import Call, Program
from grader.model.judgement import Protection, Run, RunStatus
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.imports import (
    MAX_LINES,
    REMIND_AFTER_S,
    REMIND_EVERY_S,
    ImportPlan,
    PartOfProgram,
    load_message,
    part_of,
)
from grader.sandbox.limits import MAX_THREADS, ProcessLimits, are_supported, available_cores, denies
from grader.sandbox.process import KILLED, Process, Retry
from grader.values import Value
from grader.values.codec import DecodeError, decode, encode

if TYPE_CHECKING:
    from grader.sandbox.forked import ForkServer

# The layers of each tier, named here because `confine` can be imported on Linux only.
BASIC = ("session", "death-with-parent", "no-capabilities", "rlimits")
STRICT = (*BASIC, "landlock", "seccomp")
SPAWNED = ("session", "rlimits")

_LOADING = Limits(wall_s=20.0, cpu_s=10.0)  # importing SciPy takes one or two seconds
_CORES = os.cpu_count() or 1
_MAX_LATE_READS = 32  # reads after a deadline
_KILLED_PAUSES_S = (0.5, 1.5)  # before a call is made again because the system killed the child
# The limits of calls that are stopped early: this multiple of the reference's time, with a minimum.
_TIMES_REFERENCE, _MIN_LEASH_WALL_S, _MIN_LEASH_CPU_S = 5.0, 0.6, 0.15
_CPU_STEP_S = 60  # the CPU limit of a child is a multiple of this
_POLL_INTERVAL_S = 0.01  # between checks of the CPU time when its limit is near
_LOOK_INTERVAL_S = 0.05  # between counts of its threads
_REPLY_OVERHEAD = 64  # bytes of a reply in addition to the value
_MAX_ERROR = 1 << 16  # bytes of a reply that describes an error
_TOO_MANY_THREADS = f"it had more than {MAX_THREADS} threads"
_MAX_PLACE = 100  # characters
_MIN_SHARE = 16  # trusted programs that justify another child
_MAX_AHEAD = 8  # trusted programs sent before the first reply
_MAX_TOTAL_BYTES = 1 << 26  # of the replies to calls that are sent together


class Sandbox:
    """Runs programs in child processes.

    Args:
        server: the fork server to use and to close; without one, every child is spawned
        tier: "strict", "basic", or "best" for the best that this machine supports
    """

    def __init__(self, server: ForkServer | None, tier: str = "best") -> None:
        self._server = server
        self._tier = tier
        self._lock = threading.Lock()
        self._is_closed = False
        self._hidden: tuple[str, ...] = ()
        self._retry = Retry()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all children; a `run` in another thread fails with SandboxError. Can be repeated."""
        with self._lock:
            self._is_closed = True
            if self._server is not None:
                self._server.close()

    @property
    def protection(self) -> Protection:
        """The tier that programs are run in, and its layers.

        Raises:
            UsageError: if this machine does not support the requested tier
        """
        missing = self.missing()
        if self._tier == "strict" and missing:
            raise UsageError(
                f"the strict sandbox is not available: this machine lacks {missing}. Use --sandbox"
                " basic if you trust the submissions, or run the grader on Linux, in a container or"
                " a virtual machine"
            )
        if self._tier != "basic" and not missing:
            return Protection("strict", STRICT)
        if self._server is not None:
            return Protection("basic", BASIC)
        return Protection("basic", SPAWNED if are_supported() else ())

    def hide(self, paths: Sequence[str]) -> None:
        """Make folders unreadable for programs that run from now on in the strict tier.

        Most are not readable anyway. But a bank, for instance, may be installed like a package.
        """
        self._hidden = tuple(dict.fromkeys([*self._hidden, *map(os.path.abspath, paths)]))

    def settle(self) -> float:
        """Keep submissions from leaving bits for others in access times; see `access_times`.

        Returns:
            the time, in seconds since the epoch, until which that holds

        Raises:
            SandboxError: if the fork server fails
        """
        if self._server is None or self.protection.tier != "strict":
            return math.inf  # programs can write to files anyway
        return self._server.settle()

    def missing(self) -> str:
        """Return what this machine lacks for the strict tier; "" if nothing."""
        if self._server is None:
            return "a safe fork, which exists on Linux only"
        return self._server.missing()

    def with_another_hash_seed(self) -> Sandbox:
        """Return a new sandbox of the same tier, with another seed for the hashes of strings.

        Without a fork server, the seed is the same.
        """
        server = type(self._server)(self._server.hash_seed + 1) if self._server else None
        sandbox = Sandbox(server, self._tier)
        sandbox.hide(self._hidden)
        return sandbox

    def versions(self) -> dict[str, str]:
        """Return the versions of python and numpy in children."""
        if self._server is not None:
            return self._server.versions()
        from importlib.metadata import version

        return {"python": sys.version.split()[0], "numpy": version("numpy")}

    def run(
        self,
        program: Program,
        calls: Sequence[Call],
        limits: Limits,
        watch: Callable[[Sequence[Run]], None] | None = None,
        leash: Callable[[], Limits] | None = None,
        note: Callable[[tuple[str, ...]], None] | None = None,
    ) -> list[Run]:
        """Return the run of each call, in order.

        If the fork server fails, it is replaced, and all calls are made again.

        Args:
            note: called before the first call with what the student should know about the import
            watch: called after each call with the runs so far
            leash: returns the shorter limits that apply once `patience` calls have timed out; by
                default `short_limits`

        Raises:
            SandboxError: if the sandbox fails twice; never for anything the program does
        """
        server = self._server
        try:
            return self._run(program, calls, limits, watch, leash, note)
        except OutOfResources:  # a new server would not help
            raise
        except SandboxError:
            if server is None:
                raise
            self._replace(server)
            return self._run(program, calls, limits, watch, leash, note)

    def run_trusted(
        self, programs: Sequence[Program], calls: Sequence[Call], limits: Limits
    ) -> list[list[Run]]:
        """Return the runs of all calls in each of several trusted programs that share a child.

        Many times faster than `run`: the child receives all calls at once, and loads one program
        after another. The programs must not interfere with each other. A program that ends the
        child is run again alone; only then are time and memory of its runs measured. If there are
        many programs, they are divided among one child per core.

        Raises:
            SandboxError: if the sandbox fails twice
        """
        parts = max(1, min(available_cores(), len(programs) // _MIN_SHARE))
        size = math.ceil(len(programs) / parts)
        shares = [
            _Share(self._run_in_turn, programs[start : start + size], calls, limits)
            for start in range(0, len(programs), size or 1)
        ]
        for share in shares[1:]:
            with suppress(RuntimeError):  # no thread is left: it runs in this one
                share.start()
        return [runs for share in shares for runs in share.table()]

    def _run_in_turn(
        self, programs: Sequence[Program], calls: Sequence[Call], limits: Limits
    ) -> list[list[Run]]:
        """Return the runs of trusted programs, made by one child as long as none ends it."""
        table: list[list[Run]] = []
        strict = self.protection.tier == "strict"
        while len(table) < len(programs):
            child = self._child(programs[len(table)], calls, limits, strict)
            session = _Session(child, limits, _Patience(limits, None).loading_limits())
            try:
                for runs in session.run_together(programs[len(table) :], calls):
                    table.append(runs)
            finally:
                session.close()
            if not table[-1]:
                table[-1] = self.run(programs[len(table) - 1], calls, limits)
        return table

    def _replace(self, failed: ForkServer) -> None:
        with self._lock:
            if self._is_closed:
                raise SandboxError("the sandbox has been closed")
            if self._server is failed:  # else another thread has replaced it already
                failed.close()
                self._server = type(failed)(failed.hash_seed)

    def _run(
        self,
        program: Program,
        calls: Sequence[Call],
        limits: Limits,
        watch: Callable[[Sequence[Run]], None] | None,
        leash: Callable[[], Limits] | None,
        note: Callable[[tuple[str, ...]], None] | None,
    ) -> list[Run]:
        runs: list[Run] = []
        strict = self.protection.tier == "strict"
        patience = _Patience(limits, leash)
        plan = ImportPlan(program)
        pauses = list(_KILLED_PAUSES_S)
        while len(runs) < len(calls):
            now = patience.call_limits()
            child = self._child(program, calls, limits, strict)
            loading = plan.limits(patience.loading_limits())
            session = _Session(child, now, loading, strict)
            try:
                failed = session.load(plan)
                patience.note_import(*session.loading_s)
                if session.ended_by and plan.may_retry(session.part, session.ended_by):
                    continue
                if note is not None and not runs:
                    note(plan.notes)
                for run in session.run(calls[len(runs) :], failed):
                    runs.append(patience.note_call(run))
                    if watch is not None:
                        watch(runs)
            except TooManyProcesses:  # it was killed, or denied memory
                if not pauses:
                    raise
                time.sleep(pauses.pop(0))
            finally:
                session.close()
        return runs

    def _child(
        self, program: Program, calls: Sequence[Call], limits: Limits, strict: bool
    ) -> Process:
        cpu_s = _LOADING.cpu_s + limits.cpu_s * len(calls)
        # Rounded up in large steps, so that a spare child forked for fifteen calls also fits one.
        process_limits = ProcessLimits(
            limits.memory_mib, _CPU_STEP_S * math.ceil(cpu_s / _CPU_STEP_S)
        )
        return self._retry.call(partial(self._start, program, process_limits, strict))

    def _start(self, program: Program, limits: ProcessLimits, strict: bool) -> Process:
        if self._server is not None:
            self._server.load(program.preload)
            self._server.hide(self._hidden)
            return self._server.fork(limits, strict)
        from grader.sandbox.spawned import Spawned

        return Spawned(limits, program.preload)


class _Share(threading.Thread):
    """A share of many programs, run in a thread of its own if it is started."""

    def __init__(
        self,
        run: Callable[[Sequence[Program], Sequence[Call], Limits], list[list[Run]]],
        programs: Sequence[Program],
        calls: Sequence[Call],
        limits: Limits,
    ) -> None:
        super().__init__(daemon=True)
        self._work = partial(run, programs, calls, limits)
        self._table: list[list[Run]] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._table = self._work()
        except BaseException as error:
            self._error = error

    def table(self) -> list[list[Run]]:
        """Wait for the runs, or make them if the thread has not been started; return them.

        Raises:
            SandboxError: as `Sandbox.run_trusted`
        """
        if self.ident is None:
            self.run()
        else:
            self.join()
        if self._error is not None:
            raise self._error
        return self._table


class _Patience:
    """Bound the total time that a program can waste, in addition to the limits per call.

    Once `patience` calls have timed out, the remaining calls get the shorter limits that `leash`
    returns: fast cases still earn points, and an endless program does not delay a class. A program
    that ends its process is imported again for the next call; all imports after the first share
    the time limit of one.
    """

    def __init__(self, limits: Limits, leash: Callable[[], Limits] | None) -> None:
        self._limits = limits
        self._leash = leash or partial(short_limits, limits)
        self._timed_out = 0
        self._imports = 0
        self._wall_left, self._cpu_left = _LOADING.wall_s, _LOADING.cpu_s

    @property
    def is_over(self) -> bool:
        return self._timed_out >= self._limits.patience

    def call_limits(self) -> Limits:
        """Return the limits of the next call."""
        return self._leash() if self.is_over else self._limits

    def loading_limits(self) -> Limits:
        """Return the limits of the next import."""
        wall_s, cpu_s = max(_LOADING.wall_s, self._limits.wall_s), _LOADING.cpu_s
        if self._imports:
            wall_s, cpu_s = max(self._wall_left, 0.0), max(self._cpu_left, 0.0)
        else:
            cpu_s = max(cpu_s, self._limits.cpu_s)
        return replace(self._limits, wall_s=wall_s, cpu_s=cpu_s)

    def note_import(self, wall_s: float, cpu_s: float) -> None:
        """Count an import that took this long."""
        if self._imports:
            self._wall_left -= wall_s
            self._cpu_left -= cpu_s
        self._imports += 1

    def note_call(self, run: Run) -> Run:
        """Count a call that timed out; return its run, whose error says if it was stopped early."""
        if run.status is not RunStatus.TIMED_OUT:
            return run
        if self.is_over:
            cases = "one case" if self._limits.patience == 1 else f"{self._limits.patience} cases"
            return replace(
                run, error=f"stopped early, because {cases} reached the time limit: {run.error}"
            )
        self._timed_out += 1
        return run


def short_limits(limits: Limits, wall_s: float = 0.0, cpu_s: float = 0.0) -> Limits:
    """Return the limits of calls that are stopped early: a multiple of the reference's time.

    Args:
        limits: of an ordinary call; the result never exceeds them
        wall_s, cpu_s: the time the reference needs for a call, if known
    """
    return replace(
        limits,
        wall_s=min(limits.wall_s, max(_MIN_LEASH_WALL_S, _TIMES_REFERENCE * wall_s)),
        cpu_s=min(limits.cpu_s, max(_MIN_LEASH_CPU_S, _TIMES_REFERENCE * cpu_s)),
    )


class _Ended(Exception):
    """The child can no longer be used; `status` and `error` are those of the current call."""

    def __init__(self, status: RunStatus, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class _Session:
    """One child, from loading a program to its end.

    Attributes:
        is_over: whether no more calls can be made
        loading_s: wall and CPU seconds that loading the program took
        part: the part of the program that the child has last reported to run, if any
        ended_by: how the program ended the child while it was loaded, or why it was ended; "" if
            it was not
    """

    def __init__(
        self, process: Process, limits: Limits, loading: Limits, is_strict: bool = False
    ) -> None:
        self.is_over = False
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

    def run(self, calls: Sequence[Call], failed: Run | None) -> Iterator[Run]:
        """Yield the runs of the calls, up to the first that ends the child.

        Args:
            failed: the run of each call if the program could not be loaded
        """
        if failed is not None:
            yield from [failed] * len(calls)
            return
        for call in calls:
            yield self._call(call)
            if self.is_over:
                return

    def run_together(
        self, programs: Sequence[Program], calls: Sequence[Call]
    ) -> Iterator[list[Run]]:
        """Yield the runs of each program; if one ends the child, yield [] for it and stop.

        More programs are sent while the child runs the first, so that neither side waits.

        Raises:
            SandboxError: if the child fails before it loads a program
        """
        self._await_ready()
        message = encode([call.message for call in calls])
        to_send, sent = iter(programs), deque[tuple[bytes, bytes]]()
        for count in chain([_MAX_AHEAD], repeat(1)):
            for program in islice(to_send, count):
                request = load_message(program, self._limits.output_kib * 1024)
                loading = self._send(frames.LOAD, request)
                sent.append((loading, self._send(frames.CALLS, message)))
            if self.is_over or not sent:
                return
            yield self._replies(*sent.popleft(), len(calls))

    def _replies(self, loading: bytes, calling: bytes, count: int) -> list[Run]:
        """Return the runs of calls that were sent together; [] if one of them ended the child.

        Args:
            loading, calling: tokens of the messages that load the program and call it
        """
        failed, _ = self._await_loaded(loading)
        if self.is_over:
            return []
        try:
            letter, data = self._await_reply(calling, self._limits, _MAX_TOTAL_BYTES)
            self._process.printed.take()
            if failed is not None:
                return [failed] * count
            match letter, decode(data):
                case frames.REPLIES, list(replies) if len(replies) == count:
                    return [self._reply(each[:1], each[1:]) for each in map(_bytes, replies)]
            raise _Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
        except (_Ended, DecodeError):
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
            reply = self._await_frame(_LOADING, _MAX_ERROR)
        except _Ended as ended:
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
            if letter == frames.LOADED:
                return None, _decoded(data)
            if letter != frames.NOT_LOADED:
                raise _Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
            return _error_run(RunStatus.NOT_LOADED, data), decode(data)
        except DecodeError as why:
            ended = _Ended(RunStatus.GARBLED, f"its reply cannot be read: {why}")
        except _Ended as error:
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
            letter, data = self._await_reply(token, self._limits, max_bytes + _REPLY_OVERHEAD)
            run = self._reply(letter, data)
        except _Ended as ended:
            self.is_over = True
            error = ended.error
            if ended.status is RunStatus.TIMED_OUT:
                error += "; is there a loop that never ends?"
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
        )

    def _reply(self, letter: bytes, data: bytes) -> Run:
        try:
            match letter:
                case frames.RETURNED:
                    return Run(RunStatus.RETURNED, value=decode(data))
                case frames.RAISED:
                    return _error_run(RunStatus.RAISED, data)
        except DecodeError as error:
            raise _Ended(RunStatus.GARBLED, f"its answer cannot be read: {error}") from None
        except MemoryError:  # of the grader: what an answer may take is bounded
            raise TooManyProcesses("no memory is left to read an answer") from None
        if letter == frames.NO_MEMORY:
            if denies(self._limits.memory_mib):  # less than the problem allows
                raise TooManyProcesses("a submission needed memory that `ulimit -v` denies it")
            limit = f"{self._limits.memory_mib} MiB"
            raise _Ended(RunStatus.OUT_OF_MEMORY, f"it needed more than {limit} of memory")
        if letter == frames.TOO_LARGE:
            limit = f"{self._limits.output_kib} KiB"
            raise _Ended(RunStatus.TOO_MUCH_OUTPUT, f"its answer is larger than {limit}")
        raise _Ended(RunStatus.GARBLED, "its answer has an unknown format")

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
            _Ended: if no reply arrives in time, or it is too long, or has another token
        """
        reply = self._await_frame(limits, max_bytes, reminds)
        if reply[: frames.TOKEN] != token:
            raise _Ended(RunStatus.GARBLED, "the process sent an unexpected reply")
        body = reply[frames.TOKEN :]
        return body[:1], body[1:]

    def _await_frame(self, limits: Limits, max_bytes: int, reminds: bool = False) -> bytes:
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
                    raise _Ended(RunStatus.TIMED_OUT, description)
                raise _Ended(RunStatus.CRASHED, description)
            now = time.monotonic()
            if now >= look_at:
                look_at = now + _LOOK_INTERVAL_S
                process.look()
                if process.threads > MAX_THREADS:
                    raise _Ended(RunStatus.CRASHED, _TOO_MANY_THREADS)
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
                    raise _Ended(
                        RunStatus.TIMED_OUT, f"no answer within {round(limits.wall_s, 2):g} s"
                    )
                used = f"it used more than {round(limits.cpu_s, 2):g} s of processor time"
                raise _Ended(RunStatus.TIMED_OUT, used)
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
            raise _Ended(RunStatus.TOO_MUCH_OUTPUT, f"its answer of {length} bytes is too large")
        if len(received) < frames.HEADER + length:
            return None
        frame = bytes(received[frames.HEADER : frames.HEADER + length])
        del received[: frames.HEADER + length]
        return frame


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise DecodeError("a reply is not bytes")
    return value


def _error_run(status: RunStatus, data: bytes) -> Run:
    """Return a run with the error that the child reports, if its format is valid."""
    match decode(data):
        case {
            "error": str(error),
            "line": int(line),
            "place": str(place),
            "traceback": str(traceback),
        }:
            # The line may be any integer, even one with thousands of digits.
            line = int(line) if 0 < line <= MAX_LINES else 0
            place = place[:_MAX_PLACE] if line else ""
            return Run(status, error=error, line=line, place=place, traceback=traceback)
    raise DecodeError("an error report has an unknown format")


def _decoded(data: bytes) -> Value:
    try:
        return decode(data)
    except DecodeError:  # the program works without it
        return None
