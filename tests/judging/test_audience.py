"""Judgements for an audience: what each may see, and that nothing optional ends one."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from grader.bank.locate import find_bank
from grader.errors import SandboxError
from grader.judging import audience, diagnosis, observations
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for, judge_for
from grader.judging.judge import judge
from grader.judging.redact import for_student
from grader.model.judgement import CaseResult, Judgement, Verdict
from grader.model.problem import Submission
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from tests._support.bank import TEST_BANK
from tests.test_architecture import MODULES, imports, package

SUM = Submission(b"def mean(values):\n    return sum(values)\n", "/home/ada/me.py")
NEITHER = Submission(b"def mean(values):\n    return 0.123\n", "me.py")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(start_fork_server()) as started:
        yield started


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return AnswerKey(find_bank(str(TEST_BANK)).load("mean"), sandbox)


def without_times(judgement: Judgement) -> object:
    """The judgement but for what differs from one run to the next."""
    cases = [(each.case, each.verdict, each.mismatch, each.run.value) for each in judgement.results]
    return cases, judgement.problem, judgement.misconceptions, judgement.observations


def test_an_instructor_sees_everything(key: AnswerKey, sandbox: Sandbox) -> None:
    judgement = judge_for(Audience.INSTRUCTOR, key, SUM, sandbox)
    plain = judge(key, SUM, sandbox)
    assert without_times(judgement) == without_times(diagnosis.diagnose(plain, key, sandbox))
    assert judgement.problem.reference and judgement.misconceptions


def test_a_student_sees_a_redacted_judgement(key: AnswerKey, sandbox: Sandbox) -> None:
    judgement = judge_for(Audience.STUDENT, key, SUM, sandbox)
    whole = judge_for(Audience.INSTRUCTOR, key, SUM, sandbox)
    assert without_times(judgement) == without_times(for_student(whole))
    assert judgement.problem.reference is None and judgement.misconceptions


@pytest.mark.parametrize("reader", Audience)
def test_hints_can_be_left_out(
    reader: Audience, key: AnswerKey, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "diagnose", None)
    judgement = judge_for(reader, key, SUM, sandbox, hints=False)
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.misconceptions == ()


@pytest.mark.parametrize("reader", Audience)
def test_watched_results_are_redacted(reader: Audience, key: AnswerKey, sandbox: Sandbox) -> None:
    seen: list[CaseResult] = []
    whole = judge_for(reader, key, SUM, sandbox, watch=seen.append)
    assert seen == list(whole.results)
    shows_hidden = [bool(each.case.step.args) for each in seen if each.case.hidden]
    assert shows_hidden and set(shows_hidden) == {reader is Audience.INSTRUCTOR}


# Nothing optional ends a judgement ---------------------------------------------------------------

SECRET = "the hidden case expects 41.5"


def failing(*_: object) -> None:
    raise ZeroDivisionError(SECRET)


@pytest.mark.parametrize("reader", Audience)
@pytest.mark.parametrize(
    "module, name, submission",
    [
        (diagnosis, "_find_misconceptions", SUM),
        (observations, "observe", NEITHER),
    ],
    ids=["misconceptions", "observations"],
)
def test_hints_that_fail_are_left_out(
    reader: Audience,
    module: object,
    name: str,
    submission: Submission,
    key: AnswerKey,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected = judge_for(reader, key, submission, sandbox, hints=False)
    monkeypatch.setattr(module, name, failing)
    with caplog.at_level(logging.WARNING):
        judgement = judge_for(reader, key, submission, sandbox)
    assert without_times(judgement) == without_times(expected)
    assert judgement.verdict is Verdict.WRONG_ANSWER
    assert "ZeroDivisionError in grader.judging." in caplog.text
    assert SECRET not in caplog.text


def test_a_sandbox_that_fails_costs_the_hints_only(
    key: AnswerKey,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise SandboxError("the fork server has ended")

    judgement = judge(key, SUM, sandbox)
    monkeypatch.setattr(diagnosis, "_find_misconceptions", broken)
    assert conclude_for(Audience.INSTRUCTOR, judgement, key, sandbox) == judgement
    assert caplog.text == ""


def test_an_interrupt_while_seeking_hints_is_raised(
    key: AnswerKey, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(audience, "diagnose", interrupted)
    with pytest.raises(KeyboardInterrupt):
        judge_for(Audience.STUDENT, key, SUM, sandbox)


# The only door -----------------------------------------------------------------------------------


def test_only_judging_and_verify_diagnose() -> None:
    found = {package(name) for name in MODULES if "grader.judging.diagnosis" in imports(name)}
    assert found <= {"judging", "verify"}
