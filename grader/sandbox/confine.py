"""What a child gives up before the first line of a submission runs.

The layers:

    no-capabilities     none, even where the grader is run by root; given up by the server already
    session             a group of its own, so that all it starts can be ended
    death-with-parent   it cannot outlive the server, nor the server the host
    rlimits             processor time, address space, files without a byte, few descriptors
    landlock            what it may open: Python, its packages and libraries, to read
    seccomp             what it may ask of the kernel at all

The first four are the tier `basic`; with the last two, which need a recent Linux, it is `strict`.
What can be prepared is prepared once, in the server. A layer that was promised and cannot be put on
ends the child before it has loaded anything.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
from collections.abc import Callable
from functools import partial

from grader.sandbox import landlock, seccomp
from grader.sandbox.limits import ProcessLimits, address_space, limit, limit_what_none_needs
from grader.sandbox.syscalls import (
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    PR_SET_SECCOMP,
    SECCOMP_MODE_FILTER,
    libc,
    prctl,
)

_CAPABILITY_VERSION_3 = 0x20080522
_OF_THIS_PROCESS = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
_NONE = (ctypes.c_uint32 * 6)()
_HIGH = 100  # descriptors of ours are moved up here, out of the way of a child's own


def drop_rights() -> None:
    """Give up, in the server and so in all its children, what neither needs.

    Raises:
        OSError: if the kernel refuses
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)  # or a program that root's child starts would have them again
    if libc().capset(_OF_THIS_PROCESS, _NONE) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    limit_what_none_needs()
    # Neither dumps of its memory, nor a look into it by another child.
    prctl(PR_SET_DUMPABLE, 0)


class Confinement:
    """The layers of this machine, prepared.

    Attributes:
        missing: the layers of `strict` that this machine lacks, each with the reason
    """

    def __init__(self, folder: str, ours: str) -> None:
        """Prepare them.

        Args:
            folder: the children's working folder
            ours: the folder our own package lies in, which children may not read
        """
        self.missing: list[str] = []
        self.measure()
        self._ruleset = -1
        self._filter: seccomp.Filter | None = None
        libc()
        try:
            self._filter = seccomp.assemble()
            _ask_for_seccomp()
        except OSError as error:
            self.missing.append(f"seccomp ({error.strerror or error})")
        try:
            ruleset = landlock.ruleset(folder, ours)
            self._ruleset = fcntl.fcntl(ruleset, fcntl.F_DUPFD_CLOEXEC, _HIGH)
            os.close(ruleset)
        except OSError as error:
            self.missing.append(f"Landlock ({error.strerror}; needs Linux 5.13 or newer)")

    def measure(self) -> None:
        """See how large the server has become: a child's limit of memory goes on top of that."""
        self._inherited = address_space()

    def apply(self, bounds: ProcessLimits, parent: int, strict: bool) -> None:
        """Give up what is not needed, in a child that has one thread.

        Raises:
            OSError: if a layer cannot be put on
        """
        for _, step in self.steps(bounds, parent, strict):
            step()
        if self._ruleset >= 0:
            os.close(self._ruleset)

    def steps(
        self, bounds: ProcessLimits, parent: int, strict: bool
    ) -> list[tuple[str, Callable[[], None]]]:
        """The layers by name, each with what puts it on, in order."""
        basic: list[tuple[str, Callable[[], None]]] = [
            ("session", _leave_the_session),
            ("death-with-parent", partial(_die_with, parent)),
            ("rlimits", partial(limit, bounds, self._inherited)),
        ]
        if not strict:
            return basic
        return [*basic, ("landlock", self._put_on_landlock), ("seccomp", self._put_on_seccomp)]

    def _put_on_landlock(self) -> None:
        if self._ruleset < 0:
            raise OSError(errno.ENOSYS, " and ".join(self.missing))
        landlock.restrict(self._ruleset)

    def _put_on_seccomp(self) -> None:
        if self._filter is None:
            raise OSError(errno.ENOSYS, " and ".join(self.missing))
        self._filter.apply()

    def keep_open(self) -> tuple[int, ...]:
        """The descriptors a child needs until it has put the layers on."""
        return (self._ruleset,) if self._ruleset >= 0 else ()


def _ask_for_seccomp() -> None:
    """Raises OSError if the kernel knows no filters."""
    try:
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, None)
    except OSError as error:
        if error.errno != errno.EFAULT:  # that is: it would take one, if this were one
            raise


def _leave_the_session() -> None:
    os.setsid()


def _die_with(parent: int) -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
