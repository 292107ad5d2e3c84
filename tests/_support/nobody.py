"""Commands run as an ordinary user, if root runs the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests._support.bank import ROOT

NOBODY = 65534


def as_user(user: int | None) -> dict[str, Any]:
    """Return the arguments of `subprocess.run` that make it run as a user; None is this one."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


@contextmanager
def python_for_nobody() -> Iterator[str | None]:
    """Provide an interpreter with all dependencies that an ordinary user can run, if possible."""
    with TemporaryDirectory(prefix="hostile-python-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        if _works_for_nobody(sys.executable):  # it may be in a home folder others may not enter
            yield sys.executable
            return
        for python in ("/usr/bin/python3", "/usr/local/bin/python3"):
            made = os.path.join(folder, "bin", "python")
            if (
                _is_of_our_version(python)
                and make_environment(python, folder)
                and _works_for_nobody(made)
            ):
                yield made
                return
        yield None


def _is_of_our_version(python: str) -> bool:
    ask = "import sys; print(*sys.version_info[:2])"
    if not os.access(python, os.X_OK):
        return False
    status = subprocess.run([python, "-c", ask], capture_output=True, encoding="utf-8").stdout
    return status.split() == [str(number) for number in sys.version_info[:2]]


def make_environment(python: str, folder: str) -> bool:
    """Create an environment in the folder that finds the packages of the current one."""
    make = [python, "-m", "venv", "--without-pip", "--clear", folder]
    if subprocess.run(make, capture_output=True).returncode != 0:
        return False
    os.chmod(folder, 0o755)
    (packages,) = Path(folder).glob("lib/python*/site-packages")
    folders = [path for path in sys.path if os.path.basename(path) == "site-packages"]
    (packages / "grader.pth").write_text("\n".join([str(ROOT), *folders]) + "\n")
    return True


def _works_for_nobody(python: str) -> bool:
    try:
        argv = [python, "-c", "import numpy, click, yaml, grader.sandbox.host"]
        done = subprocess.run(argv, cwd="/", env={}, capture_output=True, **as_user(NOBODY))
    except OSError:
        return False
    return done.returncode == 0
