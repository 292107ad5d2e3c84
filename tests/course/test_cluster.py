"""On a real Dask cluster, late workers get jobs, and what ends workers spoils nothing else."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.course import batch as batch_module
from grader.course import executors
from grader.course.batch import Batch
from grader.course.executors import dask_workers
from grader.course.store import Store
from grader.course.worker import Job
from grader.judging.answer_key import AnswerKey
from grader.model.judgement import Judgement
from tests._support.bank import PATIENCE_S, TEST_BANK, load
from tests._support.waiting import until
from tests.cli.test_batch_command import batch, started, table
from tests.course.test_failures import PROBLEM, PROTECTION, Key, attempts, read, right

distributed = pytest.importorskip("distributed")


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A scheduler with one worker, all in this process, so that jobs can meet at a barrier."""
    made = distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # none that others may use
    )
    with made:
        yield made


TOGETHER = threading.Barrier(3)
BEGUN = threading.Event()


def judge_together(job: Job) -> Judgement:
    """Judge as soon as three jobs are judged at the same time."""
    BEGUN.set()
    TOGETHER.wait(PATIENCE_S)
    return right(job, cast("AnswerKey", Key(job.problem)))


def test_workers_that_come_later_get_jobs_at_once(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scale() -> None:
        if BEGUN.wait(PATIENCE_S):
            cluster.scale(3)

    monkeypatch.setattr(batch_module, "run_job", judge_together)
    threading.Thread(target=scale, daemon=True).start()
    with (
        Store(tmp_path / "store") as store,
        dask_workers(cluster.scheduler_address) as workers,
    ):
        some = attempts(*(f"s{number}" for number in range(6)))
        key = cast("AnswerKey", Key(load(PROBLEM)))
        grading = Batch({PROBLEM: key}, store, PROTECTION, read)
        *_, progress = grading.run(some, workers.executor, workers.in_flight)
    assert (progress.judged, grading.failures) == (6, [])


LENGTH = 500_000  # of what each job has: Dask keeps messages below a million bytes


def test_jobs_leave_nothing_in_memory() -> None:
    """The scheduler and each connection keep their latest messages: a thousand by default."""
    with dask_workers(count=1) as workers:
        tracemalloc.start()
        try:
            for number in range(60):
                job = workers.executor.submit(len, bytes([number]) * LENGTH)
                assert job.result(PATIENCE_S) == LENGTH
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert kept < 30 * LENGTH


def test_workers_import_nothing_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a submission of this name would run outside of the sandbox."""
    (tmp_path / "pickle.py").write_text("raise SystemExit('imported')\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    with dask_workers(count=1) as workers:
        assert workers.executor.submit(len, "ab").result() == 2
    assert "PYTHONSAFEPATH" not in os.environ


def test_other_users_of_the_machine_cannot_command_the_cluster() -> None:
    with dask_workers(count=1) as workers:
        address = cast("Any", workers.executor)._executor._client.scheduler.address
        other = distributed.Security.temporary()  # a certificate that is not the cluster's
        with pytest.raises(OSError, match=r"(?i)certificate"):
            distributed.Client(address, security=other, timeout=5)


class Cluster:
    """A cluster as far as it is kept up: workers by their names, and the state of each."""

    def __init__(self, *states: str) -> None:
        self.workers = {number: worker(state) for number, state in enumerate(states)}
        self.loop = self

    def add_callback(self, call: Callable[[], None]) -> None:
        call()

    def scale(self, count: int) -> None:
        self.workers = {number: worker("running") for number in range(count)}

    def states(self) -> list[str]:
        return [each.status.name for each in self.workers.values()]


def worker(state: str) -> SimpleNamespace:
    return SimpleNamespace(status=SimpleNamespace(name=state))


@pytest.mark.parametrize("state", ["failed", "closed"])
def test_a_worker_that_could_not_be_started_again_is_replaced(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(executors, "_MISSED_EVERY_S", 0.01)
    cluster = Cluster("running", state)
    with executors._kept_up(cluster):
        until(lambda: cluster.states() == ["running", "running"])


# The parent of the process that runs it is a fork server, and the parent of that a Dask worker.
KILLER = """import os, signal

def parent(process):
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("PPid:"))

worker = parent(os.getppid())
with open(f"/proc/{worker}/cmdline") as command:
    if "multiprocessing" in command.read():
        os.kill(worker, signal.SIGKILL)
"""


# How long Dask lets a worker that was ended start again before it does without it.
@pytest.mark.parametrize("patience", ["1 hour", "1 ms"])
def test_program_that_ends_three_workers_is_not_graded(
    patience: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command runs in an interpreter of its own, which Dask starts again for workers."""
    monkeypatch.setenv("DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT", patience)
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    mean = "def mean(values):\n    return sum(values) / len(values)\n"
    for name, source in {"ann": mean, "bob": KILLER + mean, "cem": f"{mean}# 2\n"}.items():
        (folder / f"{name}.py").write_text(source)
    process = started([*batch(folder, out), "--executor", "dask", "--workers", "1"], TEST_BANK)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, errors
    assert "bob, mean: the workers that were judging it have ended" in errors
    totals = {row["id"]: row["total"] for row in table(out / "grades.csv")}
    assert totals == {"ann": "4", "bob": "not graded", "cem": "4"}
