"""The bank is ready to publish: correct solutions get full marks, misconceptions do not.

`data/oracles` has a file for each problem:

    source          who computed the answers
    tolerance       how closely the reference agrees with them, as arguments of `math.isclose`
    misconceptions  those that may not be lost
    calls           arguments, each with the answer of an independent implementation
    killers         the same, each with the misconceptions that it refuses
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from grader.bank.constraints.check import find_violations
from grader.bank.curriculum import in_order
from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge, judgement_of
from grader.judging.results import result
from grader.model.judgement import Protection, RunStatus, Verdict
from grader.model.problem import Case, Submission
from grader.sandbox.host import Sandbox
from grader.values import Value
from grader.verify.distances import SAFETY_FACTOR, measure_result
from tests._support.bank import BANK, DATA, ROOT, SLUGS, load
from tests._support.latex_arithmetic import equations, find_mistakes
from tests._support.small_problems import REFEREE

Key = Callable[[str], AnswerKey]

RIGHT = [(slug, name) for slug in SLUGS for name in load(slug).accepted]
MIN_ACCEPTED, MIN_CALLS = 4, 40


def test_the_readme_shows_the_path() -> None:
    headings = in_order(BANK.headings())
    titles = {each.slug: each.title for each in headings}
    rows = [
        f"| [{each.title}](problems/{each.slug}/spec.md) | {each.difficulty} "
        f"| {', '.join(titles[slug] for slug in each.after)} |"
        for each in headings
    ]
    readme = (ROOT / "README.md").read_text("utf-8")
    found = [line for line in readme.splitlines() if line.startswith("| [") and "/spec.md)" in line]
    assert found == rows


@cache
def oracle(slug: str) -> Any:
    return json.loads((DATA / "oracles" / f"{slug}.json").read_text("utf-8"))


def test_every_problem_has_oracles() -> None:
    assert sorted(path.stem for path in (DATA / "oracles").iterdir()) == sorted(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_no_misconception_or_style_is_lost(slug: str) -> None:
    problem = load(slug)
    assert set(oracle(slug)["misconceptions"]) <= {each.slug for each in problem.misconceptions}
    assert len(problem.accepted) >= MIN_ACCEPTED and "float32" in problem.accepted


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


@pytest.mark.parametrize("slug", SLUGS)
def test_every_misconception_is_rejected_and_named(slug: str, answer_key: Key) -> None:
    key = answer_key(slug)
    for known in key.problem.misconceptions:
        wrong = Submission(known.source, known.slug)
        judgement = judgement_of(key, wrong, key.wrong[known.slug], Protection("none", ()))
        # By an answer: where it merely crashes, a student would have noticed.
        assert Verdict.WRONG_ANSWER in {each.verdict for each in judgement.results}, known.slug
        assert judgement.score < judgement.max_score
        assert diagnose(judgement, key).misconceptions[0].hints == (known.hint,), known.slug


@pytest.mark.parametrize("slug", SLUGS)
def test_the_reference_agrees_with_an_independent_implementation(
    slug: str, sandbox: Sandbox
) -> None:
    problem, known = load(slug), oracle(slug)
    rows = known["calls"] + known["killers"]
    calls = [problem.cases[0].with_step(args=row["args"]).script for row in rows]
    assert problem.reference is not None
    runs = sandbox.run(problem.program(problem.reference), calls, problem.limits)
    off = [
        (row["args"], row["expected"], run.value)
        for run, row in zip(runs, rows, strict=True)
        if not _is_close(run.value, row["expected"], **known["tolerance"])
    ]
    assert len(known["calls"]) >= MIN_CALLS and off == []


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if oracle(slug)["killers"]])
def test_the_killers_refuse_what_they_are_for(slug: str, sandbox: Sandbox) -> None:
    problem, killers = load(slug), oracle(slug)["killers"]
    cases = [
        replace(problem.cases[0], name=str(number)).with_step(
            args=row["args"], expected=row["expected"]
        )
        for number, row in enumerate(killers)
    ]
    key = AnswerKey(replace(problem, cases=tuple(cases)), sandbox)
    unrefused = [
        (name, row["args"])
        for index, row in enumerate(killers)
        for name in row["refuses"]
        if measure_result(result(cases[index], key.wrong[name][index], REFEREE)) < SAFETY_FACTOR
    ]
    assert unrefused == []
    assert {name for row in killers for name in row["refuses"]} <= set(key.wrong)


def _is_close(got: Value, expected: Value, rel_tol: float, abs_tol: float) -> bool:
    if isinstance(expected, list):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(expected)
            and all(_is_close(*pair, rel_tol, abs_tol) for pair in zip(got, expected, strict=True))
        )
    assert isinstance(expected, float | int)
    return isinstance(got, float | int) and math.isclose(
        got, expected, rel_tol=rel_tol, abs_tol=abs_tol
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_the_written_answers_are_the_references(slug: str, sandbox: Sandbox) -> None:
    problem = load(slug)
    public = [case for case in problem.cases if not case.hidden]
    assert problem.reference is not None
    calls = [case.script for case in public]
    runs = sandbox.run(problem.program(problem.reference), calls, problem.limits)
    assert public and all(case.step.has_expected and case.explanation for case in public)
    for case, run in zip(public, runs, strict=True):
        assert _is_close(run.value, case.step.expected, **oracle(slug)["tolerance"]), case.name


@pytest.mark.parametrize("slug", SLUGS)
def test_the_arithmetic_of_statement_and_explanations_is_right(slug: str) -> None:
    problem = load(slug)
    text = "\n\n".join([problem.statement, *(case.explanation for case in problem.cases)])
    assert len(list(equations(text))) >= 3
    assert find_mistakes(text) == []


ARITHMETIC = {
    "a sum": ("$1.5 + 2 = 3.5$", []),
    "a wrong sum": ("$1.5 + 2 = 3.6$", ["1.5 + 2 = 3.6"]),
    "a wrong side in the middle": (
        "$x = 2/3 \\approx 0.62 = 0.62$",
        ["2/3 \\approx 0.62"],
    ),
    "a rounded quotient": ("$2/3 \\approx 0.6667$", []),
    "a power of ten": ("$3/2 \\cdot 10^{-4} \\approx 1.51 \\cdot 10^{-4}$", []),
    "a wrong digit of a small number": (
        "$3/2 \\cdot 10^{-4} \\approx 1.58 \\cdot 10^{-4}$",
        ["3/2 \\cdot 10^{-4} \\approx 1.58 \\cdot 10^{-4}"],
    ),
    "a fraction in a root": ("$\\sqrt{\\frac{9}{4}} = \\max(1, 1.5)$", []),
    "a function without parentheses": ("$e^{\\log 2} = 2^2$", ["e^{\\log 2} = 2^2"]),
    "names": ("$x = y + 1$, $A_2 = 7$", []),
}


@pytest.mark.parametrize("text, mistakes", ARITHMETIC.values(), ids=ARITHMETIC)
def test_wrong_arithmetic_is_found(text: str, mistakes: list[str]) -> None:
    assert find_mistakes(text) == mistakes


@pytest.mark.parametrize("slug", SLUGS)
def test_without_solutions_the_public_cases_still_work(slug: str, sandbox: Sandbox) -> None:
    key = AnswerKey(BANK.load(slug, with_solutions=False), sandbox)
    assert key.problem.reference is None and not any(case.hidden for case in key.problem.cases)
    name, source = next(iter(load(slug).accepted.items()))
    assert judge(key, Submission(source, name), sandbox).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("slug", SLUGS)
def test_a_changed_argument_is_refused_and_spoils_no_other_case(
    slug: str, answer_key: Key, sandbox: Sandbox
) -> None:
    """The answers of a solution that clears its lists are right, as every call has fresh ones."""
    key = answer_key(slug)
    assert key.problem.reference is not None
    function = str(key.problem.entry_point)
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
    for each in judge(key, Submission(spoiling, "spoiling"), sandbox).results:
        if any(isinstance(arg, list) for arg in each.step.all_args.values()):
            assert each.mismatch is not None
            assert each.mismatch.remark.startswith("the call must not change its argument ")
        else:
            assert each.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("slug", SLUGS)
def test_a_case_that_leaves_out_a_default_is_called_without_it(slug: str) -> None:
    problem = load(slug)
    optional = {each.name for each in problem.entry_point.parameters if not each.is_required}
    left_out = {name for case in problem.cases for name in optional - set(case.step.args)}
    assert left_out == optional


@pytest.mark.parametrize("slug", SLUGS)
def test_no_case_hides_behind_its_tolerance(slug: str, answer_key: Key) -> None:
    """An answer of 0 must not pass for one that is not 0, nor one rounded to two digits.

    Of a list, this holds for the largest number.
    """

    def telling(case: Case) -> bool:
        largest = max(map(abs, _numbers(case.step.expected)), default=0)
        return largest == 0 or case.step.tolerance.allowed(largest) < 0.005 * largest

    assert [case.name for case in answer_key(slug).problem.cases if not telling(case)] == []


NOT_TO_ROUND = [slug for slug in SLUGS if "Do not round" in load(slug).statement]


@pytest.mark.parametrize("slug", NOT_TO_ROUND)
def test_answers_rounded_to_four_decimals_are_refused(
    slug: str, answer_key: Key, sandbox: Sandbox
) -> None:
    key = answer_key(slug)
    assert key.problem.reference is not None
    function = str(key.problem.entry_point)
    rounding = (
        key.problem.reference
        + (
            f"\n_right = {function}\n"
            f"def {function}(*args, **kwargs):\n"
            "    return _rounded(_right(*args, **kwargs))\n"
            "def _rounded(answer):\n"
            "    if isinstance(answer, (list, tuple)):\n"
            "        return type(answer)(map(_rounded, answer))\n"
            "    return round(answer, 4)\n"
        ).encode()
    )
    judgement = judge(key, Submission(rounding, "rounding"), sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER
    assert 0 < judgement.score < judgement.max_score


def _numbers(value: Value) -> Iterator[float]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _numbers(each)
    else:
        assert isinstance(value, float | int)
        yield value


CENTRED_REWARDS = {
    "dapo-objective": ("new", "old"),
    "dr-grpo": ("log_probs_new", "log_probs_old"),
    "sequence-level-policy-gradient": ("log_probs_new", "log_probs_old"),
    "token-level-grpo": ("new", "old"),
    "unbiased-policy-gradient": ("log_probs_new", "log_probs_old"),
}


@pytest.mark.parametrize("slug, names", CENTRED_REWARDS.items(), ids=CENTRED_REWARDS)
@pytest.mark.parametrize("rewards", [[0.1, 0.1, 0.1], [0.1, 0.4, 0.7]])
def test_no_huge_ratio_multiplies_an_advantage_of_rounding_errors(
    slug: str, names: tuple[str, str], rewards: list[float]
) -> None:
    """The advantage of a reward at the mean is 0 or 1e-17, depending on the order of sums."""
    new, old = names
    constraints = load(slug).constraints
    args: dict[str, Value] = {new: [[0.0], [0.0], [0.0]], "rewards": list(rewards)}
    assert find_violations(constraints, args | {old: [[0.0], [-25.0], [0.0]]}) != []
    assert find_violations(constraints, args | {old: [[0.0], [-5.0], [0.0]]}) == []


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
        assert functions[str(problem.entry_point)] == names


def test_a_run_that_returned_is_what_the_key_holds(answer_key: Key) -> None:
    wrong = answer_key("dr-grpo").wrong["negated-loss"]
    assert {run.status for run in wrong} == {RunStatus.RETURNED}


@pytest.mark.parametrize("slug", SLUGS)
def test_public_cases_go_first(slug: str) -> None:
    """What a submission saw in a hidden case it could tell in a public one that came later."""
    hidden = [case.hidden for case in load(slug).cases]
    assert hidden == sorted(hidden) and True in hidden
