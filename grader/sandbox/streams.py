"""Standard input and output of a submission: what a call reads, and what it prints.

A submission may keep a stream from its import on (`from sys import stdin`), use the bytes below it
(`sys.stdout.buffer`), or its descriptor (`open(0)`). So a child makes both streams once, before it
loads a submission, and a call only changes what they read and where they write. They stay open
whatever a submission does, because later calls need them.

A stream of the submission's own over an input (`open(0)`, `io.TextIOWrapper(sys.stdin.buffer)`)
may be kept, too. It gets one line at a time, as from a terminal, so it has at most the rest of a
line left for the next call. A program that asks for more than it uses, as by `os.read(0, 8192)`,
has the rest left in its own variables.

What is printed counts as UTF-8, whatever encoding a submission chooses. What a program writes by
other ways to the descriptor, such as a copy of it by `os.dup`, is part of the report only.
"""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol

_MAX_BYTES = 4  # of a character


class _Target(io.RawIOBase):
    """Where an output is written to: a descriptor; or memory, as long as a call is watched."""

    name = "<stdout>"
    mode = "wb"

    write: Any  # an attribute, so that between calls no code in Python makes printing slower

    def __init__(self, real: io.FileIO | None) -> None:
        self._real = real
        self._kept = bytearray()
        self._left = 0
        self._write_through = self._keep if real is None else real.write
        self.write = self._write_through

    def keep(self, max_bytes: int) -> None:
        """Keep what is written from now on, up to a number of bytes; the rest is dropped."""
        self._kept, self._left = bytearray(), max_bytes
        self.write = self._keep

    def take(self) -> bytes:
        """Return what was kept, and keep no more."""
        self.write, self._left = self._write_through, 0
        kept, self._kept = self._kept, bytearray()
        return bytes(kept)

    def _keep(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._kept += view[: self._left]
        self._left = max(0, self._left - len(view))
        return len(view)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._real.fileno() if self._real is not None else super().fileno()

    def close(self) -> None:
        """Stay open."""


class _Writer(io.BufferedWriter):
    """The bytes of an output."""

    def close(self) -> None:
        self.flush()

    def detach(self) -> Any:
        self.flush()
        return self.raw


class _Source(io.BytesIO):
    """The bytes of an input, which is empty except during a call that may read."""

    name = "<stdin>"
    mode = "rb"

    # Streams over this one read by it, or by `readinto`. No method in Python, which is slow.
    read1 = io.BytesIO.readline

    def __init__(self, descriptor: int | None) -> None:
        super().__init__()
        self._descriptor = descriptor

    def writable(self) -> bool:
        return False

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        found = self.readline(len(view))
        view[: len(found)] = found
        return len(found)

    readinto1 = readinto

    def peek(self, size: int = 0) -> bytes:
        return self.getvalue()[self.tell() :]

    def getbuffer(self) -> memoryview:
        return memoryview(bytearray(self.getvalue()))  # as long as a view is kept, nothing changes

    def fileno(self) -> int:
        return super().fileno() if self._descriptor is None else self._descriptor

    def close(self) -> None:
        """Stay open."""


class _Descriptor(io.RawIOBase):
    """The same input, as a program reads it by the number of its descriptor."""

    name = 0
    mode = "rb"

    def __init__(self, source: _Source) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        return self._source.read(size)

    def readall(self) -> bytes:
        return self._source.read()

    def readinto(self, buffer: Any) -> int:
        return self._source.readinto(buffer)

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._source.fileno()

    def close(self) -> None:
        """Stay open."""


class _Text(io.TextIOWrapper):
    """The text of either; a program that wraps its bytes once more may have closed the first."""

    def close(self) -> None:
        self.flush()

    def detach(self) -> Any:
        self.flush()
        return self.buffer


class Descriptors(Protocol):
    """What replaces Python's functions that use descriptors; see `scratch`."""

    def connect(self, files: Mapping[int, io.RawIOBase]) -> None: ...

    def disconnect(self, descriptors: Iterable[int]) -> None: ...


class Streams:
    """Both streams.

    Args:
        descriptors: of a process that belongs to submissions; elsewhere, the streams are used only
            during calls, and have no descriptors
    """

    def __init__(self, descriptors: Descriptors | None) -> None:
        is_real = descriptors is not None
        self._descriptors = descriptors
        self._target = _Target(io.FileIO(1, "w", closefd=False) if is_real else None)
        self._source = _Source(0 if is_real else None)
        # No line ends change. Half a character is read as it is, and printed as an escape.
        self.stdout = _Text(
            _Writer(self._target), "utf-8", "backslashreplace", "\n", line_buffering=True
        )
        self.stdin = _Text(self._source, "utf-8", "surrogatepass", "\n")
        self.stdout.mode, self.stdin.mode = "w", "r"  # type: ignore[misc]
        self._files: dict[int, io.RawIOBase] = {0: _Descriptor(self._source), 1: self._target}
        self._max_chars = 0
        self._before: tuple[Any, Any] = (None, None)
        self._input = builtins.input

    def connect_input(self) -> None:
        """Let a submission open its input by the descriptor from its import on, if it has one.

        Only once the process has its own descriptors: `os.close(0)` then does not close the real
        one any more.
        """
        if self._descriptors is not None:
            self._descriptors.connect({0: self._files[0]})

    def begin(self, text: str, max_chars: int) -> None:
        """Let a call read a text, and keep what it prints.

        Args:
            max_chars: of what it prints; the rest is dropped
        """
        _flush(self.stdout)  # what was printed before does not count
        # A program may delete either of them.
        self._before = getattr(sys, "stdin", None), getattr(sys, "stdout", None)
        sys.stdin, sys.stdout = self.stdin, self.stdout
        self._max_chars = max_chars
        if text:
            self._feed(text)
        self._target.keep(_MAX_BYTES * max_chars)
        if self._descriptors is not None:
            self._descriptors.connect(self._files)
        else:
            self._input, builtins.input = builtins.input, _input

    def end(self) -> str:
        """Return what the call has printed, and print it for the report."""
        before = self._before
        # It may have written to a stream of its own over the same bytes.
        for stream in (getattr(sys, "stdout", None), before[1], self.stdout):
            _flush(stream)
        sys.stdin, sys.stdout = before
        if self._descriptors is not None:
            self._descriptors.disconnect([1])
        else:
            builtins.input = self._input
        printed = self._target.take().decode("utf-8", "replace")[: self._max_chars]
        if self._source.getvalue():
            self._feed("")
        print(printed, end="", file=self.stdout if self._descriptors is not None else sys.stdout)
        return printed

    def _feed(self, text: str) -> None:
        """Let the input consist of a text, whatever was read before."""
        self._source.seek(0)
        self._source.truncate()
        self._source.write(text.encode("utf-8", "surrogatepass"))
        self.stdin.seek(0)  # forgets what it has read ahead


def _input(prompt: object = "", /) -> str:
    """Read a line of the input. That of Jupyter asks at the keyboard, whatever `sys.stdin` is.

    Raises:
        EOFError: at its end
    """
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")


def _flush(stream: Any) -> None:
    with suppress(BaseException):  # closed or replaced by the submission
        stream.flush()


_streams: Streams | None = None


def install(descriptors: Descriptors) -> None:
    """Make the streams of this process, which then belongs to submissions."""
    global _streams
    _streams = Streams(descriptors)
    sys.stdin = sys.__stdin__ = _streams.stdin  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _streams.stdout  # type: ignore[misc]


def streams() -> Streams:
    """Return the streams for calls in this process."""
    global _streams
    if _streams is None:
        _streams = Streams(None)
    return _streams
