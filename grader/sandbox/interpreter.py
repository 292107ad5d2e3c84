"""Starts of new interpreters: their command, environment and working folder."""

from __future__ import annotations

import os
import sys

# One thread: a fork copies only the calling one, and OpenBLAS would wait for ever for the others.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_KEPT = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # without them some interpreters do not start


def command(module: str, call: str) -> list[str]:
    """Return the arguments that start an interpreter which runs `main(call)` of a module.

    It finds the package `grader` where this process did, and imports other modules from the
    interpreter's own folders only: not from its working folder, nor from the user's. Garbage
    collection is off until it calls `start_collecting`: imports leave next to no garbage. Until
    then it also stores the bytecode of what it imports, if this process does.
    """
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    code = (
        f"import gc, sys; gc.disable(); sys.path.insert(0, {home!r}); "
        f"from {module} import main; sys.path.remove({home!r}); main({call})"
    )
    options = ["-s", "-P", *(["-B"] if sys.dont_write_bytecode else []), "-X", "utf8"]
    return [sys.executable, *options, "-c", code]


def start_collecting() -> None:
    """Turn the garbage collector on, for objects created from now on, and store no more bytecode.

    It ignores what was loaded before, or the first collection in a child would copy every page.
    """
    import gc

    sys.dont_write_bytecode = True  # what a submission imports must not change files
    gc.freeze()
    gc.enable()


def environment(folder: str, hash_seed: int = 0) -> dict[str, str]:
    """Return the complete environment of such an interpreter, without the user's variables."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    fixed = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONHASHSEED": str(hash_seed),  # fixed, so that answers are reproducible
        "MALLOC_ARENA_MAX": "1",  # or every thread reserves 64 MiB of the address space
        "MPLBACKEND": "Agg",  # there is no display
        "JOBLIB_MULTIPROCESSING": "0",  # it works in one process, as no other may be started
    }
    return kept | fixed | dict.fromkeys(_ONE_THREAD, "1")


def work_folder() -> str:
    """Create an empty folder, to be removed by `remove_folder`."""
    # Like tempfile.mkdtemp, whose import would take longer than everything else before the start.
    base = next((os.environ[name] for name in _TEMPORARY if os.environ.get(name)), "/tmp")
    folder = os.path.join(base, f"grader-{os.urandom(8).hex()}")
    os.mkdir(folder, 0o700)
    return folder


def remove_folder(folder: str) -> None:
    """Remove a working folder with everything in it."""
    try:
        os.rmdir(folder)
    except FileNotFoundError:  # the server has removed it
        pass
    except OSError:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
