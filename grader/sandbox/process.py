"""The interface of a child process, which `forked` and `spawned` implement."""

from __future__ import annotations

import codecs
from typing import Protocol

MAX_PRINTED = 8192  # bytes of printed output that are kept


class Printed:
    """Printed output that has not been consumed yet: its beginning and its length.

    The rest is dropped as it arrives, so a program may print as much as its time allows.
    """

    def __init__(self) -> None:
        self.length = 0
        self._kept = bytearray()

    def __bool__(self) -> bool:
        return self.length > 0

    def extend(self, data: bytes) -> None:
        """Add what has arrived."""
        self.length += len(data)
        self._kept += data[: MAX_PRINTED - len(self._kept)]

    def take(self) -> str:
        """Consume the output and return its beginning, with a note if something was dropped."""
        if not self.length:
            return ""
        is_cut = self.length > len(self._kept)
        # A character may be cut in the middle.
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(self._kept, not is_cut)
        note = f"[{_size(self.length)} printed, the first {_size(MAX_PRINTED)} are kept]\n"
        self.length = 0
        self._kept.clear()
        return note + text if is_cut else text


def _size(count: int) -> str:
    """Return a number of bytes for readers, like "2.0 MiB"."""
    if count < 1 << 20:
        return f"{count / 1024:.0f} KiB" if count % 1024 == 0 else f"{count / 1024:.1f} KiB"
    return f"{count / (1 << 20):.1f} MiB"


class Process(Protocol):
    """A child process and the two streams that come from it."""

    received: bytearray  # sent over the channel, and not consumed yet
    printed: Printed
    is_open: bool  # whether more can arrive over the channel

    def send(self, data: bytes) -> None:
        """Queue bytes for the channel; they are sent while waiting."""

    def wait(self, seconds: float) -> None:
        """Wait until something arrives, or the time is over.

        When a reply has arrived, so has everything printed before it.
        """

    def cpu_s(self) -> float:
        """Return the processor time it has used; 0 if it is unknown."""

    def peak_mib(self) -> float:
        """Return its peak memory, without what it began with; 0 if it is unknown."""

    def end(self) -> str:
        """End it and everything it started; describe how it exited, or return "" if it ran."""


def describe_exit(code: int) -> str:
    """Describe an exit code as `subprocess` gives it: a signal's number is negative."""
    import signal

    if code >= 0:
        return f"the process exited with code {code}, as by os._exit"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    reason = {
        "SIGSEGV": "a segmentation fault",
        "SIGABRT": "it called abort",
        "SIGBUS": "a bus error",
        "SIGFPE": "an arithmetic error in compiled code",
        "SIGILL": "an illegal instruction",
        "SIGKILL": "it was killed, perhaps because memory ran out",
        "SIGXCPU": "it used up its processor time",
    }
    return f"the process crashed: {reason.get(name, name)}"
