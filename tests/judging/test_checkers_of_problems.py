"""Answers that are right in several ways: small problems of `data/checkers`, with submissions.

A problem for each checker, judged as a student's submission is, hidden cases included.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from grader.bank.load import load_problem
from grader.bank.locate import find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.model.judgement import Judgement, Verdict
from grader.model.problem import Submission
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA

FOLDER = DATA / "checkers"
Judge = Callable[[str, str], Judgement]


def source_of(slug: str, name: str) -> bytes:
    """Return a submission, or a right solution of the problem."""
    folders = FOLDER / "submissions" / slug, FOLDER / "solutions" / slug / "right"
    paths = [folder / f"{name}.py" for folder in folders]
    return next(path for path in paths if path.is_file()).read_bytes()


@pytest.fixture(scope="session")
def judged(sandbox: Sandbox) -> Judge:
    bank = find_bank(str(FOLDER))

    @cache
    def key(slug: str) -> AnswerKey:
        return AnswerKey(bank.load(slug), sandbox)

    def judge(slug: str, name: str) -> Judgement:
        submission = Submission(source_of(slug, name), f"{name}.py")
        return judge_for(Audience.STUDENT, key(slug), submission, sandbox)

    return judge


ACCEPTED = [
    ("subsets", "doubling"),
    ("subsets", "tuples_in_a_set"),
    ("anagrams", "sorted_backwards"),
    ("roots", "both"),
    ("principal-axis", "svd"),
    ("principal-axis", "negative"),
    ("eigenvectors", "negated_rows"),
    ("clusters", "permuted"),
    ("null-space", "by_hand"),
    ("topological-order", "depth_first"),
    ("dropout", "loop"),
    ("categorical", "by_choice"),
    ("categorical", "one_by_one"),
    ("categorical", "unlucky_once"),
]


@pytest.mark.parametrize("slug, name", ACCEPTED, ids=map("-".join, ACCEPTED))
def test_another_right_answer_gets_full_marks(slug: str, name: str, judged: Judge) -> None:
    judgement = judged(slug, name)
    assert [message(each) for each in judgement.results] == [""] * len(judgement.results)
    assert judgement.verdict is Verdict.ACCEPTED
    assert judgement.score == judgement.max_score


# The message about the first case, which is public.
REJECTED = {
    ("subsets", "twice"): "the element [] appears too often: got [[], [1], [2], [1, 2], []], "
    "expected [[], [1], [2], [1, 2]] in any order",
    ("subsets", "without_the_empty_one"): "the element [] is missing: got [[1], [2], [1, 2]], "
    "expected [[], [1], [2], [1, 2]] in any order",
    ("subsets", "reversed_inside"): "the element [1, 2] is missing: got [[], [1], [2], [2, 1]], "
    "expected [[], [1], [2], [1, 2]] in any order",
    ("anagrams", "one_group"): "the element ['ate', 'eat'] is missing: got [['ate', 'bat', "
    "'eat']], expected [['ate', 'eat'], ['bat']] in any order",
    ("roots", "the_larger"): "the element -2.0 is missing: got [0.5], expected "
    "[0.5, -2.0] in any order",
    ("principal-axis", "absolute"): "this answer is neither +1 nor -1 times the expected one: got "
    "array([0.6890208196500178, 0.7247415470971826], dtype=float64), expected "
    "[-0.7247415470971826, -0.6890208196500178]",
    ("eigenvectors", "descending"): "at [0]: this row is neither +1 nor -1 times the expected one "
    "(2 of 2 rows): got array([0.7071067811865475, 0.7071067811865475], dtype=float64), expected "
    "[0.7071067811865475, -0.7071067811865475]",
    ("clusters", "one_group"): "[0] and [1] have the same label where different ones are expected: "
    "got [0, 0, 0, 0], expected [0, 1, 0, 1]",
    ("clusters", "all_apart"): "[0] and [2] have different labels where the same one is expected: "
    "got [0, 1, 2, 3], expected [0, 1, 0, 1]",
    ("null-space", "the_same_row_twice"): "the rows span a space of dimension 1 where 2 is "
    "expected: got [[1.0, -1.0, 0.0], [2.0, -2.0, 0.0]], expected [[1.0, -1.0, 0.0], [1.0, 0.0, "
    "-1.0]]",
    ("topological-order", "nothing"): "the answer must be a list of nodes: got None",
    ("topological-order", "one_backwards"): "2 of 4 arcs point backwards: got [0, 3, 1, 2]",
    ("dropout", "unscaled"): "at [0]: got 1.0, expected 2.0 (off by 1; at most 0.0002 is allowed); "
    "3 of 4 elements differ",
    ("null-space", "row_space"): "at [0]: this row is not in the space that the expected rows "
    "span: got [1.0, 1.0, 1.0], expected [[1.0, -1.0, 0.0], [1.0, 0.0, -1.0]]",
}


@pytest.mark.parametrize("which, text", REJECTED.items(), ids=map("-".join, REJECTED))
def test_a_wrong_answer_is_rejected_with_its_reason(
    which: tuple[str, str], text: str, judged: Judge
) -> None:
    judgement = judged(*which)
    assert judgement.results[0].verdict is Verdict.WRONG_ANSWER
    assert rounded(message(judgement.results[0])) == rounded(text)


def rounded(text: str) -> str:
    """Return a text without the last digits of its numbers, which versions of NumPy differ in."""
    return re.sub(r"\d+\.\d{12,}", lambda found: f"{float(found[0]):.12f}", text)


def test_no_observation_compares_with_one_of_several_right_answers(judged: Judge) -> None:
    for which in REJECTED:
        assert judged(*which).observations == (), which


def test_a_checker_may_give_a_share_of_the_points(judged: Judge) -> None:
    judgement = judged("topological-order", "one_backwards")
    assert [each.points for each in judgement.results] == [1, 1, 1]
    assert [each.verdict for each in judgement.results][:2] == [Verdict.WRONG_ANSWER] * 2


def test_draws_that_are_unlikely_with_three_seeds_are_wrong(judged: Judge) -> None:
    _, many, often = judged("categorical", "all_alike").results
    assert many.verdict is often.verdict is Verdict.WRONG_ANSWER
    assert message(many) == "the answer is not right"


def test_what_a_checker_says_is_for_public_cases_only(judged: Judge) -> None:
    public, hidden, _ = judged("topological-order", "one_backwards").results
    assert message(public) == "2 of 4 arcs point backwards: got [0, 3, 1, 2]"
    assert message(hidden) == "the answer is not right"


def test_a_hidden_case_says_if_nothing_was_returned(judged: Judge) -> None:
    _, hidden, _ = judged("topological-order", "nothing").results
    assert message(hidden) == "returned None: is a return missing?"


def test_a_misconception_is_recognised_if_the_author_judges(judged: Judge) -> None:
    judgement = judged("topological-order", "by_number")
    assert [each.hint for each in judgement.misconceptions] == [
        "Does the number of a node say anything about its arcs?"
    ]


def test_students_without_the_solutions_get_the_same_verdict(sandbox: Sandbox) -> None:
    folder = FOLDER / "problems" / "topological-order"
    key = AnswerKey(load_problem(str(folder)), sandbox)
    submission = Submission(source_of("topological-order", "depth_first"), "me.py")
    judgement = judge_for(Audience.STUDENT, key, submission, sandbox)
    assert judgement.verdict is Verdict.ACCEPTED and len(judgement.results) == 1


def test_a_hidden_answer_without_an_element_is_not_said_to_be_of_another_size(
    judged: Judge,
) -> None:
    hidden = judged("subsets", "reversed_inside").results[1]
    assert message(hidden) == "the value of the answer is different from the expected one"
