"""A class is judged completely and once, and a batch resumes after any interruption."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.course import serialization
from grader.course.batch import Batch, Progress
from grader.course.earlier import check_nothing_lost
from grader.course.store import JudgementKey, Store
from grader.course.stored_judgements import JudgementLoader
from grader.course.worker import close_sandboxes
from grader.errors import UsageError
from grader.judging.answer_key import AnswerKey
from grader.model.checker import Tolerance
from grader.model.course import Attempt, Outcome, Source, SubmissionSet
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from grader.submissions import read_submission
from grader.submissions.spool import digest_of
from tests._support.bank import ROOT, load

PROBLEM = "dr-grpo"


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return AnswerKey(load(PROBLEM), sandbox)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    close_sandboxes()


def read(attempt: Attempt) -> Submission:
    return read_submission(attempt.locator, attempt.student)


def attempt_of(path: Path) -> Attempt:
    """Return the attempt of a student, who has the name of the file."""
    submission = read_submission(str(path))
    return Attempt(path.stem, PROBLEM, str(path), digest=digest_of(submission))


def write(folder: Path, key: AnswerKey) -> list[Attempt]:
    """Write a class of four and a copier: accepted, wrong, crashing, empty."""
    known = {each.slug: each.source for each in key.problem.misconceptions}
    right = key.problem.accepted["loops"]
    sources = {
        "ann": right,
        "bob": known["no-clip"],
        "cem": b"import os\nos._exit(1)\n",
        "dot": b"",
        "eve": right,
    }
    folder.mkdir()
    attempts = []
    for student, source in sources.items():
        (folder / f"{student}.py").write_bytes(source)
        attempts.append(attempt_of(folder / f"{student}.py"))
    return attempts


def run(
    key: AnswerKey,
    store: Path,
    attempts: list[Attempt],
    sandbox: Sandbox,
    rejudge: bool = False,
    workers: int = 2,
) -> Progress:
    with Store(store) as opened, ThreadPoolExecutor(workers) as executor:
        batch = Batch({PROBLEM: key}, opened, sandbox.protection, read, rejudge)
        return list(batch.run(attempts, executor, at_once=workers))[-1]


def outcomes(store: Path) -> list[Outcome]:
    with Store(store) as opened:
        return [replace(each, cpu_s=0.0) for each in opened.outcomes()]


def test_every_attempt_is_judged_and_every_program_is_run_once(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    first = run(key, store, attempts, sandbox)
    assert (first.total, first.reused, first.judged, first.failed) == (5, 1, 4, 0)
    found = {each.attempt.student: each for each in outcomes(store)}
    assert {student: each.verdict for student, each in found.items()} == {
        "ann": Verdict.ACCEPTED,
        "bob": Verdict.WRONG_ANSWER,
        "cem": Verdict.INVALID_SUBMISSION,
        "dot": Verdict.INVALID_SUBMISSION,
        "eve": Verdict.ACCEPTED,
    }
    assert found["ann"].score == found["ann"].max_score == 15
    assert sum(found["bob"].cases.values()) == found["bob"].score
    assert found["bob"].misconceptions == ("no-clip",)
    again = run(key, store, attempts, sandbox)
    assert (again.reused, again.judged) == (5, 0)
    with Store(store) as opened:
        assert opened.times_run() == 4


def test_number_of_workers_makes_no_difference(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts = write(tmp_path / "in", key)
    stores = []
    for workers in (1, 3):
        stores.append(tmp_path / f"store-{workers}")
        run(key, stores[-1], attempts, sandbox, workers=workers)
    assert outcomes(stores[0]) == outcomes(stores[1])


def changed(key: AnswerKey, sandbox: Sandbox, **how: object) -> AnswerKey:
    """Return the key with a change in its first case."""
    first, *rest = key.problem.cases
    of_step = {name: each for name, each in how.items() if name in ("args", "tolerance")}
    of_case = {name: each for name, each in how.items() if name not in of_step}
    cases = (replace(first.with_step(**of_step), **of_case), *rest)  # type: ignore[arg-type]
    return AnswerKey(replace(key.problem, cases=cases), sandbox)


CHANGES: dict[str, tuple[dict[str, object], bool]] = {
    "a tolerance": ({"tolerance": Tolerance(rtol=0.9, atol=1.0)}, True),
    "points": ({"points": Fraction(3)}, True),
    "an argument": ({"args": {**load(PROBLEM).cases[0].step.args, "epsilon": 0.3}}, False),
}


@pytest.mark.parametrize("how, is_rejudged", CHANGES.values(), ids=CHANGES)
def test_changed_problem_is_judged_again(
    how: dict[str, object], is_rejudged: bool, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    new = changed(key, sandbox, **how)
    done = run(new, store, attempts, sandbox, rejudge=True)
    assert (done.reused, done.rejudged, done.judged) == ((1, 4, 0) if is_rejudged else (1, 0, 4))
    # Judging stored runs gives the same outcomes as running the programs again.
    fresh = tmp_path / "fresh"
    run(new, fresh, attempts, sandbox)
    assert outcomes(store) == outcomes(fresh)
    # With the old key, everything is still there.
    assert run(key, store, attempts, sandbox).reused == 5


def test_without_rejudge_a_new_tolerance_runs_everything(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    new = changed(key, sandbox, points=Fraction(2))
    assert run(new, store, attempts, sandbox).judged == 4


def test_shortened_runs_are_not_judged_again(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serialization, "MAX_STORED", 1000)
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    large = b"def compute_dr_grpo_objective(*args): return bytes(100_000)\n"
    (tmp_path / "in" / "fay.py").write_bytes(large)
    attempts.append(attempt_of(tmp_path / "in" / "fay.py"))
    run(key, store, attempts, sandbox)
    assert store.stat().st_size < 200_000
    with Store(store) as opened:
        batch = Batch({PROBLEM: key}, opened, sandbox.protection, read)
        loader = JudgementLoader(batch)
        judgement = loader.load(attempts[-1], "fay")
    text = message(judgement.results[0])
    assert text.startswith("returned bytes where a number is expected: got a large value")
    new = changed(key, sandbox, points=Fraction(3))
    done = run(new, store, attempts, sandbox, rejudge=True)
    assert (done.reused, done.rejudged, done.judged) == (1, 4, 1)


def test_removed_file_is_removed_from_the_class(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    run(key, store, attempts[:2], sandbox)
    assert [each.attempt.student for each in outcomes(store)] == ["ann", "bob"]


def test_internal_error_is_not_stored(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.errors import SandboxError

    def fail(*_: object) -> None:
        raise SandboxError("no processes left")

    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    with monkeypatch.context() as broken:
        broken.setattr(AnswerKey, "runs", fail)
        assert run(key, store, attempts[:2], sandbox).failed == 2
    assert outcomes(store) == []
    assert run(key, store, attempts[:2], sandbox).judged == 2


# Killed ------------------------------------------------------------------------------------------

GRADES = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
sys.path[:0] = [{tests!r}]
from tests.course.test_batch import AnswerKey, Batch, Sandbox, Store, attempt_of, load, read
from tests.course.test_batch import PROBLEM
from grader.sandbox.fork_server import start_fork_server
folder, store = map(Path, sys.argv[1:3])
attempts = [attempt_of(path) for path in sorted(folder.glob("*.py"))]
pool = ThreadPoolExecutor(2)
with Sandbox(start_fork_server()) as sandbox, Store(store) as opened, pool as executor:
    key = AnswerKey(load(PROBLEM), sandbox)
    for _ in Batch({{PROBLEM: key}}, opened, sandbox.protection, read).run(attempts, executor, 4):
        print("one", flush=True)
        sys.stdin.readline()  # so that it cannot finish before it is killed
"""


