"""The entry point of `grader` and `python -m grader`.

For a command that runs submissions, the fork server is started before anything else is imported:
it needs as long to load NumPy as this process needs to load all other modules.
"""

from __future__ import annotations

import gc
import sys

# Modules make tens of thousands of objects, all of them there to stay: to look for garbage among
# them, as Python does by default after every 700, takes 5 ms in all.
_NEW_OBJECTS = 50_000
_RUNS_CODE = {"grade", "batch", "verify", "harden", "import", "doctor"}


def main() -> None:
    """Run the command line and exit."""
    gc.set_threshold(_NEW_OBJECTS)
    server = None
    try:
        if sys.argv[1:2] and sys.argv[1] in _RUNS_CODE and "--help" not in sys.argv:
            from grader.sandbox.launch import can_fork, start_servers

            try:
                process = start_servers()[0] if can_fork() else None
            except OSError as error:  # not another sandbox, which may protect less
                sys.exit(_refused(error))
            from grader.sandbox.fork_server import ForkServer

            server = ForkServer(process=process) if process is not None else None
        from grader.cli import run

        run(server)
    except KeyboardInterrupt:  # before `run` could say what is kept, or a second one after it
        from grader.errors import EXIT_INTERRUPTED

        print("\nInterrupted.", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    finally:
        gc.freeze()  # or Python looks through all objects once more before it ends
        if server is not None:
            import signal

            # Closing takes a moment, and the exit code has been decided.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            server.close()


def _refused(error: OSError) -> int:
    from grader.errors import EXIT_INTERNAL_ERROR

    print(f"the grader cannot start a process: {error.strerror}", file=sys.stderr)
    return EXIT_INTERNAL_ERROR


if __name__ == "__main__":
    main()
