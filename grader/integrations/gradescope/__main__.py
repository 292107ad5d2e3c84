"""Started by `run_autograder`: `python -m grader.integrations.gradescope FOLDER TIER`."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.errors import EXIT_INTERNAL_ERROR, EXIT_USAGE, GraderError
from grader.integrations.gradescope.autograder import autograde
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox


def main(root: Path, tier: str) -> int:
    """Grade the submission in the folder, and return the exit code."""
    try:
        with Sandbox(start_fork_server(), tier) as sandbox:
            return 0 if autograde(root, sandbox) else EXIT_INTERNAL_ERROR
    except GraderError as error:
        print(error, file=sys.stderr)
        return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
