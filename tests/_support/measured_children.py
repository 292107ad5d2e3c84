"""pytest plugin to measure children: `make coverage` loads it for tests of what children do.

Every child of the shared sandbox is spawned, gets no limits, which would keep it from writing what
was measured, and gets time to write before it is killed. So these runs measure a child's code, but
not its confinement.
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
