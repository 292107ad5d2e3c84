"""Landlock: restricts the files a child may open to Python, its packages and libraries, read-only.

The server creates a ruleset once; each child applies it. Rulesets can only be added, and also hold
for processes that the child starts. See landlock(7). Not covered: testing whether a file exists;
and changing its mode, owner or times, which seccomp blocks.
"""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig

from grader.sandbox.syscalls import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all architectures
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
# The number of rights, by the version of the interface (Linux 5.13, 5.19, 6.2, 6.7, 6.10).
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET = (1 << 2) - 1  # binding and connecting TCP, from version 4 on
_SCOPES = (1 << 2) - 1  # abstract sockets and signals, from version 6 on

_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/local/lib", "/usr/lib64")
_FILES = (
    "/dev/zero",
    "/dev/urandom",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/usr/share/zoneinfo",
    "/usr/share/locale",
)


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return the version of the kernel's interface; 0 without Landlock."""
    try:
        return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    except OSError:
        return 0


def make_ruleset(folder: str, root: str) -> int:
    """Create the ruleset, and return its descriptor for `restrict`.

    Args:
        folder: the child's working folder, which it may list
        root: the folder that contains the package `grader`, which it may not read

    Raises:
        OSError: if the kernel does not support Landlock
    """
    abi = version()
    rights = _RIGHTS.get(abi, max(_RIGHTS.values()))
    attributes = _Ruleset((1 << rights) - 1, _NET if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    # Older kernels expect a shorter structure.
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    descriptor = syscall(
        _CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    for path in readable_paths(root):
        _allow(descriptor, path, _READ_FILE | _READ_DIR)
    _allow(descriptor, os.devnull, _READ_FILE | _WRITE_FILE)
    _allow(descriptor, folder, _READ_DIR)
    return descriptor


def restrict(descriptor: int) -> None:
    """Apply the ruleset to this process, permanently. It must have no_new_privs.

    Raises:
        OSError: if the kernel refuses
    """
    syscall(_RESTRICT_SELF, ctypes.c_int(descriptor), ctypes.c_uint32(0))


def readable_paths(root: str) -> list[str]:
    """Return the paths that a child may read: Python and its packages, without `grader`."""
    paths = [*_FILES]
    for folder in dict.fromkeys([*_libraries(), *_module_folders()]):
        if not _overlaps_package(folder, root):
            paths.append(folder)
        elif os.path.isdir(folder):
            # It contains the package, directly or deeper: allow its other entries.
            entries = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
            paths += [path for path in entries if not _overlaps_package(path, root)]
    return paths


_PACKAGES = ("site-packages", "dist-packages")


def _overlaps_package(path: str, root: str) -> bool:
    """Whether the path is the package `grader`, or is above or below it."""
    path = os.path.realpath(path)
    package = os.path.join(os.path.realpath(root), "grader")
    return f"{package}{os.sep}".startswith(path + os.sep) or path.startswith(package + os.sep)


def _libraries() -> list[str]:
    """Return the folders of shared libraries, of the system and of the interpreter."""
    multiarch = sysconfig.get_config_var("MULTIARCH")
    own = sysconfig.get_config_var("LIBDIR")
    folders = [os.path.join(base, multiarch) for base in _LIBRARIES if multiarch]
    return [*folders, "/lib64", "/usr/lib64", *([own] if own else [])]


def _module_folders() -> list[str]:
    """Return the folders of the standard library and of installed packages.

    Other folders of `sys.path` are left out: a .pth file, such as that of an editable installation,
    may have added a checkout that contains solutions.
    """
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    packages = [folder for folder in sys.path if os.path.basename(folder) in _PACKAGES]
    return [*standard, *packages]


def _allow(descriptor: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    try:
        if not os.path.isdir(path):
            rights &= ~_READ_DIR  # the kernel rejects it for files
        rule = _Beneath(rights, parent)
        syscall(
            _ADD_RULE,
            ctypes.c_int(descriptor),
            ctypes.c_int(_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(parent)
