"""The layers of protection that a child applies before the first line of a submission runs.

    no-capabilities     no capabilities, even if root runs the grader; dropped by the server
    session             a separate process group, so that everything the child starts can be ended;
                        also a separate session, unless it has low priority (see `priority`)
    death-with-parent   the child cannot outlive the server, which ends with the host
    rlimits             processor time, address space, no file with content, few descriptors
    landlock            may open only Python, its packages and libraries, and only for reading
    seccomp             may make only the system calls that a numeric program needs

The tier `basic` has the first four; `strict` has all, and needs Linux 5.13. The server prepares the
layers once. If a layer of the requested tier cannot be applied, the child ends before it loads
anything.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import math
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from grader.sandbox import access_times, landlock, seccomp
from grader.sandbox.limits import (
    ProcessLimits,
    address_space,
    disable_unused,
    is_shortage,
    set_limits,
)
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
_HIGH = 10  # inherited descriptors are moved up here, above those of a child


def drop_privileges() -> None:
    """Drop, in the server and so in all its children, the privileges that neither needs.

    Raises:
        OSError: if the kernel refuses
    """
    # Or a program started by root's child would get capabilities again.
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if libc().capset(_OF_THIS_PROCESS, _NONE) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    disable_unused()
    # No core dumps, and no access to its memory by another child.
    prctl(PR_SET_DUMPABLE, 0)


class Confinement:
    """The layers that this machine supports, prepared for children.

    Attributes:
        missing: the layers of `strict` that this machine lacks, each with the reason
    """

    def __init__(self, folder: str, has_own_session: bool = True) -> None:
        """Prepare the layers.

        Args:
            folder: the children's working folder
            has_own_session: whether each child gets a session of its own
        """
        self.missing: list[str] = []
        self._folder = folder
        self._has_own_session = has_own_session
        self._private: set[str] = set()
        self.measure_address_space()
        self._ruleset = -1
        self._filter: seccomp.Filter | None = None
        libc()
        try:
            self._filter = seccomp.assemble()
            _check_seccomp()
        except OSError as error:
            _raise_shortage(error)
            self.missing.append(f"seccomp ({error.strerror or error})")
        with suppress(OSError):
            access_times.hold(landlock.readable_paths(()))
        try:
            self._ruleset = self._make_ruleset()
        except OSError as error:
            _raise_shortage(error)
            self.missing.append(f"Landlock ({error.strerror}; needs Linux 5.13 or newer)")

    def hide(self, path: str) -> bool:
        """Make a path unreadable for children that apply the layers from now on.

        Returns:
            whether children could read it so far

        Raises:
            OSError: if the kernel refuses
        """
        path = os.path.realpath(path)
        if self._ruleset < 0:
            return False
        was_readable = landlock.is_within(path, landlock.readable_paths(self._private))
        self._private.add(path)
        if was_readable:
            try:
                made = self._make_ruleset()
            except BaseException:
                self._private.discard(path)
                raise
            os.close(self._ruleset)
            self._ruleset = made
        return was_readable

    def settle(self) -> float:
        """Make the access times of what children may read constant; see `access_times`.

        Returns:
            the time, in seconds since the epoch, until which they are; 0 if that is unknown
        """
        paths = landlock.readable_paths(self._private)
        try:
            return access_times.settle(paths) if access_times.are_noted(paths) else math.inf
        except OSError:
            return 0.0

    def _make_ruleset(self) -> int:
        ruleset = landlock.make_ruleset(self._folder, self._private)
        try:
            return fcntl.fcntl(ruleset, fcntl.F_DUPFD_CLOEXEC, _HIGH)
        except OSError as error:
            if error.errno == errno.EINVAL:  # the limit of descriptors is below that number
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE)) from None
            raise
        finally:
            os.close(ruleset)

    def measure_address_space(self) -> None:
        """Measure the server's address space, to which a child's limit of memory is added."""
        self._inherited = address_space()

    def apply(self, limits: ProcessLimits, parent: int, strict: bool) -> None:
        """Apply all layers, in a child with a single thread.

        Raises:
            OSError: if a layer cannot be applied
        """
        for _, step in self.steps(limits, parent, strict):
            step()
        if self._ruleset >= 0:
            os.close(self._ruleset)

    def steps(
        self, limits: ProcessLimits, parent: int, strict: bool
    ) -> list[tuple[str, Callable[[], None]]]:
        """Return the names of the layers in order, each with the function that applies it."""
        basic: list[tuple[str, Callable[[], None]]] = [
            ("session", os.setsid if self._has_own_session else os.setpgrp),
            ("death-with-parent", partial(_die_with_parent, parent)),
            ("rlimits", partial(set_limits, limits, self._inherited)),
        ]
        if not strict:
            return basic
        return [*basic, ("landlock", self._apply_landlock), ("seccomp", self._apply_seccomp)]

    def _apply_landlock(self) -> None:
        if self._ruleset < 0:
            raise OSError(errno.ENOSYS, " and ".join(self.missing))
        landlock.restrict(self._ruleset)

    def _apply_seccomp(self) -> None:
        if self._filter is None:
            raise OSError(errno.ENOSYS, " and ".join(self.missing))
        self._filter.apply()

    def inherited_fds(self) -> tuple[int, ...]:
        """Return the descriptors that a child needs until the layers are applied."""
        return (self._ruleset,) if self._ruleset >= 0 else ()


def _raise_shortage(error: OSError) -> None:
    """Raise an error that does not mean that a layer is missing: a retry may succeed."""
    if is_shortage(error):
        raise error


def _check_seccomp() -> None:
    """Check that the kernel supports filters.

    Raises:
        OSError: if it does not
    """
    try:
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, None)
    except OSError as error:
        if error.errno != errno.EFAULT:  # a valid filter would have been accepted
            raise


def _die_with_parent(parent: int) -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent ended before the call
        os._exit(1)
