"""The bank is ready to publish: correct solutions get full marks, misconceptions do not."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable

import pytest

from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge
from grader.model.entry_point import Call
from grader.model.judgement import RunStatus, Verdict
from grader.model.problem import Case, Submission
from grader.sandbox.host import Sandbox
from grader.submissions import read_submission
from grader.values import Value
from tests._support.bank import BANK, DATA, ROOT, SLUGS, load

Key = Callable[[str], AnswerKey]

RIGHT = [(slug, name) for slug in SLUGS for name in load(slug).accepted]
WRONG = [(slug, known.slug) for slug in SLUGS for known in load(slug).misconceptions]
ORACLE = json.loads((DATA / "trl.json").read_text())["problems"]
# How many misconceptions the bank knew when it was first complete: none may be lost.
KNOWN = {
    "dr-grpo": 26,
    "group-policy-optimization": 30,
    "grpo": 29,
    "sequence-level-policy-gradient": 28,
    "unbiased-policy-gradient": 26,
}


def test_the_bank_is_complete() -> None:
    assert {slug: len(load(slug).misconceptions) for slug in SLUGS} == KNOWN
    assert all(len(load(slug).accepted) >= 3 and "float32" in load(slug).accepted for slug in SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_reference_gets_full_marks(slug: str, answer_key: Key, sandbox: Sandbox) -> None:
    key = answer_key(slug)
    assert key.problem.reference is not None
    judgement = judge(key, Submission(key.problem.reference, "reference.py"), sandbox)
    assert judgement.verdict is Verdict.ACCEPTED
    assert judgement.score == judgement.max_score > 0


@pytest.mark.parametrize("slug, name", RIGHT)
def test_a_right_solution_gets_full_marks(
    slug: str, name: str, answer_key: Key, sandbox: Sandbox
) -> None:
    key = answer_key(slug)
    judgement = judge(key, Submission(key.problem.accepted[name], name), sandbox)
    assert [each.case.name for each in judgement.results if each.points != each.case.points] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_starter_scores_nothing(slug: str, answer_key: Key, sandbox: Sandbox) -> None:
    key = answer_key(slug)
    judgement = judge(key, Submission(key.problem.starter, "starter.py"), sandbox)
    assert judgement.score == 0
    assert {each.verdict for each in judgement.results} == {Verdict.WRONG_ANSWER}


@pytest.mark.parametrize("slug, name", WRONG)
def test_a_misconception_is_rejected_and_named(
    slug: str, name: str, answer_key: Key, sandbox: Sandbox
) -> None:
    key = answer_key(slug)
    (known,) = [each for each in key.problem.misconceptions if each.slug == name]
    judgement = judge(key, Submission(known.source, name), sandbox)
    # By an answer: where it merely crashes, a student would have noticed.
    assert Verdict.WRONG_ANSWER in {each.verdict for each in judgement.results}
    assert judgement.score < judgement.max_score
    assert diagnose(judgement, key).misconceptions[0].hints == (known.hint,)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_reference_agrees_with_an_independent_implementation(
    slug: str, sandbox: Sandbox
) -> None:
    """TRL's own loss code, in float64; see the file's `source`."""
    problem = load(slug)
    names = [parameter.name for parameter in problem.entry_point.parameters]
    rows = ORACLE[slug]
    calls = [Call([row["args"][name] for name in names], {}) for row in rows]
    assert problem.reference is not None
    runs = sandbox.run(problem.program(problem.reference), calls, problem.limits)
    off = [
        (run.value, row["expected"])
        for run, row in zip(runs, rows, strict=True)
        if not _agrees(run.value, row["expected"])
    ]
    assert len(rows) == 60 and off == []


def _agrees(got: Value, expected: float) -> bool:
    # Where all advantages are 0 so is the value, and TRL itself is off by a rounding.
    return isinstance(got, float) and math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-15)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_written_answers_are_the_references(
    slug: str, answer_key: Key, sandbox: Sandbox
) -> None:
    problem = load(slug)
    public = [case for case in problem.cases if not case.hidden]
    assert problem.reference is not None
    calls = [Call([], dict(case.args)) for case in public]
    runs = sandbox.run(problem.program(problem.reference), calls, problem.limits)
    assert public and all(case.has_expected and case.explanation for case in public)
    for case, run in zip(public, runs, strict=True):
        assert isinstance(case.expected, float) and isinstance(run.value, float)
        assert math.isclose(run.value, case.expected, rel_tol=1e-12), case.name


@pytest.mark.parametrize("slug", SLUGS)
def test_without_solutions_the_public_cases_still_work(slug: str, sandbox: Sandbox) -> None:
    key = AnswerKey(BANK.load(slug, with_solutions=False), sandbox)
    assert key.problem.reference is None and not any(case.hidden for case in key.problem.cases)
    loops = read_submission(str(ROOT / "solutions" / slug / "right" / "loops.py"))
    assert judge(key, loops, sandbox).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("slug", SLUGS)
def test_arguments_are_not_changed_from_one_case_to_the_next(
    slug: str, answer_key: Key, sandbox: Sandbox
) -> None:
    """A solution that spoils its arguments spoils no other case: every call has fresh ones."""
    key = answer_key(slug)
    assert key.problem.reference is not None
    function = key.problem.entry_point.function
    spoiling = (
        key.problem.reference
        + (
            f"\n_right = {function}\n"
            f"def {function}(*args, **kwargs):\n"
            "    answer = _right(*args, **kwargs)\n"
            "    for arg in args:\n"
            "        if isinstance(arg, list):\n"
            "            arg.clear()\n"
            "    return answer\n"
        ).encode()
    )
    assert judge(key, Submission(spoiling, "spoiling"), sandbox).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("slug", SLUGS)
def test_a_case_that_leaves_out_a_default_is_called_without_it(slug: str) -> None:
    problem = load(slug)
    optional = {each.name for each in problem.entry_point.parameters if not each.is_required}
    left_out = {name for case in problem.cases for name in optional - set(case.args)}
    assert left_out == optional


@pytest.mark.parametrize("slug", SLUGS)
def test_no_case_hides_behind_its_tolerance(slug: str, answer_key: Key) -> None:
    """An answer of 0 must not pass for one that is not 0, nor one rounded to two digits."""

    def telling(case: Case) -> bool:
        assert isinstance(case.expected, float | int)
        return case.expected == 0 or case.tolerance.allowed(case.expected) < 0.005 * abs(
            case.expected
        )

    assert [case.name for case in answer_key(slug).problem.cases if not telling(case)] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_signature_stands_in_the_starter_alone(slug: str) -> None:
    problem = load(slug)
    assert problem.reference is not None
    names = [parameter.name for parameter in problem.entry_point.parameters]
    for source in (problem.reference, *problem.accepted.values()):
        functions = {
            node.name: [arg.arg for arg in node.args.args]
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef)
        }
        assert functions[problem.entry_point.function] == names


def test_a_run_that_returned_is_what_the_key_holds(answer_key: Key) -> None:
    wrong = answer_key("dr-grpo").wrong["negated-loss"]
    assert {run.status for run in wrong} == {RunStatus.RETURNED}


@pytest.mark.parametrize("slug", SLUGS)
def test_public_cases_go_first(slug: str) -> None:
    """What a submission saw in a hidden case it could tell in a public one that came later."""
    hidden = [case.hidden for case in load(slug).cases]
    assert hidden == sorted(hidden) and True in hidden
