"""The interface of a child process, which `forked` and `spawned` implement."""

from __future__ import annotations

from typing import Protocol


class Process(Protocol):
    """A child process and the two streams that come from it."""

    received: bytearray  # sent over the channel, and not consumed yet
    printed: bytearray  # printed, and not consumed yet
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
