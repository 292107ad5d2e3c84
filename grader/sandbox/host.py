"""The host's side: runs the calls of one program after the other, and says what happened.

A case costs nothing but itself: where a call times out, crashes or floods, the child is ended and
the calls that are left are made in a new one. Time, memory and the way a child ended are taken from
outside of it; what it sends is decoded as data and otherwise not believed.
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

from grader.errors import SandboxError, TooManyOpenFiles, TooManyProcesses, UsageError
from grader.model.entry_point import Call, Program
from grader.model.judgement import Protection, Run, RunStatus
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.limits import ProcessLimits, are_known
from grader.sandbox.process import Process
from grader.values import Value
from grader.values.codec import DecodeError, decode, encode

if TYPE_CHECKING:
    from grader.sandbox.forked import ForkServer

# The layers of each tier: see `confine`, which only Linux can load.
BASIC = ("session", "death-with-parent", "no-capabilities", "rlimits")
STRICT = (*BASIC, "landlock", "seccomp")
SPAWNED = ("session", "rlimits")

FILE = "submission.py"  # what tracebacks call the program
_LOADING = Limits(wall_s=20.0, cpu_s=10.0)  # to import SciPy takes a second or two
_CORES = os.cpu_count() or 1
_MAX_LATE_LOOKS = 32  # after a deadline, each for as much as a socket hands over at once
_PAUSES_S = (0.02, 0.1, 0.5)  # before asking again for a process that could not be started
_TIMES_REFERENCE, _MIN_LEASH_WALL_S, _MIN_LEASH_CPU_S = 5.0, 0.6, 0.15  # of calls stopped early
_CPU_STEP_S = 60  # of the limit of a whole child
_GLANCE_S = 0.01  # how often a child near its processor time is looked at
_SHOWN_BYTES = 8192  # of what a call printed
_ENVELOPE = 64  # bytes of a reply besides the value
_MAX_EXPLANATION = 1 << 16  # bytes of a reply that is no value
_MAX_LINES = 1 << 20  # of a program; see `submissions`
_MAX_AHEAD = 8  # trusted programs that are sent before the first has replied
_MAX_TOTAL_BYTES = 1 << 26  # bytes of the replies to calls that are made at once


class Sandbox:
    """Where programs are run.

    Args:
        server: the fork server to use and to close; without one, every child is spawned
        tier: what protection to run programs under; "best" is the best there is
    """

    def __init__(self, server: ForkServer | None, tier: str = "best") -> None:
        self._server = server
        self._tier = tier
        self._lock = threading.Lock()
        self._is_closed = False

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
        """End it. Who is still running something gets a SandboxError. May be called twice."""
        with self._lock:
            self._is_closed = True
            if self._server is not None:
                self._server.close()

    @property
    def protection(self) -> Protection:
        """The tier programs are run under, and its layers.

        Raises:
            UsageError: if the machine cannot give the tier that was asked for
        """
        missing = self.missing()
        if self._tier == "strict" and missing:
            raise UsageError(
                f"this machine has no strict sandbox; it lacks {missing}. Ask for --sandbox basic"
                " if the submissions are trusted, or run the grader on Linux, in a container or a"
                " virtual machine"
            )
        if self._tier != "basic" and not missing:
            return Protection("strict", STRICT)
        if self._server is not None:
            return Protection("basic", BASIC)
        return Protection("basic", SPAWNED if are_known() else ())

    def missing(self) -> str:
        """What the machine lacks for the strict tier; empty if it lacks nothing."""
        if self._server is None:
            return "a fork that is safe, which only Linux has"
        return self._server.missing()

    def with_other_hashes(self) -> Sandbox:
        """Another of the same tier, in which texts have other hashes; to be closed by itself.

        Where children are spawned there is none: it is the same as this one.
        """
        server = type(self._server)(self._server.hash_seed + 1) if self._server else None
        return Sandbox(server, self._tier)

    def versions(self) -> dict[str, str]:
        """What children run on: python and numpy."""
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
    ) -> list[Run]:
        """What each call did, in order.

        A fork server that fails is replaced, and all is done once more.

        Args:
            watch: is told after each call what there is so far
            leash: called for the limits of calls that are stopped early; by default `short_limits`

        Raises:
            SandboxError: if the machinery fails twice; never for anything the program does
        """
        server = self._server
        try:
            return self._run(program, calls, limits, watch, leash)
        except (TooManyOpenFiles, TooManyProcesses):  # another server would not have more
            raise
        except SandboxError:
            if server is None:
                raise
            self._replace(server)
            return self._run(program, calls, limits, watch, leash)

    def run_trusted(
        self, programs: Sequence[Program], calls: Sequence[Call], limits: Limits
    ) -> list[list[Run]]:
        """What each call does in each of several programs that need not fear one another.

        Many times faster than to run them one by one: a child is told all calls at once, and takes
        one program after the other. What does not come through so is run by itself. Time and
        memory of a call are told for these alone.

        Raises:
            SandboxError: as `run`
        """
        table: list[list[Run]] = []
        strict = self.protection.tier == "strict"
        while len(table) < len(programs):
            child = self._child(programs[len(table)], calls, limits, strict)
            talk = _Session(child, limits, _Patience(limits, None).loading_limits())
            try:
                for runs in talk.run_together(programs[len(table) :], calls):
                    table.append(runs)
            finally:
                talk.close()
            if not table[-1]:
                table[-1] = self.run(programs[len(table) - 1], calls, limits)
        return table

    def _replace(self, failed: ForkServer) -> None:
        with self._lock:
            if self._is_closed:
                raise SandboxError("the sandbox has been closed")
            if self._server is failed:  # or another thread has been here before
                failed.close()
                self._server = type(failed)(failed.hash_seed)

    def _run(
        self,
        program: Program,
        calls: Sequence[Call],
        limits: Limits,
        watch: Callable[[Sequence[Run]], None] | None,
        leash: Callable[[], Limits] | None,
    ) -> list[Run]:
        runs: list[Run] = []
        strict = self.protection.tier == "strict"
        patience = _Patience(limits, leash)
        while len(runs) < len(calls):
            now = patience.call_limits()
            child = self._child(program, calls, limits, strict)
            session = _Session(child, now, patience.loading_limits())
            try:
                for run in session.run(program, calls[len(runs) :]):
                    runs.append(patience.note_call(run))
                    if watch is not None:
                        watch(runs)
            finally:
                session.close()
            patience.note_import(*session.loading_s)
        return runs

    def _child(
        self, program: Program, calls: Sequence[Call], limits: Limits, strict: bool
    ) -> Process:
        cpu_s = _LOADING.cpu_s + limits.cpu_s * len(calls)
        # In large steps: a spare child, made for fifteen calls, then also suits the next one call.
        bounds = ProcessLimits(limits.memory_mib, _CPU_STEP_S * math.ceil(cpu_s / _CPU_STEP_S))
        if self._server is not None:
            self._server.load(program.preload)
            for pause in _PAUSES_S:
                with suppress(TooManyProcesses):
                    return self._server.fork(bounds, strict)
                time.sleep(pause)  # another program on this machine may be ending just now
            return self._server.fork(bounds, strict)
        from grader.sandbox.spawned import Spawned

        return Spawned(bounds, program.preload)


class _Patience:
    """The time that a program may waste, beside the limits of a single call.

    A program that is right but slow is never cut off. Once `patience` calls have ended at their
    time limit, however, the calls that are left get the short limits of `leash`, so that fast cases
    keep their points and an endless program does not hold up a class. A program whose calls end its
    process is imported again for the next one; all imports after the first together may take as
    long as one import.
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
        """Count a call; return its run, which says so if it was stopped early."""
        if run.status is not RunStatus.TIMED_OUT:
            return run
        if self.is_over:
            cases = "one case" if self._limits.patience == 1 else f"{self._limits.patience} cases"
            return replace(
                run, error=f"stopped early, as {cases} had used up the time: {run.error}"
            )
        self._timed_out += 1
        return run


