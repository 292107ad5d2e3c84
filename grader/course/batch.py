"""Grade a class: judge every attempt once, and store each judgement as soon as it is made.

Jobs go to an executor of `concurrent.futures`: threads of this process, because the work is done in
child processes, or the workers of a cluster. Each worker thread keeps its sandbox and answer keys
from job to job. Only this process writes to the store.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace

from grader import __version__
from grader.course.store import JudgementKey, Store
from grader.errors import OutOfResources
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for, judge_for
from grader.judging.judge import judgement_of
from grader.model.course import Attempt
from grader.model.judgement import Judgement, Protection, Verdict
from grader.model.problem import Problem, Submission
from grader.sandbox.forked import fork_server
from grader.sandbox.host import Sandbox

# Attempts per transaction. Losing some is harmless: every batch collects all of them again.
_TRANSACTION = 200
_MIN_SETTLED_S = 60.0  # between two times that access times are made constant

ReadSubmission = Callable[[Attempt], Submission]


@dataclass(frozen=True)
class Job:
    """A submission to judge, with everything that a worker process needs.

    Attributes:
        key: digest of the answer key, by which a worker finds the one that it has built
    """

    problem: Problem
    key: str
    submission: Submission
    tier: str


@dataclass(frozen=True)
class Progress:
    """Number of finished attempts of a batch, by how they were finished.

    Attributes:
        reused: judged earlier, or with the same program as another attempt
        rejudged: judged from stored runs
        failed: internal errors; these attempts are judged again the next time
    """

    total: int
    reused: int = 0
    rejudged: int = 0
    judged: int = 0
    failed: int = 0

    @property
    def finished(self) -> int:
        """The number of attempts that this batch is done with, including those that failed."""
        return self.reused + self.rejudged + self.judged + self.failed


# In a worker -------------------------------------------------------------------------------------


class _WorkerState(threading.local):
    """State that a worker thread keeps between jobs: a sandbox, and answer keys by digest."""

    sandbox: Sandbox | None = None

    def __init__(self) -> None:
        self.keys: dict[str, AnswerKey] = {}


_worker = _WorkerState()
_settling = threading.Lock()
_settled_until = 0.0  # in seconds since the epoch
_open_sandboxes: list[Sandbox] = []


def run_job(job: Job) -> Judgement:
    """Judge a submission in the sandbox of this thread."""
    sandbox = _worker.sandbox
    if sandbox is None:
        sandbox = _worker.sandbox = Sandbox(fork_server(), job.tier)
        _open_sandboxes.append(sandbox)
    _settle(sandbox)
    if job.key not in _worker.keys:
        _worker.keys[job.key] = AnswerKey(job.problem, sandbox)
    key = _worker.keys[job.key]
    judgement = judge_for(Audience.INSTRUCTOR, key, job.submission, sandbox)
    # The solutions need not be sent back.
    return replace(judgement, problem=replace(job.problem, reference=None, accepted={}))


def _settle(sandbox: Sandbox) -> None:
    """Before the first job, and again after a day, make access times constant, in one thread."""
    global _settled_until
    with _settling:
        if time.time() >= _settled_until:
            _settled_until = max(sandbox.settle(), time.time() + _MIN_SETTLED_S)


def close_sandboxes() -> None:
    """Close the sandboxes that jobs have opened in this process."""
    while _open_sandboxes:
        _open_sandboxes.pop().close()


# In the process that grades the class ------------------------------------------------------------


class Batch:
    """The grading of one class.

    Args:
        keys: the answer key of each problem, by its slug
        protection: tier and layers of the sandboxes in which the jobs will run
        read: returns the submission of an attempt; it is called only for attempts to be judged
        rejudge: judge stored runs again where only tolerances or points have changed
    """

    def __init__(
        self,
        keys: Mapping[str, AnswerKey],
        store: Store,
        protection: Protection,
        read: ReadSubmission,
        rejudge: bool = False,
    ) -> None:
        self._keys = keys
        self._store = store
        self._protection = protection
        self._read = read
        self._rejudge = rejudge

    def key_of(self, attempt: Attempt) -> JudgementKey:
        """Return the key under which the judgement of an attempt is stored."""
        key = self._keys[attempt.problem]
        return JudgementKey(
            submission=attempt.digest,
            problem=attempt.problem,
            key=key.digest,
            inputs=key.inputs_digest,
            grader=__version__,
            tier=self._protection.tier,
        )

    def run(
        self, attempts: Sequence[Attempt], executor: Executor, at_once: int
    ) -> Generator[Progress]:
        """Judge the attempts that have no judgement yet, and yield the progress after each.

        If interrupted or closed, cancel the jobs that have not begun, wait for the others, and
        store their judgements.

        Args:
            at_once: maximum number of jobs submitted to the executor at a time
        """
        progress = Progress(len(attempts))
        submitted: dict[Future[Judgement], JudgementKey] = {}
        pending: set[JudgementKey] = set()
        found: list[tuple[Attempt, JudgementKey]] = []
        self._store.clear_attempts()
        try:
            for attempt in attempts:
                key = self.key_of(attempt)
                found.append((attempt, key))
                if len(found) == _TRANSACTION:
                    self._store.add_attempts(found)
                    found.clear()
                if key in pending or self._store.has(key):
                    progress = replace(progress, reused=progress.reused + 1)
                elif self._judge_stored_runs(key, attempt):
                    progress = replace(progress, rejudged=progress.rejudged + 1)
                else:
                    job = Job(
                        problem=self._keys[key.problem].problem,
                        key=key.key,
                        submission=replace(self._read(attempt), student=""),
                        tier=key.tier,
                    )
                    submitted[executor.submit(run_job, job)] = key
                    pending.add(key)
                while len(submitted) >= at_once:
                    progress = self._store_finished(submitted, pending, progress)
                yield progress
            self._store.add_attempts(found)
            while submitted:
                progress = self._store_finished(submitted, pending, progress)
                yield progress
        except (KeyboardInterrupt, GeneratorExit):
            for future in [each for each in submitted if each.cancel()]:
                del submitted[future]
            while submitted:
                progress = self._store_finished(submitted, pending, progress)
            raise

    def _store_finished(
        self,
        submitted: dict[Future[Judgement], JudgementKey],
        pending: set[JudgementKey],
        progress: Progress,
    ) -> Progress:
        """Wait until at least one job is finished; store the judgements of all finished jobs."""
        done, _ = wait(submitted, return_when=FIRST_COMPLETED)
        for future in done:
            key = submitted.pop(future)
            pending.discard(key)
            try:
                judgement = future.result()
            except OutOfResources:  # the worker could not start its fork server
                progress = replace(progress, failed=progress.failed + 1)
                continue
            if judgement.verdict is Verdict.JUDGE_ERROR:
                progress = replace(progress, failed=progress.failed + 1)
                continue
            self._store.add(key, judgement, times_run=1)
            progress = replace(progress, judged=progress.judged + 1)
        return progress

    def _judge_stored_runs(self, key: JudgementKey, attempt: Attempt) -> bool:
        """Judge stored runs again, if requested; return whether there were any."""
        runs = self._store.runs_of(key) if self._rejudge else None
        if runs is None:
            return False
        answer_key = self._keys[key.problem]
        judgement = judgement_of(answer_key, self._read(attempt), runs, self._protection)
        judgement = conclude_for(Audience.INSTRUCTOR, judgement, answer_key)
        self._store.add(key, judgement, times_run=0)
        return True
