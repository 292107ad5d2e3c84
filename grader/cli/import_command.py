"""`grader import`: turn exercises of another site into a bank."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.common import (
    check_path,
    check_replaces_no_input,
    sandbox_option,
    write_report,
)
from grader.cli.output import say, show_progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.importers.imported import ImportedProblem
    from grader.sandbox.fork_server import ForkServer
    from grader.sandbox.host import Sandbox


DEFAULT_HARDEN_S = 5.0


@click.command()
@click.argument("kind", type=click.Choice(["deep-ml", "nbgrader"]), metavar="deep-ml|nbgrader")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    "bank",
    required=True,
    metavar="BANK",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write `problems` and `solutions` to. No file in it is overwritten.",
)
@click.option(
    "--accepted",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of accepted submissions, named for their questions like 12_mine.py or "
    "12/mine.py. They become correct solutions, and the reference where a question has none.",
)
@click.option("--report", metavar="OUT.json", help="Also write the outcome of each test, as JSON.")
@click.option(
    "--verify/--no-verify",
    "verifies",
    default=True,
    help="Whether to check the problems at the end, like `grader verify`.",
)
@click.option(
    "--harden",
    "harden_s",
    type=float,
    metavar="SECONDS",
    help="How long to search each problem, like `grader harden`, for cases that reject more wrong "
    "solutions; they are added to its hidden cases. Default: 5 for problems with accepted "
    "submissions (all of which must agree on a new case), 0 for others.",
)
@sandbox_option
@click.pass_obj
def command(
    server: ForkServer | None,
    kind: str,
    folder: Path,
    bank: Path,
    accepted: Path | None,
    report: str | None,
    verifies: bool,
    harden_s: float | None,
    tier: str,
) -> None:
    """Turn exercises of Open-Deep-ML or nbgrader in FOLDER into a bank.

    With deep-ml, FOLDER is the repository, one of its folders of questions, or a single question.
    With nbgrader, it is a notebook with solutions and tests, or a folder with such notebooks.

    Each test becomes a case, or is reported with the reason why not. All code of the questions runs
    in the sandbox. The exit code is 1 if no question could be imported.
    """
    from grader.importers import deep_ml, nbgrader
    from grader.importers import report as import_report
    from grader.importers.importing import import_questions
    from grader.sandbox.host import Sandbox

    if report is not None:
        check_path(report)
        check_replaces_no_input(report, map(str, filter(None, [folder, bank, accepted])))
    read = {"deep-ml": deep_ml.read_questions, "nbgrader": nbgrader.read_questions}[kind]
    questions = read(folder)
    with Sandbox(server, tier) as sandbox:
        try:
            found = import_questions(questions, bank, sandbox, accepted, _show)
        finally:
            _show()
        if report is not None:
            write_report(report, lambda out: import_report.write_json(found, out))
        import_report.write_text(found, sys.stdout)
        imported = {slug: problem for slug, problem in found.items() if problem.cases}
        hardened = imported
        if harden_s is None:
            hardened = {
                slug: problem
                for slug, problem in imported.items()
                if (bank / "solutions" / slug / "right").exists()
            }
        _harden(bank, hardened, sandbox, DEFAULT_HARDEN_S if harden_s is None else harden_s)
        if verifies and imported:
            _verify(bank, imported, sandbox)
    raise SystemExit(0 if imported else 1)


def _show(slug: str = "", number: int = 0, count: int = 0) -> None:
    if sys.stderr.isatty():
        show_progress(f"{number} of {count}: {slug}" if slug else "")


def _harden(
    bank: Path, problems: Mapping[str, ImportedProblem], sandbox: Sandbox, seconds: float
) -> None:
    """Add the cases that `grader harden` finds to the hidden cases."""
    if seconds <= 0:
        return
    from grader.bank.locate import find_bank
    from grader.errors import SpecError
    from grader.importers.bank_files import add_cases
    from grader.verify.evidence import Evidence
    from grader.verify.harden import harden

    for number, slug in enumerate(problems, 1):
        _show(f"harden {slug}", number, len(problems))
        until = partial(_is_before, time.monotonic() + seconds)
        with suppress(SpecError):  # `_verify` reports it
            evidence = Evidence(find_bank(str(bank)), slug, (sandbox, sandbox))
            if evidence.is_sound:
                found = harden(evidence, sandbox, rounds=30, seed=0, progress=until)
                add_cases(bank, slug, found)
    _show()


def _is_before(end: float, *progress: int) -> bool:
    return time.monotonic() < end


def _verify(bank: Path, problems: Mapping[str, ImportedProblem], sandbox: Sandbox) -> None:
    """Print the errors of `grader verify`, and how many other findings it has."""
    from grader.bank.locate import find_bank
    from grader.model.verification import Level
    from grader.reports.verification.text import summary
    from grader.verify import verify

    with sandbox.with_another_hash_seed() as other:
        reports = []
        for number, slug in enumerate(problems, 1):
            _show(f"verify {slug}", number, len(problems))
            reports.append(verify(find_bank(str(bank)), slug, (sandbox, other)))
    _show()
    for report in reports:
        for finding in report.findings:
            if finding.level is Level.ERROR:
                say(str(finding))
    say(summary(reports))
    say(f"For the warnings, run: grader verify --bank {bank}")
