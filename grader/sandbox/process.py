"""The interface of a child process, which `forked` and `spawned` implement."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from grader.errors import OutOfResources, SandboxError, TooManyOpenFiles, TooManyProcesses
from grader.sandbox.limits import TOO_MANY_FILES, is_shortage

# Before each new attempt to start a process. Together they are longer than the usual limit of a
# call, after which a submission that takes all processes is ended.
RETRY_PAUSES_S = (0.02, 0.1, 0.5, 1.5, 4.0)
T = TypeVar("T")
KILLED = "it was killed, perhaps because memory ran out"
MAX_PRINTED = 8192  # bytes of printed output that are kept


class ServerEnded(SandboxError):
    """The fork server has ended, or does not answer."""


class Retry:
    """Repeats an action that fails because the machine has too little of something, with pauses.

    After it has failed in spite of all pauses, it is repeated only once the next time: a class does
    not wait for each of its submissions.
    """

    def __init__(self) -> None:
        self._gave_up = False

    def call(self, action: Callable[[], T]) -> T:
        """Return the result of the action.

        Raises:
            OutOfResources: if the last attempt fails, too
        """
        for pause in RETRY_PAUSES_S[:1] if self._gave_up else RETRY_PAUSES_S:
            with suppress(OutOfResources):
                result = action()
                self._gave_up = False
                return result
            time.sleep(pause)  # other processes may end meanwhile
        self._gave_up = True
        result = action()
        self._gave_up = False
        return result


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
    threads: int  # when it was last looked at; 0 if the number is unknown

    def send(self, data: bytes) -> None:
        """Queue bytes for the channel; they are sent while waiting."""

    def wait(self, seconds: float) -> None:
        """Wait until something arrives, or the time is over.

        When a reply has arrived, so has everything printed before it.
        """

    def cpu_s(self) -> float:
        """Return the processor time it has used; 0 if it is unknown."""

    def waited_s(self) -> float:
        """Return the time it could have run, but all cores were busy; 0 if it is unknown."""

    def look(self) -> None:
        """Count its threads."""

    def peak_mib(self) -> float:
        """Return its peak memory, without what it began with; 0 if it is unknown."""

    def remind(self) -> None:
        """Make it look at its clock while it loads a program; see `clock`."""

    def end(self) -> str:
        """End it and everything it started; describe how it exited, or return "" if it ran."""


def sandbox_error(action: str, error: OSError) -> SandboxError:
    """Return the exception for an action that the system refused.

    Args:
        action: like "start a process"
    """
    text = f"the grader cannot {action}: {error.strerror or error}"
    if error.errno in TOO_MANY_FILES:
        return TooManyOpenFiles(text)
    return TooManyProcesses(text) if is_shortage(error) else SandboxError(text)


def threads_of(status: bytes) -> int:
    """Return the number of threads in the kernel's status file of a process; 0 if it has ended."""
    # Searched at the start of a line, as the first line holds the name of the process, which the
    # submission can choose.
    number = status.partition(b"\nThreads:")[2].split(None, 1)
    return int(number[0]) if number else 0


def describe_exit(code: int) -> str:
    """Describe an exit code as `subprocess` gives it: a signal's number is negative."""
    import signal

    if code >= 0:
        return f"the process exited with code {code}, as after a call of os._exit"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    reason = {
        # A strict child cannot send itself SIGABRT; `abort` then ends it by an invalid instruction.
        "SIGSEGV": "a segmentation fault, or it called abort",
        "SIGABRT": "it called abort",
        "SIGBUS": "a bus error",
        "SIGFPE": "an arithmetic error in compiled code",
        "SIGILL": "an illegal instruction",
        "SIGKILL": KILLED,
        "SIGXCPU": "it used up its processor time",
    }
    return f"the process crashed: {reason.get(name, name)}"
