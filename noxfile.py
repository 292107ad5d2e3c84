"""Checks in several environments: `nox`, or one of them: `nox --session tests-3.12`.

The commands are in the Makefile, which has one environment of pinned versions; a session that needs
no other calls it. What nox adds is the suite on each installed Python, and with the lowest versions
that pyproject.toml allows.
"""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.sessions = ["lint", "types", "docs", "tests"]

# A Python that is not installed is skipped; where the variable CI is set, it is an error.
PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))

# The part of the suite that needs neither the strict sandbox nor a POSIX system.
PORTABLE = [
    "tests/bank",
    "tests/checkers",
    "tests/course/test_gradebook.py",
    "tests/judging",
    "tests/reports/test_statement.py",
    "tests/submissions",
    "tests/test_errors.py",
    "tests/values",
    "tests/yaml_reader",
]


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check style, spelling and the files that only GitHub and PyPI read."""
    session.run("make", "lint")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check the types."""
    session.run("make", "types")


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the documentation."""
    session.run("make", "docs")


@nox.session(venv_backend="none")
def coverage(session: nox.Session) -> None:
    """Run the suite, and report which lines and branches of the package ran."""
    session.run("make", "coverage")


def install(session: nox.Session) -> None:
    """Install the package and everything else by the pinned versions."""
    session.install("--require-hashes", "--requirement", "lock/dev.txt")
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the suite with the pinned versions; arguments after `--` go to pytest."""
    install(session)
    session.run("make", "provider", external=True)
    session.run("pytest", *(session.posargs or ["--numprocesses=auto", "--dist=worksteal"]))


@nox.session(python=PYTHONS)
def portable(session: nox.Session) -> None:
    """Run what works under the tier `basic` on any system, and grade with the command."""
    install(session)
    session.run("pytest", "-k", "not strict", *(session.posargs or PORTABLE))
    examples = "examples/submissions/dr-grpo"
    graded = str(Path(session.create_tmp()) / "graded")
    session.run("grader", "doctor")
    session.run("grader", "grade", "dr-grpo", f"{examples}/right.py")
    session.run("grader", "batch", "dr-grpo", examples, "--out", graded, "--sandbox=basic")


@nox.session(python=PYTHONS[0], venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Run the suite with the lowest versions of direct dependencies that pyproject.toml allows.

    They are those of the oldest Python: wheels of these versions for later ones may be missing.
    """
    # Not in session.create_tmp(), which makes it the folder of all temporary files: tests would
    # take theirs for files of this repository.
    pins = Path(session.virtualenv.location) / "lowest.txt"
    resolve = ["uv", "pip", "compile", "--quiet", "--resolution=lowest-direct", "pyproject.toml"]
    extras = [f"--extra={name}" for name in ("build", "dask", "oidc", "qr", "serve")]
    session.run_install(*resolve, *extras, f"--output-file={pins}")
    session.install("--requirement", str(pins))
    session.install("--constraint", str(pins), "--no-build-isolation", "--editable", ".[dev]")
    session.run("make", "provider", external=True)
    session.run("pytest", *(session.posargs or ["--numprocesses=auto", "--dist=worksteal"]))
