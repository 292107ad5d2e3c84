"""How a fresh interpreter of ours is started: its command, its environment, its working folder."""

from __future__ import annotations

import os
import sys

# One thread: a fork copies only the calling one, and OpenBLAS would wait for the others for ever.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_KEPT = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # without them some interpreters do not start


def command(module: str, call: str) -> list[str]:
    """The arguments that start an interpreter which does `call` of one of our modules.

    It finds our package where this process did, and looks for modules nowhere else but in the
    interpreter's own places: neither in the folder it starts in nor in the user's. Until it calls
    `start_collecting`, garbage is not collected: among what is imported there is next to none.
    """
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    code = (
        f"import gc, sys; gc.disable(); sys.path.insert(0, {home!r}); "
        f"from {module} import main; sys.path.remove({home!r}); main({call})"
    )
    return [sys.executable, "-s", "-P", "-B", "-X", "utf8", "-c", code]


def start_collecting() -> None:
    """Turn the garbage collector on, for what is made from here on.

    It leaves alone what was loaded before, or the first collection in a child would copy every page
    of it.
    """
    import gc

    gc.freeze()
    gc.enable()


def environment(folder: str, hash_seed: int = 0) -> dict[str, str]:
    """The whole environment of such an interpreter: nothing of the user's is in it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    fixed = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONHASHSEED": str(hash_seed),  # fixed: the same answers again tomorrow
        "MALLOC_ARENA_MAX": "1",  # or every thread reserves 64 MiB of the address space
    }
    return kept | fixed | dict.fromkeys(_ONE_THREAD, "1")


def work_folder() -> str:
    """A new, empty folder, to be removed by `remove_folder`."""
    # As tempfile.mkdtemp, whose import would take longer than all else before the server's start.
    base = next((os.environ[name] for name in _TEMPORARY if os.environ.get(name)), "/tmp")
    folder = os.path.join(base, f"grader-{os.urandom(8).hex()}")
    os.mkdir(folder, 0o700)
    return folder


def remove_folder(folder: str) -> None:
    """Remove a working folder, whatever was left in it."""
    try:
        os.rmdir(folder)
    except FileNotFoundError:  # whoever worked in it has done so
        pass
    except OSError:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
