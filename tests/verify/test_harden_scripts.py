"""`grader harden` finds scripts of steps: with a step dropped or repeated, or with other values."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from grader.bank.load import load_problem
from grader.bank.locate import find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.results import result
from grader.model.judgement import Verdict
from grader.model.problem import Case
from grader.model.verification import Hardening, NewCase
from grader.reports.verification import new_cases
from grader.sandbox.host import Sandbox
from grader.verify.evidence import Evidence
from grader.verify.harden import harden
from grader.verify.script_generator import ScriptGenerator
from tests._support.bank import DATA
from tests._support.scripts import SCRIPTS, write_problem

_STARTER = """\
class Total:
    def __init__(self, start=0.0): ...
    def add(self, x): ...
    def copy(self) -> "Total": ...
"""
_REFERENCE = """\
class Total:
    def __init__(self, start=0.0):
        self.n = start

    def add(self, x):
        self.n += x
        return self.n

    def copy(self):
        return Total(self.n)
"""
_STEPS = """\
- {new: Total, as: one}
- {call: one.add, args: {x: 2.0}, expected: 2.0}
- {call: one.copy, as: two}
- {call: two.add, args: {x: 1.0}, expected: 3.0}
"""
_WRONG = """\
misconceptions:
  - slug: negative-numbers-count-as-positive
    hint: What is the sum of 2 and -3?
    edits: [{find: self.n += x, replace: self.n += abs(x)}]
  - slug: third-number-is-lost
    hint: How often can you add a number?
    edits:
      - {find: self.n = start, replace: "self.n, self.left = start, 2"}
      - {find: self.n += x, replace: "self.left -= 1; self.n += x if self.left >= 0 else 0"}
"""


def _problem(tmp_path: Path) -> Path:
    folder = write_problem(
        tmp_path, _STEPS, "class: Total\nargs: {x: 'number, -9 <= x <= 9'}", _STARTER
    )
    solutions = tmp_path / "solutions" / "one"
    solutions.mkdir(parents=True)
    (solutions / "reference.py").write_text(_REFERENCE)
    (solutions / "wrong.yaml").write_text(_WRONG)
    return folder


def test_scripts_reject_what_the_given_ones_accept(sandbox: Sandbox, tmp_path: Path) -> None:
    """One survivor needs another value, and one a step that is done once more."""
    folder = _problem(tmp_path)
    bank = find_bank(str(tmp_path))
    evidence = Evidence(bank, "one", (sandbox, sandbox))
    found = harden(evidence, sandbox, rounds=4, seed=0)
    rejected = {name for case in found.cases for name in case.rejects}
    assert {"negative-numbers-count-as-positive", "third-number-is-lost"} <= rejected
    new_cases.write(Hardening(found.cases, ()), out := io.StringIO())
    path = tmp_path / "solutions" / "one" / "cases.yaml"
    path.write_text(f"cases:\n{out.getvalue()}")
    problem = load_problem(str(folder), str(path.parent))
    key = AnswerKey(problem, sandbox)
    judged = {
        slug: [result(*pair, key.referee) for pair in zip(key.problem.cases, runs, strict=True)]
        for slug, runs in key.wrong.items()
    }
    for slug, results in judged.items():
        assert results[0].verdict is Verdict.ACCEPTED, slug
        assert Verdict.WRONG_ANSWER in [each.verdict for each in results], slug


def test_generated_scripts_are_valid_and_the_same_for_a_seed(tmp_path: Path) -> None:
    problem = load_problem(str(_problem(tmp_path)))
    generator = ScriptGenerator(problem, seed=1)
    cases = generator.cases(60)
    again = ScriptGenerator(problem, seed=1).cases(60)
    assert [each.source for each in cases] == [each.source for each in again]
    assert len(cases) > 30
    (given,) = problem.cases
    assert {len(each.steps) for each in cases} >= {2, 3, 4, 5, 6}
    assert all(len(each.steps) <= len(given.steps) + 4 for each in cases)
    assert all(-9 <= x <= 9 for each in cases for x in _numbers(each))
    assert not any(step.has_expected for each in cases for step in each.steps)
    _check_loads(cases, tmp_path)
    _check_loads(generator.simpler(given), tmp_path)


def _numbers(case: Case) -> list[float]:
    values = [step.args.get("x") for step in case.steps]
    return [each for each in values if isinstance(each, int | float)]


def _check_loads(cases: list[Case], bank: Path) -> None:
    """Assert that the loader accepts cases as they are written."""
    written = tuple(NewCase(each, (), has_steps=True) for each in cases)
    new_cases.write(Hardening(written, ()), out := io.StringIO())
    solutions = bank / "solutions" / "one"
    (solutions / "cases.yaml").write_text("cases:\n" + out.getvalue())
    loaded = load_problem(str(bank / "problems" / "one"), str(solutions))
    hidden = [each for each in loaded.cases if each.hidden]
    assert [each.source for each in hidden] == [each.source for each in cases]


def test_a_step_takes_those_with_it_that_need_its_result(tmp_path: Path) -> None:
    problem = load_problem(str(_problem(tmp_path)))
    (given,) = problem.cases
    shorter = [each for each in ScriptGenerator(problem, 0).simpler(given) if len(each.steps) < 4]
    sources = [each.source.splitlines() for each in shorter]
    assert ["one = Total()", "one.add(x=2.0)"] in sources, "without copy"
    assert all(source[0] == "one = Total()" for source in sources)


@pytest.mark.parametrize("slug", [slug for slug in SCRIPTS.slugs() if slug not in ("dice", "pair")])
def test_steps_of_each_kind_are_written_as_the_loader_reads_them(
    slug: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    key = AnswerKey(SCRIPTS.load(slug), sandbox)
    cases = [each for each in key.problem.cases if not any(step.others for step in each.steps)]
    written = tuple(NewCase(each, (), has_steps=True) for each in cases)
    new_cases.write(Hardening(written, ()), out := io.StringIO())
    (tmp_path / "cases.yaml").write_text("cases:\n" + out.getvalue())
    (tmp_path / "reference.py").write_bytes(key.problem.reference or b"")
    problem = load_problem(str(DATA / "scripts" / "problems" / slug), str(tmp_path))
    hidden = [each for each in problem.cases if each.hidden]
    for case, again in zip(cases, hidden, strict=True):
        for step, read in zip(case.steps, again.steps, strict=True):
            assert read.call() == step.call() or read.source() == step.source()
            for name in ("expected", "after", "prints", "raises", "stdin", "show", "name"):
                assert getattr(read, name) == getattr(step, name), name
