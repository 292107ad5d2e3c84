"""Stored runs are judged by another key, unless that would have run the program more often."""

from __future__ import annotations

from dataclasses import replace

from grader.bank.locate import find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.judging.stored_runs import judge_stored_runs
from grader.model.judgement import Judgement
from grader.model.problem import Submission
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA
from tests._support.scripts import SCRIPTS, changed, lines


def judge_again(key: AnswerKey, judgement: Judgement, is_carried: bool = True) -> Judgement | None:
    """Judge the runs of a judgement again.

    Args:
        is_carried: whether the runs with right answers of given functions are among them
    """
    runs = [each.run for each in judgement.results]
    if not is_carried:
        runs = [replace(each, given=None) for each in runs]
    return judge_stored_runs(key, judgement.submission, runs, judgement.protection)


def test_runs_suffice_if_nothing_would_be_run_again(sandbox: Sandbox) -> None:
    key = AnswerKey(SCRIPTS.load("vocabulary"), sandbox)
    text = changed("vocabulary", ("-item[1]", "item[1]"), ("lower=False", "lower=True"))
    judgement = judge_for(
        Audience.INSTRUCTOR, key, Submission(text.encode(), "me.py"), sandbox, hints=False
    )
    again = judge_again(key, judgement)
    assert again is not None and lines(again) == lines(judgement)


def test_a_case_that_fails_now_is_run_with_what_it_gives(sandbox: Sandbox) -> None:
    """Under the key before it did not fail, so it was run once."""
    key = AnswerKey(SCRIPTS.load("vocabulary"), sandbox)
    text = changed("vocabulary", ("-item[1]", "item[1]"))
    judgement = judge_for(
        Audience.INSTRUCTOR, key, Submission(text.encode(), "me.py"), sandbox, hints=False
    )
    assert any(each.run.given is not None for each in judgement.results)
    assert judge_again(key, judgement, is_carried=False) is None


def test_a_draw_that_is_rejected_now_is_repeated(sandbox: Sandbox) -> None:
    key = AnswerKey(find_bank(str(DATA / "checkers")).load("categorical"), sandbox)
    right = key.problem.reference or b""
    wrong = right.replace(b"np.cumsum(probabilities)", b"np.cumsum([1 / 3] * 3)")
    assert wrong != right
    judged = [
        judge_for(Audience.INSTRUCTOR, key, Submission(each, "me.py"), sandbox, hints=False)
        for each in (right, wrong)
    ]
    found = [judge_again(key, each) for each in judged]
    assert found[0] is not None and lines(found[0]) == lines(judged[0])
    assert found[1] is None
