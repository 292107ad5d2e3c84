"""What the host needs of a child, however it was started.

`forked` has it from a fork server, `spawned` starts a new interpreter.
"""

from __future__ import annotations

from typing import Protocol


class Process(Protocol):
    """A child and the two streams that come from it."""

    received: bytearray  # what it sent over the channel and nobody has taken yet
    printed: bytearray  # what it printed and nobody has taken yet
    is_open: bool  # whether more can come over the channel

    def send(self, data: bytes) -> None:
        """Hand over bytes for the channel; they go out while waiting."""

    def wait(self, seconds: float) -> None:
        """Until something comes, or the time is over.

        With a reply, what was printed before it must have come as well.
        """

    def cpu_s(self) -> float:
        """The processor time it has used; 0 where the system does not tell."""

    def peak_mib(self) -> float:
        """The most memory it has had, without what it began with; 0 where not told."""

    def end(self) -> str:
        """End it and all it started; how it ended by itself, in words, or nothing if it had not."""


def how_it_ended(code: int) -> str:
    """An exit code as `subprocess` gives it, in words: a signal's number is negative."""
    import signal

    if code >= 0:
        return f"the process ended by itself, with exit code {code}: os._exit does that"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    reason = {
        "SIGSEGV": "a segmentation fault",
        "SIGABRT": "it aborted itself",
        "SIGBUS": "a bus error",
        "SIGFPE": "an arithmetic error in compiled code",
        "SIGILL": "an illegal instruction",
        "SIGKILL": "it was killed, perhaps for want of memory",
        "SIGXCPU": "it used up its processor time",
    }
    return f"the process crashed: {reason.get(name, name)}"
