"""Access times are made constant before the first judgement of a process, and when that expires."""

from __future__ import annotations

import math
import os
import signal
import time

import pytest

from grader import Grader
from grader.course.worker import Job, close_sandboxes, run_job
from grader.errors import SandboxError
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.sandbox import settled
from grader.sandbox.host import Sandbox
from tests._support.bank import PATIENCE_S, TEST_BANK
from tests._support.small_problems import LISTS, MEAN, small_problem

RIGHT = b"def f(x): return sum(x) / len(x)\n"
MEAN_OF_BANK = b"def mean(values): return sum(values) / len(values)\n"


class Asked:
    """Counts how often a sandbox is asked to make them constant, and says until when they are."""

    def __init__(self) -> None:
        self.times = 0
        self.until_s = time.time() + 3600

    def settle(self) -> float:
        self.times += 1
        return self.until_s


@pytest.fixture
def asked(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Asked:
    if sandbox.protection.tier != "strict":
        pytest.skip("elsewhere programs can write to files anyway")
    counter = Asked()
    monkeypatch.setattr(settled, "_until", 0.0)
    monkeypatch.setattr(Sandbox, "settle", counter.settle)
    return counter


def open_grader(tier: str = "strict") -> Grader:
    return Grader(TEST_BANK / "problems", TEST_BANK / "solutions", sandbox=tier)


def test_a_grader_asks_once_and_again_when_it_expires(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_grader() as first, open_grader() as second:
        first.problem("mean")
        assert asked.times == 0  # solutions need no such care
        for grader in (first, first, second):
            grader.score("mean", MEAN_OF_BANK)
            assert asked.times == 1
        monkeypatch.setattr(settled, "_until", time.time() - 1)
        first.score("mean", MEAN_OF_BANK)
        assert asked.times == 2


def test_jobs_of_a_class_ask_too(asked: Asked) -> None:
    job = Job(small_problem(MEAN, LISTS), "settled", Submission(RIGHT, "me.py"), "strict")
    try:
        assert [run_job(job).verdict for _ in range(3)] == [Verdict.ACCEPTED] * 3
    finally:
        close_sandboxes()
    assert asked.times == 1


def test_files_that_expire_one_after_the_other_are_not_read_before_every_judgement(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settled, "_MIN_SETTLED_S", PATIENCE_S)
    asked.until_s = began = time.time()
    with open_grader() as grader:
        for _ in range(3):
            grader.score("mean", MEAN_OF_BANK)
    assert asked.times == 1 and began + PATIENCE_S <= settled._until < math.inf


@pytest.mark.parametrize("until_s", [0.0, math.inf])
def test_a_server_that_was_killed_is_replaced(
    until_s: float, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_grader("best") as grader:
        assert grader.score("mean", MEAN_OF_BANK).verdict is Verdict.ACCEPTED
        (used,) = grader._sandboxes
        server = used._servers.current
        if server is None:
            pytest.skip("there are no fork servers here")
        os.kill(server._process.pid, signal.SIGKILL)
        monkeypatch.setattr(settled, "_until", until_s)
        assert grader.score("mean", MEAN_OF_BANK).verdict is Verdict.ACCEPTED


def test_a_judgement_is_made_also_if_they_cannot_be_made_constant(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> float:
        asked.times += 1
        raise SandboxError("the fork server has ended")

    monkeypatch.setattr(asked, "settle", fail)
    monkeypatch.setattr(Sandbox, "settle", lambda _: asked.settle())
    with open_grader() as grader:
        for _ in range(2):
            assert grader.score("mean", MEAN_OF_BANK).verdict is Verdict.ACCEPTED
    assert asked.times == 1 and "the fork server has ended" in caplog.text


def test_a_persons_own_case_is_run_after_it(asked: Asked) -> None:
    with open_grader() as grader:
        case = grader.problem("mean").cases[0]
        grader.try_case("mean", MEAN_OF_BANK, case)
    assert asked.times == 1


def test_the_basic_tier_does_not_speak_for_the_strict_one(asked: Asked) -> None:
    with open_grader("basic") as basic, open_grader() as strict:
        basic.score("mean", MEAN_OF_BANK)
        assert asked.times == 0
        strict.score("mean", MEAN_OF_BANK)
        assert asked.times == 1
