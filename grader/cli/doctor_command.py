"""`grader doctor`: test the sandbox and show what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader import __version__
from grader.bank.locate import find_bank
from grader.cli.common import bank_option, sandbox_option
from grader.cli.output import say
from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.sandbox.fork_server import ForkServer
    from grader.sandbox.host import Sandbox

_LIBRARIES = ("numpy", "click", "rich", "PyYAML", "jinja2", "Pygments", "nh3")
# Those that courses use most, by the names they are imported by.
_STUDENTS_LIBRARIES = (
    *("numpy", "scipy", "pandas", "matplotlib", "sympy", "sklearn", "seaborn", "networkx"),
    *("joblib", "numba", "statsmodels", "tqdm", "PIL", "requests", "nltk", "cv2", "plotly"),
    *("torch", "jax", "tensorflow", "xgboost"),
)
_FIND_LIBRARIES = b"""
from importlib.util import find_spec

def find(names):
    return [name for name in names if find_spec(name) is not None]
"""


@click.command()
@sandbox_option
@bank_option
@click.pass_obj
def command(server: ForkServer | None, tier: str, bank: str | None) -> None:
    """Test the sandbox on this machine and show what is installed.

    Runs a harmless submission that tries forbidden operations, and lists which of them the sandbox
    blocks. The exit code is 1 if the sandbox is strict and does not block all of them.
    """
    import platform

    from grader.sandbox.host import Sandbox
    from grader.sandbox.self_test import try_sandbox

    with Sandbox(server, tier) as sandbox:
        protection, missing = sandbox.protection, sandbox.missing()
        tried = try_sandbox(sandbox)
        importable = _importable(sandbox)
        versions = sandbox.versions()
        access_times = _access_times(sandbox)
    allowed, blocked = (", ".join(each) or "none" for each in (tried.allowed, tried.blocked))
    works = not tried.failure
    rows = {
        "grader": __version__,
        "system": f"{platform.system()} {platform.release()}, Python {versions['python']}",
        "sandbox": f"{protection.tier}: {', '.join(protection.layers)}",
        "not strict": f"this machine lacks {missing}" if missing else "",
        "test run": "works" if works else f"FAILS: {tried.failure}",
        "blocked": blocked,
        "allowed": allowed,
        "reading": access_times,
        "bank": _bank(bank),
        "students can": f"import {_listed(importable)}",
        "and cannot": f"import {_listed(set(_STUDENTS_LIBRARIES) - importable)}",
        "libraries": ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
    }
    for name, value in rows.items():
        if value:
            say(f"{name:<12} {value}")
    if protection.tier != "strict":
        say(
            "\nEvery submission can do what is listed as allowed. Grade untrusted submissions in a"
            "\ncontainer or a virtual machine that contains nothing confidential."
        )
    is_sound = works and (protection.tier != "strict" or allowed == "none")
    raise SystemExit(0 if is_sound else 1)


def _importable(sandbox: Sandbox) -> set[str]:
    """Return the libraries that a submission can import here, of those that students import."""
    from grader.model.entry_point import Call, Program
    from grader.model.problem import Limits

    call = Call([list(_STUDENTS_LIBRARIES)], {})
    (run,) = sandbox.run(Program(_FIND_LIBRARIES, ("find",)), [(call,)], Limits())
    return {str(name) for name in run.value} if isinstance(run.value, list) else set()


def _listed(names: set[str]) -> str:
    return ", ".join(name for name in _STUDENTS_LIBRARIES if name in names) or "none of them"


def _access_times(sandbox: Sandbox) -> str:
    """Return whether a submission can leave something for others in access times of files."""
    import math
    import os

    if sandbox.protection.tier != "strict":
        return ""
    if sandbox.settle() == math.inf:
        return "of library files is not noted in access times"
    if os.statvfs(os.__file__).f_flag & os.ST_RELATIME:
        return (
            "of library files is noted once a day (relatime): `grader batch`, `grader serve` and"
            " a `Grader` read them before they judge"
        )
    return (
        "of library files is noted in access times, by which a submission can pass information to"
        " others: mount them with noatime or relatime"
    )


def _bank(given: str | None) -> str:
    try:
        bank = find_bank(given)
    except GraderError as error:
        return str(error)
    from grader.values.show import plural

    solutions = "with solutions" if bank.solutions else "without solutions (public cases only)"
    return f"{bank.problems}, {plural(len(bank.slugs()), 'problem')}, {solutions}"


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
