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
    try:
        if sys.argv[1:2] and sys.argv[1] in _RUNS_CODE and "--help" not in sys.argv:
            from grader.sandbox.forked import fork_server

            server = fork_server()
        from grader.cli import run

        run(server)
    except KeyboardInterrupt:  # before `run` could say what is kept, or a second one after it
        from grader.errors import EXIT_INTERRUPTED

        print("\nInterrupted.", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    finally:
        if server is not None:
            import signal

            # What is left to do takes a moment, and the exit code has been decided.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            server.close()


if __name__ == "__main__":
    main()