def test_killed_batch_resumes(key: AnswerKey, sandbox: Sandbox, tmp_path: Path) -> None:
    write(tmp_path / "few", key)
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    for number in range(60):
        source = tmp_path / "few" / ("ann.py", "bob.py")[number % 2]
        (folder / f"s{number:02}.py").write_bytes(source.read_bytes() + b"# %d\n" % number)
    command = [sys.executable, "-c", GRADES.format(tests=str(ROOT))]
    for lines in (3, 11, 29):
        process = subprocess.Popen(
            [*command, str(folder), str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None and process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline() == b"one\n"
            process.stdin.write(b"\n")
            process.stdin.flush()
        process.kill()
        process.communicate()
    attempts = [attempt_of(path) for path in sorted(folder.glob("*.py"))]
    run(key, store, attempts, sandbox)
    fresh = tmp_path / "fresh"
    run(key, fresh, attempts, sandbox)
    assert outcomes(store) == outcomes(fresh)
    assert len(outcomes(store)) == 60
    with Store(store) as opened:
        assert opened.times_run() == 60


class Immediately(Executor):
    """Runs a job when it is submitted."""

    def submit(self, do: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        with ThreadPoolExecutor(1) as thread:  # a new one: it has no sandbox that a test has closed
            done.set_result(thread.submit(do, *args, **kwargs).result())
        return done


class Never(Executor):
    """Begins no job."""

    def submit(self, do: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


@pytest.mark.parametrize("executor", [Immediately(), Never()], ids=["finished", "not begun"])
def test_a_closed_batch_stores_finished_jobs_and_does_not_wait_for_the_rest(
    executor: Executor, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """An interrupt is likely to come while progress is shown, not inside the batch."""
    attempts = write(tmp_path / "in", key)
    with Store(tmp_path / "store") as opened:
        steps = Batch({PROBLEM: key}, opened, sandbox.protection, read).run(attempts, executor, 9)
        assert next(steps).judged == 0
        steps.close()
        assert opened.times_run() == (1 if isinstance(executor, Immediately) else 0)


def test_an_interrupted_batch_still_protects_the_grades_of_an_earlier_one(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    source, late = (Source(str(tmp_path / each), "auto", None) for each in ("in", "late"))
    other = SubmissionSet((Attempt("ann", PROBLEM, f"{late.path}/ann.py"),))
    with Store(store) as opened:
        steps = Batch({PROBLEM: key}, opened, sandbox.protection, read).run(attempts, Never(), 9)
        next(steps)
        steps.close()
        with pytest.raises(UsageError, match="grades for 4 attempts"):
            check_nothing_lost(opened, other, [PROBLEM], [late], [source])


def test_an_interrupt_while_attempts_are_stored_keeps_the_earlier_ones(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    with Store(store) as opened:
        batch = Batch({PROBLEM: key}, opened, sandbox.protection, read)

        def interrupted() -> Iterator[tuple[Attempt, JudgementKey]]:
            yield attempts[0], batch.key_of(attempts[0])
            raise KeyboardInterrupt

        before = list(opened.attempts())
        with pytest.raises(KeyboardInterrupt):
            opened.replace_attempts(interrupted())
        assert len(before) == 5 and list(opened.attempts()) == before


def test_an_interrupt_while_a_judgement_is_stored_loses_none(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = write(tmp_path / "in", key)
    add, interrupts = Store.add, [KeyboardInterrupt()]

    def interrupted(*args: Any, **kwargs: Any) -> None:
        if interrupts:
            raise interrupts.pop()
        add(*args, **kwargs)

    monkeypatch.setattr(Store, "add", interrupted)
    with Store(tmp_path / "store") as opened:
        steps = Batch({PROBLEM: key}, opened, sandbox.protection, read)
        with pytest.raises(KeyboardInterrupt):
            list(steps.run(attempts, Immediately(), at_once=2))
        assert opened.times_run() == 2  # both that were finished by then
