"""Spawned children: a new interpreter for each, where fork does not exist or is not safe.

Windows has no fork, and on macOS a forked process must not use the system's libraries. Channel
and streams are pipes, which threads read, because Windows can wait for sockets but not for pipes.
"""

from __future__ import annotations

import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import IO, NoReturn, TypeAlias

from grader.errors import PreloadError, TooManyProcesses
from grader.sandbox import child, clock, streams
from grader.sandbox.interpreter import (
    command,
    environment,
    remove_folder,
    start_collecting,
    work_folder,
)
from grader.sandbox.limits import (
    ProcessLimits,
    address_space,
    are_supported,
    disable_unused,
    set_limits,
)
from grader.sandbox.priority import waited_s
from grader.sandbox.process import Printed, describe_exit, sandbox_error, threads_of
from grader.sandbox.scratch import Scratch

_CHUNK = 1 << 16
_MAX_EVENTS = 16  # in the queue
# Output that may still be on its way when a reply arrives: what the queue holds, what a thread has
# read, and what is in the pipe, which may be read in pieces. A child may print without end.
_MAX_LATE = 2 * _MAX_EVENTS
_EXIT_TIMEOUT_S = 0.5  # of a child that has closed its channel
_SETTLE_S = 0.005  # until one looks again whether all output printed before a reply has arrived
_MAX_SETTLE_S = 5.0

Event: TypeAlias = tuple[bytearray | Printed, bytes]  # of a stream; without bytes if it has ended


def main(memory_mib: int, cpu_s: int, preload: Sequence[str]) -> NoReturn:
    """Be a child process: the channel replaces standard input and output."""
    read, write = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    scratch = Scratch(os.getcwd())
    scratch.install()  # before any module takes one of the functions it replaces
    streams.install(scratch)
    try:
        for name in ("numpy", *preload):  # not part of the submission's time
            import_module(name)
        start_collecting()
        if are_supported():
            os.setsid()
            disable_unused()
            set_limits(ProcessLimits(memory_mib, cpu_s), address_space())
        clock.install()
        child.serve(read, write)
    finally:
        os._exit(0)


