"""Where the jobs of a batch run: each worker stays on its core, and none outlives an interrupt."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grader.bank.locate import find_bank
from grader.course.batch import Job, run_job
from grader.course.executors import thread_workers
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.sandbox.limits import available_cores
from tests._support.bank import load, patient_bank
from tests._support.waiting import Gate

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