def short_limits(limits: Limits, wall_s: float = 0.0, cpu_s: float = 0.0) -> Limits:
    """Return the limits of calls that are stopped early.

    Args:
        limits: those of an ordinary call, which are never exceeded
        wall_s, cpu_s: what the reference takes for a call, if that is known
    """
    return replace(
        limits,
        wall_s=min(limits.wall_s, max(_MIN_LEASH_WALL_S, _TIMES_REFERENCE * wall_s)),
        cpu_s=min(limits.cpu_s, max(_MIN_LEASH_CPU_S, _TIMES_REFERENCE * cpu_s)),
    )


class _Ended(Exception):
    """The child cannot be talked to any more; what that makes of the call."""

    def __init__(self, status: RunStatus, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class _Session:
    """One child, from loading a program to its end.

    Attributes:
        is_over: whether it can do no more
        loading_s: the wall time and the processor time that loading the program took
    """

    def __init__(self, process: Process, limits: Limits, loading: Limits) -> None:
        self.is_over = False
        self.loading_s = 0.0, 0.0
        self._loading = loading
        self._is_ready = False
        self._process = process
        self._limits = limits
        self._how_it_ended = ""
        self._is_closed = False

    def run(self, program: Program, calls: Sequence[Call]) -> Iterator[Run]:
        """The runs of the calls up to the first that ends the child; of all, if none does.

        Raises:
            SandboxError: if the child fails before it has loaded anything of the program's
        """
        self._await_ready()
        wall, cpu = time.perf_counter(), self._process.cpu_s()
        failed = self._loaded(self._send(frames.LOAD, self._load_message(program)))
        self.loading_s = time.perf_counter() - wall, max(0.0, self._process.cpu_s() - cpu)
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
        """Yield the runs of each program's calls; an empty list, the last, if one ends the child.

        The next programs are sent while the child runs the first: neither side waits for the other.

        Raises:
            SandboxError: as `run`
        """
        self._await_ready()
        message = encode([call.message for call in calls])
        to_send, sent = iter(programs), deque[tuple[bytes, bytes]]()
        for count in chain([_MAX_AHEAD], repeat(1)):
            for program in islice(to_send, count):
                loading = self._send(frames.LOAD, self._load_message(program))
                sent.append((loading, self._send(frames.CALLS, message)))
            if self.is_over or not sent:
                return
            yield self._replies(*sent.popleft(), len(calls))

    def _replies(self, loading: bytes, calling: bytes, count: int) -> list[Run]:
        """Return the runs of calls that were sent together, none if they ended the child.

        Args:
            loading, calling: the tokens of the messages
        """
        failed = self._loaded(loading)
        if self.is_over:
            return []
        try:
            letter, data = self._await_reply(calling, self._limits, _MAX_TOTAL_BYTES)
            self._take_printed()
            if failed is not None:
                return [failed] * count
            match letter, decode(data):
                case frames.REPLIES, list(replies) if len(replies) == count:
                    return [self._reply(each[:1], each[1:]) for each in map(_bytes, replies)]
            raise _Ended(RunStatus.GARBLED, "it replied to something it was not asked")
        except (_Ended, DecodeError):
            self.is_over = True
            return []

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._how_it_ended = self._process.end()

    def _await_ready(self) -> None:
        if self._is_ready:
            return
        self._is_ready = True
        try:
            reply = self._await_frame(_LOADING, _MAX_EXPLANATION)
        except _Ended as ended:
            raise SandboxError(f"a child could not be confined: {ended.error}") from None
        if reply[frames.TOKEN : frames.TOKEN + 1] != frames.READY:
            raise SandboxError("a child did not say that it was confined")

    def _load_message(self, program: Program) -> bytes:
        return encode(
            {
                "source": program.source,
                "file": FILE,
                "function": program.function,
                "most": self._limits.output_kib * 1024,
            }
        )

    def _loaded(self, token: bytes) -> Run | None:
        """Return None if the program was loaded, else the run of every call of it.

        Args:
            token: of the message that asked to load it
        """
        try:
            letter, data = self._await_reply(token, self._loading, _MAX_EXPLANATION)
            if letter == frames.LOADED:
                return None
            if letter != frames.NOT_LOADED:
                raise _Ended(RunStatus.GARBLED, "it replied to something it was not asked")
            try:
                return _told(RunStatus.NOT_LOADED, data)
            except DecodeError as why:
                raise _Ended(RunStatus.GARBLED, f"its reply cannot be read: {why}") from None
        except _Ended as ended:
            self.is_over = True
            error = f"while the file was being imported: {ended.error}"
            if ended.status is RunStatus.TIMED_OUT:
                error += "; is there a loop outside of any function?"
            return Run(RunStatus.NOT_LOADED, error=error, stdout=self._take_printed())

    def _call(self, call: Call) -> Run:
        most = self._limits.output_kib * 1024
        wall, cpu = time.perf_counter(), self._process.cpu_s()
        try:
            token = self._send(frames.CALL, call.message)
            letter, data = self._await_reply(token, self._limits, most + _ENVELOPE)
            run = self._reply(letter, data)
        except _Ended as ended:
            self.is_over = True
            run = Run(ended.status, error=ended.error)
        wall_s, cpu_s = time.perf_counter() - wall, self._process.cpu_s() - cpu
        return Run(
            status=run.status,
            value=run.value,
            error=run.error,
            line=run.line,
            traceback=run.traceback,
            stdout=self._take_printed(),
            wall_s=wall_s,
            cpu_s=max(0.0, cpu_s),
            peak_mib=self._process.peak_mib(),
        )

    def _reply(self, letter: bytes, data: bytes) -> Run:
        try:
            match letter:
                case frames.RETURNED:
                    return Run(RunStatus.RETURNED, value=decode(data))
                case frames.RAISED:
                    return _told(RunStatus.RAISED, data)
        except DecodeError as error:
            raise _Ended(RunStatus.GARBLED, f"its answer cannot be read: {error}") from None
        if letter == frames.NO_MEMORY:
            most = f"{self._limits.memory_mib} MiB"
            raise _Ended(RunStatus.OUT_OF_MEMORY, f"it asked for more memory than {most}")
        if letter == frames.TOO_LARGE:
            most = f"{self._limits.output_kib} KiB"
            raise _Ended(RunStatus.TOO_MUCH_OUTPUT, f"its answer is larger than {most}")
        raise _Ended(RunStatus.GARBLED, "its answer has no known form")

    def _send(self, letter: bytes, message: bytes) -> bytes:
        """Send a message and return its token, which the reply must begin with."""
        token = os.urandom(frames.TOKEN)
        self._process.send(frames.frame(letter, token, message))
        return token

    def _await_reply(self, token: bytes, limits: Limits, most: int) -> tuple[bytes, bytes]:
        """Return letter and content of the reply to a message.

        Raises:
            _Ended: if none comes, or one that is too long or replies to something else
        """
        reply = self._await_frame(limits, most)
        if reply[: frames.TOKEN] != token:
            raise _Ended(RunStatus.GARBLED, "it sent an answer that nobody had asked for")
        body = reply[frames.TOKEN :]
        return body[:1], body[1:]

    def _await_frame(self, limits: Limits, most: int) -> bytes:
        process = self._process
        deadline = time.monotonic() + limits.wall_s
        cpu_end = process.cpu_s() + limits.cpu_s
        looks = 0
        while True:
            if (frame := self._take_frame(most)) is not None:
                self._check_printed(limits)
                return frame
            self._check_printed(limits)
            if not process.is_open:
                self.close()
                how = self._how_it_ended or "the process closed the channel it answers on"
                if "processor time" in how:
                    raise _Ended(RunStatus.TIMED_OUT, how)
                raise _Ended(RunStatus.CRASHED, how)
            wall_left, cpu_left = deadline - time.monotonic(), cpu_end - process.cpu_s()
            if wall_left <= 0 or cpu_left <= 0:
                # This process may have been held up itself, by another thread that held the
                # interpreter lock: what has arrived by now counts, and is looked for without
                # waiting. A child that keeps sending pieces gets a bounded number of looks.
                before = len(process.received)
                process.wait(0)
                looks += 1
                has_more = len(process.received) > before or not process.is_open
                if has_more and looks <= _MAX_LATE_LOOKS:
                    continue
                if wall_left <= 0:
                    raise _Ended(RunStatus.TIMED_OUT, f"no answer within {limits.wall_s:g} s")
                used = f"it computed for more than {limits.cpu_s:g} s"
                raise _Ended(RunStatus.TIMED_OUT, used)
            process.wait(min(wall_left, max(cpu_left / _CORES, _GLANCE_S)))

    def _take_frame(self, most: int) -> bytes | None:
        received = self._process.received
        if len(received) < frames.HEADER:
            return None
        length = frames.length(received)
        if length > most + frames.TOKEN + 1:
            raise _Ended(RunStatus.TOO_MUCH_OUTPUT, f"its answer takes {length} bytes")
        if len(received) < frames.HEADER + length:
            return None
        frame = bytes(received[frames.HEADER : frames.HEADER + length])
        del received[: frames.HEADER + length]
        return frame

    def _check_printed(self, limits: Limits) -> None:
        if len(self._process.printed) > limits.output_kib * 1024:
            raise _Ended(RunStatus.TOO_MUCH_OUTPUT, f"it printed more than {limits.output_kib} KiB")

    def _take_printed(self) -> str:
        printed = bytes(self._process.printed)
        self._process.printed.clear()
        text = printed[:_SHOWN_BYTES].decode("utf-8", "replace")
        more = len(printed) - _SHOWN_BYTES
        return f"{text}\n… {more} more bytes" if more > 0 else text


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise DecodeError("a reply is not made of bytes")
    return value


def _told(status: RunStatus, data: bytes) -> Run:
    """A run of which the child has told an error, as far as it makes sense."""
    match decode(data):
        case {"error": str(error), "line": int(line), "traceback": str(traceback)}:
            # Of the line it may have said anything, numbers of thousands of digits among them.
            line = int(line) if 0 < line <= _MAX_LINES else 0
            return Run(status, error=error, line=line, traceback=traceback)
    raise DecodeError("an error was told in no known form")