class Spawned:
    """A child with an interpreter of its own. See `process.Process`."""

    def __init__(self, limits: ProcessLimits, preload: Sequence[str]) -> None:
        """Start the process.

        Raises:
            PreloadError: if a module to load is not installed
        """
        for name in preload:
            if find_spec(name.partition(".")[0]) is None:
                raise PreloadError(preload, f"there is no module {name}")
        self.received = bytearray()
        self.printed = Printed()
        self.is_open = True
        self.threads = 0
        try:
            self._folder = work_folder()
        except OSError as error:
            raise sandbox_error("create a folder", error) from None
        try:
            self._process = subprocess.Popen(
                command(
                    "grader.sandbox.spawned", f"{limits.memory_mib}, {limits.cpu_s}, {preload!r}"
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._folder,
                env=environment(self._folder),
                bufsize=0,
            )
        except OSError as error:
            remove_folder(self._folder)
            raise sandbox_error("start a process", error) from None
        self._streams = 2  # that are still open
        self._passing_on = threading.Lock()  # held while printed output is on its way to the queue
        # Bounded, so that a flood waits in the child's own pipe.
        self._events: queue.Queue[Event] = queue.Queue(_MAX_EVENTS)
        self._held: Event | None = None  # taken from the queue, and the first of the next `wait`
        self._outgoing: queue.Queue[bytes | None] = queue.Queue()
        assert self._process.stdin and self._process.stdout and self._process.stderr
        if sys.platform != "win32":
            os.set_blocking(self._process.stderr.fileno(), False)
        for target, args in (
            (self._read, (self._process.stdout, self.received)),
            (self._read, (self._process.stderr, self.printed)),
            (self._write, (self._process.stdin,)),
        ):
            try:
                threading.Thread(target=target, args=args, daemon=True).start()
            except RuntimeError:  # the first threads end with the process
                self._kill()
                self._process.wait()
                remove_folder(self._folder)
                raise TooManyProcesses("the grader cannot start a thread") from None

    def send(self, data: bytes) -> None:
        self._outgoing.put(data)

    def wait(self, seconds: float) -> None:
        event = self._next(max(seconds, _SETTLE_S))
        if event is None:
            return
        self._take(event)
        if event[0] is self.printed:
            return
        # Output printed before a reply may arrive after it: they are two pipes.
        taken, end = 0, time.monotonic() + _MAX_SETTLE_S
        # No longer: a child may take back what it prints without end.
        while taken < _MAX_LATE and time.monotonic() < end:
            has_more = self._has_output()
            event = self._next(_SETTLE_S if has_more else 0)
            if event is None:
                if not has_more:
                    return
            elif event[0] is self.received:  # the reply goes on, and output may come before its end
                self._held = event
                return
            else:
                self._take(event)
                taken += 1

    def _next(self, seconds: float) -> Event | None:
        """Return the next event; None if there is none within the time."""
        if self._held is not None:
            event, self._held = self._held, None
            return event
        try:
            return self._events.get(timeout=seconds)
        except queue.Empty:
            return None

    def _has_output(self) -> bool:
        """Return whether printed output is on its way, in the pipe or between pipe and queue."""
        if sys.platform == "win32":  # it cannot be known there
            time.sleep(_SETTLE_S)
            return False
        return is_readable(self._process.stderr, 0) or self._passing_on.locked()

    def cpu_s(self) -> float:
        if not sys.platform.startswith("linux"):
            return 0.0
        try:
            return time.clock_gettime((~self._process.pid << 3) | 2)
        except OSError:
            return 0.0

    def waited_s(self) -> float:
        return waited_s(self._process.pid)

    def look(self) -> None:
        if sys.platform.startswith("linux"):
            with suppress(OSError), open(f"/proc/{self._process.pid}/status", "rb") as file:
                self.threads = threads_of(file.read())

    def peak_mib(self) -> float:
        return 0.0

    def remind(self) -> None:
        if clock.SIGNAL is not None:
            self._process.send_signal(clock.SIGNAL)

    def end(self) -> str:
        description = ""
        if not self.is_open:
            with suppress(subprocess.TimeoutExpired):
                description = describe_exit(self._process.wait(_EXIT_TIMEOUT_S))
        self._kill()
        self._process.wait()
        self._outgoing.put(None)
        while self._streams:  # the last output, and the end of the threads
            event = self._next(_EXIT_TIMEOUT_S)
            if event is None:  # a process it started keeps them open
                break
            self._take(event)
        remove_folder(self._folder)
        return description

    def _kill(self) -> None:
        if sys.platform != "win32":
            import signal

            # It may not have its own group yet.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _take(self, event: Event) -> None:
        stream, data = event
        stream.extend(data)
        if not data:
            self._streams -= 1
            if stream is self.received:
                self.is_open = False

    def _read(self, pipe: IO[bytes], stream: bytearray | Printed) -> None:
        is_output = stream is self.printed and sys.platform != "win32"
        data: bytes | None = None
        while data != b"":
            if is_output:
                is_readable(pipe, None)
            with self._passing_on if is_output else nullcontext():
                # None if the child has taken its output back, so that there is nothing to wait for.
                data = pipe.read(_CHUNK)
                if data is not None:
                    self._events.put((stream, data))
        pipe.close()

    def _write(self, pipe: IO[bytes]) -> None:
        try:
            while (data := self._outgoing.get()) is not None:
                pipe.write(data)
            pipe.close()
        except OSError:  # it does not read any more
            pass


def is_readable(pipe: IO[bytes] | None, milliseconds: int | None) -> bool:
    """Return whether a pipe has data, or has ended; without a time, wait until it does.

    A pipe that was closed here has none.
    """
    poll = select.poll()
    try:
        poll.register(pipe or -1, select.POLLIN)
    except ValueError:
        return False
    return bool(poll.poll(milliseconds))
