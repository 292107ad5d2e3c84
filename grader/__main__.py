"""The program's entry, `grader` or `python -m grader`.

A command that will run code has its fork server started before anything else is even imported: to
load NumPy takes the server as long as it takes us to load all the rest.
"""

from __future__ import annotations

import sys

_RUNS_CODE = {"grade", "batch", "verify", "harden", "doctor"}


def main() -> None:
    """Do what the command line says, and exit."""
    server = None
    if sys.argv[1:2] and sys.argv[1] in _RUNS_CODE and "--help" not in sys.argv:
        from grader.sandbox.forked import fork_server

        server = fork_server()
    try:
        from grader.cli import run

        run(server)
    finally:
        if server is not None:
            server.close()


if __name__ == "__main__":
    main()
