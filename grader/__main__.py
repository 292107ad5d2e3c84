"""The entry point of `grader` and `python -m grader`.

For a command that runs submissions, the fork server is started before anything else is imported:
it needs as long to load NumPy as this process needs to load all other modules.
"""

from __future__ import annotations

import sys

_RUNS_CODE = {"grade", "batch", "verify", "harden", "doctor"}


def main() -> None:
    """Run the command line and exit."""
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

            # Closing takes a moment, and the exit code has been decided.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            server.close()


if __name__ == "__main__":
    main()
