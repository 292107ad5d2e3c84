"""Seccomp: restricts a child to the system calls that a numeric program needs.

A filter is a small program that the kernel runs before each system call (see seccomp(2), BPF). The
server assembles it once, and each child applies it. A call that is not in the tables of
`allowed_calls` fails with EPERM, so that a library which merely tries it gets an exception and
continues. A call by the numbers of another architecture, which mean other calls, ends the process.

Some blocked calls look harmless: signals to any process, sockets of any family, shared memory,
questions about other processes, and changes of modes, owners, times, priorities and limits. A child
may start threads, but no processes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import NamedTuple

from grader.sandbox.allowed_calls import (
    ALLOWED,
    CHECKED,
    CLOCKS,
    CLONE,
    FUTEX,
    GETPRIORITY,
    MMAP,
    OF_OWN_PROCESS,
    OF_OWN_PROCESS_OR_UNKNOWN,
    OPEN,
    PRLIMIT,
    UNKNOWN,
)
from grader.sandbox.syscalls import PR_SET_SECCOMP, SECCOMP_MODE_FILTER, prctl

_ACCESS_MODE, _WRITE_ONLY, _READ_WRITE, _TRUNCATE = 0o3, 0o1, 0o2, 0o1000
# The flags of a thread as the C library starts it, which shares memory, folders, descriptors and
# signal handlers. Without CLONE_FILES (0x400), a thread would have its own descriptors, which the
# limit of the process does not count.
_CLONE_THREAD = 0x00010F00
_CLONE_NEW = 0x7E020080  # all flags for namespaces
_FUTEX_PRIVATE, _FUTEX_OPERATION = 0x80, 0x7F
_FUTEX_WAITING = (0, 9)  # WAIT and WAIT_BITSET
_FUTEX_LOCKING = (6, 8, 13)  # LOCK_PI, TRYLOCK_PI and LOCK_PI2
_MAP_TYPE, _MAP_PRIVATE = 0x0F, 0x02
_PRIO_PROCESS = 0
# A negative clock is `~pid << 3 | kind`: of a process, or with this bit of a thread.
_NEGATIVE, _CLOCKS_OF_PID_0, _CLOCK_OF_THREAD = 0x80000000, 0xFFFFFFF8, 0x4

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000  # numbers from here on have another calling convention

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in the data that the filter reads
_OWN_PROCESS = 0xFFFFFFFE  # in a step that compares numbers of processes: that of the child


class _Step(NamedTuple):
    code: int
    value: int
    if_true: int = 0
    if_false: int = 0


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("steps", ctypes.c_void_p))


class Filter:
    """An assembled filter, ready to be applied."""

    def __init__(self, steps: list[_Step]) -> None:
        code = b"".join(struct.pack("=HBBI", s.code, s.if_true, s.if_false, s.value) for s in steps)
        self._code = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(steps), ctypes.addressof(self._code))
        self._values = memoryview(self._code).cast("B").cast("I")
        self._own = [2 * at + 1 for at, step in enumerate(steps) if step.value == _OWN_PROCESS]

    def adapt_to(self, pid: int) -> None:
        """Make the filter that of a process with this number; without it, only 0 is its own."""
        for at in self._own:
            self._values[at] = pid

    def apply(self) -> None:
        """Filter the calls of this process, permanently. It must have no_new_privs.

        Raises:
            OSError: if the kernel refuses
        """
        self.adapt_to(os.getpid())
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(self._program))


def assemble(machine: str | None = None) -> Filter:
    """Assemble the filter for this machine.

    Raises:
        OSError: if the tables do not have the numbers of its architecture
    """
    name = machine or platform.machine()
    if name not in _MACHINES:
        raise OSError(f"no filter for the architecture {name}")
    column, architecture = _MACHINES[name]
    steps = [
        _Step(_LOAD, _ARCHITECTURE),
        _Step(_JUMP_EQUAL, architecture, 1, 0),
        _Step(_RETURN, _KILL),
        _Step(_LOAD, _NUMBER),
        _Step(_JUMP_AT_LEAST, _X32, 0, 1),
        _Step(_RETURN, _KILL),
    ]
    return Filter([*steps, *_search(sorted(_actions_by_number(column).items()))])


_REFUSE = [_Step(_RETURN, _ERRNO | errno.EPERM)]


def _actions_by_number(column: int) -> dict[int, list[_Step]]:
    """Return the steps for the numbers from each key up to the next; every path returns."""
    allow, ignore = [_Step(_RETURN, _ALLOW)], [_Step(_RETURN, _ERRNO | errno.ENOSYS)]
    listed = {numbers[column]: allow for numbers in ALLOWED.values()}
    listed |= {numbers[column]: ignore for numbers in UNKNOWN.values()}
    listed |= {
        numbers[column]: _one_of(which, values) for numbers, which, values in CHECKED.values()
    }
    listed |= {numbers[column]: _open_without_emptying(which) for numbers, which in OPEN.values()}
    listed |= {
        numbers[column]: _of_own_process(which) for numbers, which in OF_OWN_PROCESS.values()
    }
    listed |= {
        numbers[column]: _of_own_process(which, errno.ENOSYS)
        for numbers, which in OF_OWN_PROCESS_OR_UNKNOWN.values()
    }
    listed |= {numbers[column]: _own_clocks_only() for numbers in CLOCKS.values()}
    listed |= {
        CLONE[column]: _thread_only(),
        FUTEX[column]: _private_futex(),
        GETPRIORITY[column]: _own_priority_only(),
        MMAP[column]: _private_mapping(),
        PRLIMIT[column]: _own_limits_only(),
    }
    from_here: dict[int, list[_Step]] = {}
    before: list[_Step] = []
    for number in sorted({0} | {n + after for n in listed if n is not None for after in (0, 1)}):
        action = listed.get(number, _REFUSE)
        if action != before:
            from_here[number] = before = action
    return from_here


def _search(actions: list[tuple[int, list[_Step]]]) -> list[_Step]:
    """Return the steps that find the action for a call by binary search.

    The kernel runs a new filter on every number, to find those that are always allowed: a filter
    that compared number by number would take as long as all other layers together.
    """
    if len(actions) == 1:
        return actions[0][1]
    if len(actions) == 3 and actions[0][1] == actions[2][1] and _are_next(*actions[1:]):
        # A single number between others that are treated alike, which is most frequent.
        number, steps = actions[1]
        return [_Step(_JUMP_EQUAL, number, 0, len(steps)), *steps, *actions[0][1]]
    # An odd number of ranges on the left, so that single numbers are not separated.
    middle = len(actions) // 2 | 1 if len(actions) > 3 else len(actions) // 2
    below, above = _search(actions[:middle]), _search(actions[middle:])
    return [_Step(_JUMP_AT_LEAST, actions[middle][0], len(below), 0), *below, *above]


def _are_next(one: tuple[int, list[_Step]], other: tuple[int, list[_Step]]) -> bool:
    return other[0] == one[0] + 1


def _one_of(argument: int, values: tuple[int, ...]) -> list[_Step]:
    # In these calls the kernel uses only the lower half of the argument.
    load = _Step(_LOAD, _ARGUMENTS + 8 * argument)
    return [load, *_jumps(values), _Step(_RETURN, _ALLOW), _Step(_RETURN, _ERRNO | errno.EPERM)]


def _jumps(values: tuple[int, ...]) -> list[_Step]:
    """Return steps that continue after themselves for these values, for others a step later."""
    last = len(values) - 1
    return [
        _Step(_JUMP_EQUAL, value, last - at, 1 if at == last else 0)
        for at, value in enumerate(values)
    ]


def _thread_only() -> list[_Step]:
    """Allow a clone that starts a thread as the C library does, without a namespace."""
    return [
        _Step(_LOAD, _ARGUMENTS),
        _Step(_JUMP_ANY_BIT, _CLONE_NEW, 3, 0),
        _Step(_AND, _CLONE_THREAD),
        _Step(_JUMP_EQUAL, _CLONE_THREAD, 0, 1),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | errno.EAGAIN),
    ]


def _open_without_emptying(argument: int) -> list[_Step]:
    """Refuse O_TRUNC unless the file is opened for writing, which Landlock then decides on.

    Before its version 3 (Linux 6.2) Landlock knows no right to truncate, and
    `open(path, O_RDONLY | O_TRUNC)` empties a file that may only be read.
    """
    return [
        _Step(_LOAD, _ARGUMENTS + 8 * argument),
        _Step(_JUMP_ANY_BIT, _TRUNCATE, 0, 3),
        _Step(_AND, _ACCESS_MODE),
        _Step(_JUMP_EQUAL, _WRITE_ONLY, 1, 0),
        _Step(_JUMP_EQUAL, _READ_WRITE, 0, 1),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | errno.EPERM),
    ]


def _private_mapping() -> list[_Step]:
    """Allow memory of this process alone, as the limit of address space counts it.

    The kernel keeps all of a shared mapping while one page of it is mapped, in any process, and the
    limit counts that page. Other types may be dropped, or are unknown.
    """
    return [
        _Step(_LOAD, _ARGUMENTS + 8 * 3),
        _Step(_AND, _MAP_TYPE),
        _Step(_JUMP_EQUAL, _MAP_PRIVATE, 0, 1),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | errno.EPERM),
    ]


def _private_futex() -> list[_Step]:
    """Allow futexes private to this process; nobody waits on a shared one.

    A shared futex can be in a page of a file that two submissions may read, also if each has mapped
    it privately. One could wake the other, and so pass on information: by a call, which is refused,
    or by ending a thread, as the kernel then wakes the futex at any address that was given when the
    thread was started. So nobody may wait: who does is asked to look again, as after any change.

    This concerns the C library while it waits for the end of a thread (WAIT_BITSET), and C++
    libraries while another thread initialises a static variable (WAIT). Both look again until it
    has happened. Locks with priorities need a page that can be written, which is private.
    """
    return [
        _Step(_LOAD, _ARGUMENTS + 8),
        _Step(_JUMP_ANY_BIT, _FUTEX_PRIVATE, len(_FUTEX_WAITING) + len(_FUTEX_LOCKING) + 2, 0),
        _Step(_AND, _FUTEX_OPERATION),
        *_jumps(_FUTEX_WAITING),
        _Step(_RETURN, _ERRNO | errno.EAGAIN),
        *_jumps(_FUTEX_LOCKING),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | errno.EPERM),
    ]


def _own_clocks_only() -> list[_Step]:
    """Allow clocks of the machine, of this process as number 0, and of threads.

    The kernel itself refuses the clocks of other processes' threads, but not those of processes.
    """
    return [
        _Step(_LOAD, _ARGUMENTS),
        _Step(_JUMP_AT_LEAST, _CLOCKS_OF_PID_0, 2, 0),
        _Step(_JUMP_AT_LEAST, _NEGATIVE, 0, 1),
        _Step(_JUMP_ANY_BIT, _CLOCK_OF_THREAD, 0, 1),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | errno.EPERM),
    ]


def _of_own_process(argument: int, error: int = errno.EPERM) -> list[_Step]:
    """Allow a call for this process; for others, return the error without looking for them."""
    return [
        _Step(_LOAD, _ARGUMENTS + 8 * argument),
        _Step(_JUMP_EQUAL, 0, 1, 0),
        _Step(_JUMP_EQUAL, _OWN_PROCESS, 0, 1),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | error),
    ]


def _own_priority_only() -> list[_Step]:
    """Allow getpriority for this process, and not for a group or a user."""
    own = _of_own_process(1)
    return [
        _Step(_LOAD, _ARGUMENTS),
        _Step(_JUMP_EQUAL, _PRIO_PROCESS, 0, len(own) - 1),
        *own,
    ]


def _own_limits_only() -> list[_Step]:
    """Allow prlimit to read the limits of this process, not to change them or read others'."""
    refuse = _Step(_RETURN, _ERRNO | errno.EPERM)
    return [
        _Step(_LOAD, _ARGUMENTS + 16),
        _Step(_JUMP_EQUAL, 0, 1, 0),
        refuse,
        _Step(_LOAD, _ARGUMENTS + 20),
        _Step(_JUMP_EQUAL, 0, 1, 0),
        refuse,
        *_of_own_process(0),
    ]
