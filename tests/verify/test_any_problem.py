"""No problem that the loader accepts makes an author's command fail with an internal error.

The suite tries a few dozen problems; with ODD_PROBLEMS=2000 in the environment it tries that many.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rich.console import Console
from rich.markdown import Markdown

from grader.bank.locate import find_bank
from grader.bank.starters import join_starters
from grader.errors import SandboxError, SpecError
from grader.reports.problem_text import problem_markdown
from grader.reports.terminal_maths import with_readable_maths
from grader.reports.verification import html as verification_html
from grader.reports.verification import json as verification_json
from grader.reports.verification import new_cases
from grader.reports.verification import text as verification_text
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.verify import evidence as evidence_module
from grader.verify import verify
from grader.verify.evidence import Evidence
from grader.verify.harden import harden
from tests._support.odd_problems import OddProblem, odd_problems

EXAMPLES = int(os.environ.get("ODD_PROBLEMS", "30"))
ROUNDS = 1


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[tuple[Sandbox, Sandbox]]:
    with Sandbox(start_fork_server()) as one, one.with_another_hash_seed() as other:
        yield one, other


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("odd")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that never ends is given less time than an author's."""
    monkeypatch.setattr(evidence_module, "_PATIENT_CPU_S", 0.3)
    monkeypatch.setattr(evidence_module, "_PATIENT_WALL_S", 3.0)


@given(odd_problems())
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],  # simplifying a failing problem would take minutes
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
    ],
)
def test_every_tool_copes(
    sandboxes: tuple[Sandbox, Sandbox], folder: Path, problem: OddProblem
) -> None:
    bank_folder = folder / "bank"
    shutil.rmtree(bank_folder, ignore_errors=True)
    problem.write(bank_folder)
    bank = find_bank(str(bank_folder))
    try:
        bank.load("odd")
    except SpecError:
        return  # the loader says where, and what to do
    public = bank.load("odd", with_solutions=False)
    text = with_readable_maths(problem_markdown(public))
    Console(file=io.StringIO(), width=80).print(Markdown(text))
    assert join_starters([public, replace(public, slug="other", starter=b"x = 1\n")])
    report = verify(bank, "odd", sandboxes)
    for write in (verification_text.write, verification_json.write, verification_html.write):
        write([report], io.StringIO())
    evidence = Evidence(bank, "odd", sandboxes)
    if not evidence.is_sound:
        assert not report.is_valid
        return
    try:
        found = harden(evidence, sandboxes[0], ROUNDS, seed=0)
    except SandboxError:
        raise
    except SpecError:
        return  # the reference needs more time than a submission may take
    out = io.StringIO()
    new_cases.write(found, out)
    assert out.getvalue()
