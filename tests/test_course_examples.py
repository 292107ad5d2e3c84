"""The bank of an instructor in `examples/course`: every kind of problem, each ready to publish."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from grader.bank.locate import find_bank
from grader.model.verification import Level, VerificationReport
from grader.reports.messages import group_hints
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.verify import verify
from tests._support.bank import DATA, ROOT, load
from tests._support.latex_arithmetic import equations, find_mistakes
from tests._support.scripts import judged, lines

COURSE = find_bank(str(ROOT / "examples" / "course"))
SLUGS = COURSE.slugs()


Report = Callable[[str], VerificationReport]


@pytest.fixture(scope="module")
def report_on() -> Iterator[Report]:
    with Sandbox(start_fork_server()) as one, one.with_another_hash_seed() as other:
        yield cache(lambda slug: verify(COURSE, slug, (one, other)))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_problem_is_ready_to_publish(slug: str, report_on: Report) -> None:
    report = report_on(slug)
    assert [str(each) for each in report.findings if each.level is not Level.NOTE] == []
    assert report.misconceptions.rejected == report.misconceptions.total >= 6
    assert report.misconceptions.rejected_in_public >= 0.75 * report.misconceptions.total
    assert report.accepted_solutions >= 4


@pytest.mark.parametrize("slug", SLUGS)
def test_the_problem_is_complete(slug: str) -> None:
    problem = load(slug, COURSE)
    public = [case for case in problem.cases if not case.hidden]
    assert public and len(public) < len(problem.cases)
    assert all(case.explanation for case in public)
    assert "For example" in problem.statement
    # The starter has what a student writes, and no function that drives it.
    tree = ast.parse(problem.starter)
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert defined == set(problem.entry_point.names)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_arithmetic_is_right(slug: str) -> None:
    problem = load(slug, COURSE)
    text = "\n\n".join([problem.statement, *(case.explanation for case in problem.cases)])
    assert find_mistakes(text) == []


def test_most_problems_show_their_arithmetic() -> None:
    texts = [load(slug, COURSE).statement for slug in SLUGS]
    assert sum(bool(list(equations(text))) for text in texts) >= len(SLUGS) - 2


def test_a_mutant_with_another_sign_needs_no_excuse(report_on: Report) -> None:
    findings = report_on("top-eigenvectors").findings
    texts = [each.text for each in findings if each.rule == "mutants-are-rejected"]
    assert [text.splitlines()[0] for text in texts] == [
        "the checkers accept all other answers of this mutant (sign):"
    ]


# problem, submission, and verdict, points and message of each case
JUDGED: dict[str, tuple[str, str, list[str]]] = {
    "an Adam without the class": (
        "adam",
        "adam_as_a_function",
        ["CE 0/1 the class must be called Adam; found: adam_step, drive"] * 6,
    ),
    "an Adam that is the class alone": ("adam", "adam_alone", ["AC 1/1"] * 6),
    "eigenvectors with another sign": ("top-eigenvectors", "negated", ["AC 1/1"] * 5),
    "other names of groups": ("k-means", "renamed", ["AC 1/1"] * 8),
    "another order of tasks": ("topological-order", "last_first", ["AC 1/1"] * 9),
    "n-grams of wrong words": (
        "n-grams",
        "splits_at_blanks",
        ["WA 0/1", "AC 1/1", "WA 2/3", "WA 0/1", "WA 0/1", "AC 1/1", "AC 1/1", "WA 2/3", "WA 2/3"],
    ),
    "a result that its checker needs": (
        "dropout",
        "answers_an_object",
        [
            "WA 0/1 step 2, layer.forward(…): an answer must be a value, such as a number, a "
            "string, a list or an array: got an object of type object",
        ],
    ),
}


@pytest.mark.parametrize("slug, name, said", JUDGED.values(), ids=JUDGED)
def test_a_submission_gets_what_it_deserves(
    slug: str, name: str, said: list[str], sandbox: Sandbox
) -> None:
    source = (DATA / "course" / f"{name}.py").read_text("utf-8")
    found = lines(judged(slug, source, sandbox, bank=COURSE))
    shown = [line[: len(text)] for line, text in zip(found, said, strict=False)]
    assert shown == said


def test_a_checker_judges_a_step_by_what_the_submission_answered_before(sandbox: Sandbox) -> None:
    source = (DATA / "course" / "answers_an_object.py").read_text("utf-8")
    case = judged("dropout", source, sandbox, bank=COURSE).results[0]
    (backward,) = [each for each in case.steps if each.step.target == "layer.backward"]
    assert backward.mismatch is not None
    assert backward.mismatch.remark.startswith("it cannot be judged without y, which an earlier")


def test_a_right_but_slow_loop_gets_the_points_of_its_tier_and_the_hint(sandbox: Sandbox) -> None:
    folder = Path(COURSE.solutions_of("backpropagation") or "", "partial")
    source = (folder / "one-example-at-a-time.py").read_text("utf-8")
    judgement = judged("backpropagation", source, sandbox, bank=COURSE)
    # The bonus is in the points, and not in the maximum.
    assert judgement.score == 6 + 2 and judgement.max_score == 10
    assert group_hints(judgement) == [load("backpropagation", COURSE).groups[1].hint]
