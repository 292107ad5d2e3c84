"""Landlock: restricts the files a child may open to Python, its packages and libraries, read-only.

The server creates a ruleset once; each child applies it. A process can add rulesets but not remove
them, and they also apply to processes that it starts; see landlock(7). Landlock does not cover
finding out whether a file exists, with its size, owner and times, nor changing its mode, owner or
times, which seccomp blocks.
"""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
from collections.abc import Collection

from grader.sandbox.limits import is_shortage
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

_ROOT = os.path.realpath(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
_PACKAGES = ("site-packages", "dist-packages")
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


def make_ruleset(folder: str, private: Collection[str]) -> int:
    """Create the ruleset, and return its descriptor for `restrict`.

    Args:
        folder: the child's working folder, which it may list
        private: paths it may not read, even below folders that it may read

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
    for path in readable_paths(private):
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


def readable_paths(private: Collection[str]) -> list[str]:
    """Return the paths that a child may read: Python, its packages and libraries.

    Args:
        private: real paths that none of them may contain; nor may one contain the home folder
    """
    package = os.path.join(_ROOT, "grader")
    hidden = [package, *private, *_home()]
    paths = [*_FILES]
    for folder in dict.fromkeys(map(os.path.realpath, [*_libraries(), *_module_folders()])):
        if is_within(folder, [package]):
            continue
        if not _contains_any(folder, hidden):
            paths.append(folder)
        elif folder not in hidden and os.path.isdir(folder):
            # Allow the other entries. A rule for a link would be one for the folder it leads to.
            entries = [entry.path for entry in os.scandir(folder) if not entry.is_symlink()]
            paths += [path for path in sorted(entries) if not _contains_any(path, hidden)]
    return paths


def is_within(path: str, folders: Collection[str]) -> bool:
    """Return whether a path is one of these folders or inside one; all of them must be real."""
    return any(f"{path}/".startswith(f"{folder.rstrip('/')}/") for folder in folders)


def _contains_any(folder: str, paths: Collection[str]) -> bool:
    return any(is_within(path, [folder]) for path in paths)


def _home() -> list[str]:
    """Return the user's home folder; the environment of the server has another one."""
    import pwd

    try:
        return [os.path.realpath(pwd.getpwuid(os.getuid()).pw_dir)]
    except KeyError:  # a container may run as a user that has no name
        return []


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
    except OSError as error:
        if is_shortage(error):
            raise
        return  # not on this system
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
