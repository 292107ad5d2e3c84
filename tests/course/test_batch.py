"""A class is judged completely, once, and goes on where it was, whatever happened to it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.course.batch import Batch, Progress, close_sandboxes
from grader.course.executors import cores, threads
from grader.course.serialization import (
    answers_fingerprint,
    diagnoses_from_json,
    diagnoses_to_json,
    runs_from_json,
    runs_to_json,
)
from grader.course.store import Store
from grader.errors import UsageError
from grader.judging.answer_key import AnswerKey
from grader.model.course import Attempt, Outcome
from grader.model.judgement import Diagnosis, Run, RunStatus
from grader.model.problem import Submission, Tolerance
from grader.sandbox.host import Sandbox
from grader.submissions import read_submission
from grader.values import Array, Unsupported
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


def write(folder: Path, key: AnswerKey) -> list[Attempt]:
    """A class of four and a copier: right, wrong, crashing, nothing."""
    known = {each.slug: each.source for each in key.problem.misconceptions}
    right = key.problem.right["loops"]
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
        attempts.append(Attempt(student, PROBLEM, str(folder / f"{student}.py")))
    return attempts


def run(
    key: AnswerKey,
    store: Path,
    attempts: list[Attempt],
    sandbox: Sandbox,
    rejudge: bool = False,
    workers: int = 2,
) -> Progress:
    with Store(store) as kept, ThreadPoolExecutor(workers) as executor:
        batch = Batch({PROBLEM: key}, kept, sandbox.protection, read, rejudge)
        return list(batch.run(attempts, executor, at_once=workers))[-1]


def outcomes(store: Path) -> list[Outcome]:
    with Store(store) as kept:
        return [replace(each, cpu_s=0.0) for each in kept.outcomes()]


def test_everybody_gets_a_judgement_and_each_program_is_run_once(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    first = run(key, store, attempts, sandbox)
    assert (first.total, first.known, first.judged, first.failed) == (5, 1, 4, 0)
    found = {each.attempt.student: each for each in outcomes(store)}
    assert {student: each.verdict for student, each in found.items()} == {
        "ann": "accepted",
        "bob": "wrong_answer",
        "cem": "invalid_submission",
        "dot": "invalid_submission",
        "eve": "accepted",
    }
    assert found["ann"].score == found["ann"].max_score == 15
    assert sum(found["bob"].cases.values()) == found["bob"].score
    assert found["bob"].misconceptions == ("no-clip",)
    again = run(key, store, attempts, sandbox)
    assert (again.known, again.judged) == (5, 0)
    with Store(store) as kept:
        assert kept.times_run() == 4


def test_the_number_of_workers_makes_no_difference(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts = write(tmp_path / "in", key)
    stores = []
    for workers in (1, 3):
        stores.append(tmp_path / f"store-{workers}")
        run(key, stores[-1], attempts, sandbox, workers=workers)
    assert outcomes(stores[0]) == outcomes(stores[1])


def changed(key: AnswerKey, sandbox: Sandbox, **how: object) -> AnswerKey:
    """The key with something changed in its first case."""
    first, *rest = key.problem.cases
    cases = (replace(first, **how), *rest)  # type: ignore[arg-type]
    return AnswerKey(replace(key.problem, cases=cases), sandbox)


CHANGES: dict[str, tuple[dict[str, object], bool]] = {
    "a tolerance": ({"tolerance": Tolerance(rtol=0.9, atol=1.0)}, True),
    "points": ({"points": Fraction(3)}, True),
    "an argument": ({"args": {**load(PROBLEM).cases[0].args, "epsilon": 0.3}}, False),
}


@pytest.mark.parametrize("how, is_rejudged", CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_judged_anew(
    how: dict[str, object], is_rejudged: bool, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    new = changed(key, sandbox, **how)
    done = run(new, store, attempts, sandbox, rejudge=True)
    assert (done.known, done.rejudged, done.judged) == ((1, 4, 0) if is_rejudged else (1, 0, 4))
    # Kept runs, judged anew, give what running them again does.
    fresh = tmp_path / "fresh"
    run(new, fresh, attempts, sandbox)
    assert outcomes(store) == outcomes(fresh)
    # Back to the old key nothing needs to be done, and nothing has been lost.
    assert run(key, store, attempts, sandbox).known == 5


def test_without_rejudge_a_new_tolerance_runs_everything(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    new = changed(key, sandbox, points=Fraction(2))
    assert run(new, store, attempts, sandbox).judged == 4


def test_what_is_gone_from_the_folder_is_gone_from_the_class(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    attempts, store = write(tmp_path / "in", key), tmp_path / "store"
    run(key, store, attempts, sandbox)
    run(key, store, attempts[:2], sandbox)
    assert [each.attempt.student for each in outcomes(store)] == ["ann", "bob"]


def test_our_own_failure_is_not_kept(
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


# The store ---------------------------------------------------------------------------------------


def other_database(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE cats (name TEXT)")


def newer_store(path: Path) -> None:
    with Store(path):
        pass
    with sqlite3.connect(path) as database:
        database.execute("UPDATE about SET value = '99' WHERE name = 'schema'")


UNFIT: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("hello " * 999), "cannot be used as a store: file is"),
    "another database": (other_database, "is a database of something else"),
    "a newer one": (newer_store, r"its tables have version 99, not 1\)"),
    "a folder": (lambda path: path.mkdir(), "cannot be used as a store: unable to open"),
}


@pytest.mark.parametrize("make, why", UNFIT.values(), ids=UNFIT)
def test_a_file_that_is_no_store(make: Callable[[Path], object], why: str, tmp_path: Path) -> None:
    make(tmp_path / "store")
    with pytest.raises(UsageError, match=why):
        Store(tmp_path / "store")


def test_every_column_says_what_it_means() -> None:
    lines = (ROOT / "grader" / "course" / "store.sql").read_text().splitlines()
    columns = [line for line in lines if line.startswith("    ") and "PRIMARY KEY (" not in line]
    assert len(columns) > 20
    assert [line for line in columns if " -- " not in line] == []


RUNS = [
    Run(RunStatus.RETURNED, value=[1.5, {"a": (1, 2j)}, Array("int8", (1,), b"\1")], cpu_s=0.25),
    Run(RunStatus.RETURNED, value=None, stdout="ü\ud800\0"),
    Run(RunStatus.RETURNED, value=float("inf")),
    Run(RunStatus.RAISED, error="ValueError: x", line=3, traceback="line 3\n    x", peak_mib=1.5),
    Run(RunStatus.RETURNED, value=Unsupported("an object of type Foo")),
]


def test_runs_are_kept_exactly() -> None:
    assert runs_from_json(runs_to_json(RUNS)) == RUNS
    assert runs_from_json(runs_to_json([Run(RunStatus.RETURNED, value=float("nan"))]))[0].value != 0


def test_suspects_are_kept_exactly() -> None:
    misconceptions = (Diagnosis(("a", "b"), ("One?", "Two?"), 3, 3),)
    assert diagnoses_from_json(diagnoses_to_json(misconceptions)) == misconceptions


def returned(*values: float) -> list[Run]:
    return [Run(RunStatus.RETURNED, value=value) for value in values]


ALIKE = {
    "equal to six digits": (returned(1.00000001, 2.0), returned(1.0, 2.0), True),
    "different in the fourth": (returned(1.001), returned(1.0), False),
    "an error and none": (returned(1.0), [Run(RunStatus.RAISED)], False),
    "errors of other texts": (
        [Run(RunStatus.RAISED, error="a")],
        [Run(RunStatus.RAISED, error="b")],
        True,
    ),
}


@pytest.mark.parametrize("one, other, same", ALIKE.values(), ids=ALIKE)
def test_alike(one: list[Run], other: list[Run], same: bool) -> None:
    assert (answers_fingerprint(one) == answers_fingerprint(other)) is same


# Killed ------------------------------------------------------------------------------------------

GRADES = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
sys.path[:0] = [{tests!r}]
from tests.course.test_batch import PROBLEM, Attempt, AnswerKey, Batch, Sandbox, Store, load, read
from grader.sandbox.forked import fork_server
folder, store = map(Path, sys.argv[1:3])
attempts = [Attempt(path.stem, PROBLEM, str(path)) for path in sorted(folder.glob("*.py"))]
with Sandbox(fork_server()) as sandbox, Store(store) as kept, ThreadPoolExecutor(2) as executor:
    key = AnswerKey(load(PROBLEM), sandbox)
    for _ in Batch({{PROBLEM: key}}, kept, sandbox.protection, read).run(attempts, executor, 4):
        print("one", flush=True)
        sys.stdin.readline()  # so that it cannot be over before it is killed
"""


