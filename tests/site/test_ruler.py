"""The ruler: where answers lie in the band that is allowed, and what they have in common."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from grader.bank.locate import find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.judging.redact import for_student
from grader.model.judgement import Judgement
from grader.model.problem import Submission
from grader.sandbox.host import Sandbox
from grader.site.fragments import summary
from grader.site.ruler import Ruler, ruler_of
from tests._support.bank import TEST_BANK
from tests._support.bank import load as load_problem

Judge = Callable[[str], Judgement]


@pytest.fixture(scope="module")
def judged(sandbox: Sandbox) -> Judge:
    key = AnswerKey(load_problem("mean", find_bank(str(TEST_BANK))), sandbox)

    def run(expression: str) -> Judgement:
        source = f"def mean(values):\n    m = sum(values) / len(values)\n    return {expression}\n"
        return for_student(judge(key, Submission(source.encode(), "me.py"), sandbox))

    return run


def ruler(judgement: Judgement) -> Ruler:
    found = ruler_of(judgement)
    assert found is not None
    return found


BOTH = "too small in 1, too large in 1"
SUMMARIES = {
    "2 * m": "In 2 of 2 cases the answer is 2 times the expected one.",
    "-m": "In 2 of 2 cases the answer has the wrong sign.",
    "m + 1": "In 2 of 2 cases the answer is too large.",
    "m - 1": "In 2 of 2 cases the answer is too small.",
    "m + (1 if m > 5 else -1)": f"In 2 of 2 cases the answer is outside: {BOTH}.",
    "m if m > 5 else m + 1": "In 1 of 2 cases the answer is too large.",
    "float('inf')": "In 2 of 2 cases the answer is too large.",
    "-float('inf')": "In 2 of 2 cases the answer is too small.",
    "10**400": "In 2 of 2 cases the answer is too large.",
    "-(10**400)": "In 2 of 2 cases the answer is too small.",
}


@pytest.mark.parametrize("expression, said", SUMMARIES.items(), ids=SUMMARIES)
def test_what_answers_have_in_common(judged: Judge, expression: str, said: str) -> None:
    assert ruler(judged(expression)).summary == said


@pytest.mark.parametrize(
    "expression", ["m", "'a'", "[m]", "None", "1 / 0", "m + 1e-6", "True", "float('nan')"]
)
def test_there_is_none_where_no_number_is_off(judged: Judge, expression: str) -> None:
    assert ruler_of(judged(expression)) is None


def test_marks_lie_where_the_answers_do(judged: Judge) -> None:
    found = ruler(judged("m * (1 + 5e-5) if m > 5 else m * (1 - 1e-3)"))
    left, inside = found.marks
    assert left.off == pytest.approx(-10, rel=1e-3) and left.x < inside.x
    assert 0 < inside.off < 1 and not inside.is_beyond
    assert left.words == "three: too small, by 10 times the tolerance"
    assert inside.words == "one: within the tolerance"
    far = ruler(judged("1e300"))
    assert all(mark.is_beyond and mark.x == 1 for mark in far.marks)
    assert all(math.isinf(mark.off) for mark in ruler(judged("float('inf')")).marks)


def test_it_has_no_hidden_case_and_no_style(judged: Judge) -> None:
    found = ruler(judged("2 * m"))
    assert [mark.name for mark in found.marks] == ["three", "one"]
    html = summary(judged("2 * m"), "run")
    assert "ruler-band" in html and "style=" not in html
