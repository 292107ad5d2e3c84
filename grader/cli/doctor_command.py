"""`grader doctor`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader import __version__
from grader.bank import find_bank
from grader.cli.common import bank_option
from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.sandbox.forked import ForkServer

_LIBRARIES = ("numpy", "click", "rich", "PyYAML", "jinja2", "Pygments", "nh3")


@click.command()
@bank_option
@click.pass_obj
def command(server: ForkServer | None, bank: str | None) -> None:
    """Say what protects this machine from submissions, and what is installed."""
    import platform

    from grader.model import Limits, RunStatus
    from grader.sandbox.host import Call, Program, Sandbox

    with Sandbox(server) as sandbox:
        protection = sandbox.protection
        (run,) = sandbox.run(Program(b"def f(x): return x", "f"), [Call([1.5], {})], Limits())
        versions = sandbox.versions()
    works = run.status is RunStatus.RETURNED and run.value == 1.5
    rows = {
        "grader": __version__,
        "system": f"{platform.system()} {platform.release()}, Python {versions['python']}",
        "sandbox": f"{protection.tier}: {', '.join(protection.layers)}",
        "children": "forked from a server" if server else "a new interpreter for each",
        "a trial run": "works" if works else f"FAILS: {run.status.value}: {run.error}",
        "bank": _bank(bank),
        "libraries": ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
    }
    for name, value in rows.items():
        click.echo(f"{name:<12} {value}")
    click.echo(
        "\nThe basic tier bounds time, memory and output and keeps expected answers out of reach."
        "\nIt does not keep a submission from reading files or using the network: run those of"
        "\nstrangers in a container or a virtual machine."
    )
    raise SystemExit(0 if works else 3)


def _bank(given: str | None) -> str:
    try:
        bank = find_bank(given)
    except GraderError as error:
        return str(error)
    solutions = "with solutions" if bank.solutions else "without solutions: public cases only"
    return f"{bank.problems}, {len(bank.slugs())} problems, {solutions}"


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
