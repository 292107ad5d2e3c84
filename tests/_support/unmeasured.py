"""The environment of a process that coverage does not measure.

For tests of what such a process has loaded, or of a machine on which coverage cannot write either.
"""

from __future__ import annotations

import os


def unmeasured() -> dict[str, str]:
    """Return the environment without the variables by which coverage starts in a new process."""
    return {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
