"""pytest plugin to measure the fork server too: `make coverage` loads it for the sandbox's tests.

The fork server gets none of the host's environment, so coverage.py does not start in it. Here it
gets the one variable that starts it, and its children inherit that variable and the tracer. What a
child does after it is confined is still not measured: it may not write a file.
"""

from __future__ import annotations

import os

from grader.sandbox import interpreter

VARIABLE = "COVERAGE_PROCESS_CONFIG"
_environment = interpreter.environment


def measured_environment(folder: str, hash_seed: int = 0) -> dict[str, str]:
    return _environment(folder, hash_seed) | {VARIABLE: os.environ[VARIABLE]}


# With `-p` this runs before any test imports the function by name.
interpreter.environment = measured_environment
