"""Where the jobs of a batch run: each worker stays on its core, and none outlives an interrupt."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, cast

import pytest

from grader.bank.locate import find_bank
from grader.course import batch as batch_module
from grader.course import executors
from grader.course.batch import Batch
from grader.course.executors import Workers, thread_workers
from grader.course.store import Store
from grader.course.worker import Job, run_job
from grader.errors import SandboxError
from grader.judging.answer_key import AnswerKey
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.sandbox.limits import available_cores
from tests._support.bank import load, patient_bank
from tests._support.waiting import Gate
from tests.course.test_failures import PROTECTION, Key, attempts, read

needs_affinity = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="the system has no affinity"
)


def cores_of_workers(count: int) -> list[set[int]]:
    """Return the cores that each worker thread may use, which are those of its processes too."""
    together = threading.Barrier(count)

    def cores() -> set[int]:
        together.wait()
        code = "import os; print(*os.sched_getaffinity(0))"
        child = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert set(map(int, child.stdout.split())) == os.sched_getaffinity(0)
        return os.sched_getaffinity(0)

    with thread_workers(count) as workers:
        assert workers.at_once == count
        futures = [workers.executor.submit(cores) for _ in range(count)]
        return [each.result() for each in futures]


@needs_affinity
def test_one_worker_per_core_stays_on_it() -> None:
    ours = os.sched_getaffinity(0)
    count = available_cores()
    assert sorted(map(sorted, cores_of_workers(count))) == [[each] for each in sorted(ours)]
    assert cores_of_workers(count + 1) == [ours] * (count + 1)
    assert os.sched_getaffinity(0) == ours


@needs_affinity
def test_workers_run_where_pinning_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    count = available_cores()
    assert cores_of_workers(count) == [os.sched_getaffinity(0)] * count


def test_an_interrupt_ends_the_jobs_that_run(gate: Gate, tmp_path: Path) -> None:
    bank = find_bank(str(patient_bank(tmp_path / "bank")))
    source = f"def mean(values):\n    {gate.wait}\n"
    submission = Submission(source.encode(), "me.py")
    with pytest.raises(KeyboardInterrupt), thread_workers(1) as workers:
        job = Job(load("mean", bank), "key", submission, "basic")
        future = workers.executor.submit(run_job, job)
        gate.await_arrival()
        raise KeyboardInterrupt
    assert future.result().verdict is Verdict.JUDGE_ERROR


class TogetherOnly(Executor):
    """Finishes no job before a number of jobs have been submitted, as that many workers would."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._waiting: list[Future[Any]] = []
        self.most = 0

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting.append(future)
        self.most = max(self.most, len(self._waiting))
        if len(self._waiting) == self._count:
            while self._waiting:
                self._waiting.pop().set_exception(SandboxError("it was not judged"))
        return future


def test_workers_that_come_later_get_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker is there at first; eight are when the batch looks again, while it waits."""
    monkeypatch.setattr(batch_module, "_MAX_WAIT_S", 0.01)
    counts = iter([1, 1])
    executor = TogetherOnly(8)
    workers = Workers(executor, lambda: next(counts, 4))
    with Store(tmp_path / "store") as store:
        key = Key(load("dr-grpo"))
        batch = Batch({"dr-grpo": cast("AnswerKey", key)}, store, PROTECTION, read)
        some = attempts(*(f"s{number}" for number in range(16)))
        *_, progress = batch.run(some, executor, workers.in_flight)
    assert progress.finished == 16 and executor.most == 8


class Cluster:
    """A client of a cluster that gets a worker at each question."""

    def __init__(self) -> None:
        self.questions = 0

    def ncores(self) -> dict[str, int]:
        self.questions += 1
        return {f"tcp://{number}": 2 for number in range(self.questions - 1)}


def test_cores_of_a_cluster_are_counted_now_and_then() -> None:
    now = [0.0]
    cluster = Cluster()
    cores = executors._CountedCores(cluster, lambda: now[0])
    assert [cores.count() for _ in range(1000)] == [1] * 1000
    now[0] = 1.0
    assert [cores.count() for _ in range(1000)] == [2] * 1000
    now[0] = 2.0
    assert (cores.count(), cluster.questions) == (4, 3)
