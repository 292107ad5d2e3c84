"""pytest plugin to measure what runs in children: `make coverage` loads it for tests of loading.

Every child is spawned, gets none of the limits by which it could not write what it measured, and is
given time to do so before it is killed. These tests see the code of a child as it is, and not what
keeps a submission in its place.
"""

from __future__ import annotations

import subprocess
from contextlib import suppress

import pytest

from grader.sandbox import interpreter, launch, spawned
from tests._support.measured_server import measured_environment

_WRITING_S = 5.0
_command, _end = interpreter.command, spawned.Spawned.end


def _unlimited_command(module: str, call: str) -> list[str]:
    """Return the command of a child that finds limits not supported."""
    *options, code = _command(module, call)
    unlimited = f"; import {module}; {module}.are_supported = bool; main("
    return [*options, code.replace("; main(", unlimited)]


def _end_after_writing(child: spawned.Spawned) -> str:
    child._outgoing.put(None)  # closes the channel, at whose end a child ends
    with suppress(subprocess.TimeoutExpired):
        child._process.wait(_WRITING_S)
    return _end(child)


# With `-p` this runs before any test imports the functions by name.
_patch = pytest.MonkeyPatch()
_patch.setattr(spawned, "command", _unlimited_command)
_patch.setattr(spawned, "environment", measured_environment)
_patch.setattr(spawned.Spawned, "end", _end_after_writing)
_patch.setattr(launch, "can_fork", bool)