def test_a_class_that_is_killed_goes_on_where_it_was(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
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
    attempts = [Attempt(path.stem, PROBLEM, str(path)) for path in sorted(folder.glob("*.py"))]
    run(key, store, attempts, sandbox)
    fresh = tmp_path / "fresh"
    run(key, fresh, attempts, sandbox)
    assert outcomes(store) == outcomes(fresh)
    assert len(outcomes(store)) == 60
    with Store(store) as kept:
        assert kept.times_run() == 60


class AtOnce(Executor):
    """Does a job when it is submitted."""

    def submit(self, do: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(do(*args, **kwargs))
        return done


def test_what_is_done_is_kept_when_the_rest_is_given_up(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """As an interrupt is likely to come while progress is shown, and not inside the batch."""
    attempts = write(tmp_path / "in", key)
    with Store(tmp_path / "store") as kept:
        steps = Batch({PROBLEM: key}, kept, sandbox.protection, read).run(attempts, AtOnce(), 9)
        assert next(steps).judged == 0
        steps.close()
        assert kept.times_run() == 1


# Where the jobs are done -------------------------------------------------------------------------


def places(count: int) -> list[set[int]]:
    """The cores that each of so many threads may use, and what it starts."""
    together = threading.Barrier(count)

    def place() -> set[int]:
        together.wait()
        tell = "import os; print(*os.sched_getaffinity(0))"
        told = subprocess.run([sys.executable, "-c", tell], capture_output=True, check=True)
        assert set(map(int, told.stdout.split())) == os.sched_getaffinity(0)
        return os.sched_getaffinity(0)

    with threads(count) as (pool, at_once):
        assert at_once == count
        return [each.result() for each in [pool.submit(place) for _ in range(count)]]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system has no affinity")
def test_a_worker_for_each_core_keeps_to_it() -> None:
    ours = os.sched_getaffinity(0)
    assert sorted(map(sorted, places(cores()))) == [[each] for each in sorted(ours)]
    assert places(cores() + 1) == [ours] * (cores() + 1)
    assert os.sched_getaffinity(0) == ours


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system has no affinity")
def test_where_that_is_forbidden_it_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    assert places(cores()) == [os.sched_getaffinity(0)] * cores()
