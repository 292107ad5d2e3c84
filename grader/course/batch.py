"""Grades a class: the one verb mapped over what was handed in, and each judgement kept at once.

Jobs go to an executor of `concurrent.futures`: threads here, as the work is in child processes, or
another machine's. Whoever works on a job keeps a sandbox and the answer keys it has needed, one for
each of its threads. One process, this one, writes to the store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from hashlib import sha256

from grader import __version__
from grader.course.store import JudgementKey, Store
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for, judge_for
from grader.judging.judge import judgement_of
from grader.model.course import Attempt
from grader.model.judgement import Judgement, Protection, Verdict
from grader.model.problem import Problem, Submission
from grader.sandbox.forked import fork_server
from grader.sandbox.host import Sandbox

_WRITTEN_AT_ONCE = 200  # attempts: they are found anew each time, so that losing some is no loss

Read = Callable[[Attempt], Submission]


@dataclass(frozen=True)
class Job:
    """A submission to judge, with all that is needed to do so anywhere.

    Attributes:
        key: digest of the answer key, by which whoever does the job knows it again
    """

    problem: Problem
    key: str
    submission: Submission
    tier: str


@dataclass(frozen=True)
class Progress:
    """How far a batch has come: of `total` attempts, so many are known, judged and failed."""

    total: int
    known: int = 0  # judged before, or the same program as another
    rejudged: int = 0  # from kept runs
    judged: int = 0
    failed: int = 0  # by our own fault; they are tried again the next time

    @property
    def done(self) -> int:
        return self.known + self.rejudged + self.judged + self.failed


# Where a job is done -----------------------------------------------------------------------------


class _WorkerState(threading.local):
    """What a thread that does jobs keeps: a sandbox, and answer keys by their digests."""

    sandbox: Sandbox | None = None

    def __init__(self) -> None:
        self.keys: dict[str, AnswerKey] = {}


_worker = _WorkerState()
_open: list[Sandbox] = []


def do(job: Job) -> Judgement:
    """Judge a submission, in the sandbox of this thread."""
    sandbox = _worker.sandbox
    if sandbox is None:
        sandbox = _worker.sandbox = Sandbox(fork_server(), job.tier)
        _open.append(sandbox)
    if job.key not in _worker.keys:
        _worker.keys[job.key] = AnswerKey(job.problem, sandbox)
    key = _worker.keys[job.key]
    judgement = judge_for(Audience.INSTRUCTOR, key, job.submission, sandbox)
    # Neither the problem nor the source need travel back.
    return replace(judgement, problem=replace(job.problem, reference=None, right={}))


def close_sandboxes() -> None:
    """End the sandboxes that jobs have left in this process."""
    while _open:
        _open.pop().close()


# Who gives the jobs out --------------------------------------------------------------------------


class Batch:
    """The grading of one class.

    Args:
        keys: the answer key of each problem, by its name
        protection: what the jobs will be run under
        rejudge: judge runs that are kept anew, where only tolerances or points have changed
    """

    def __init__(
        self,
        keys: Mapping[str, AnswerKey],
        store: Store,
        protection: Protection,
        read: Read,
        rejudge: bool = False,
    ) -> None:
        self._keys = keys
        self._store = store
        self._protection = protection
        self._read = read
        self._rejudge = rejudge

    def row(self, attempt: Attempt, submission: Submission) -> JudgementKey:
        """What the judgement of an attempt is kept under."""
        key = self._keys[attempt.problem]
        return JudgementKey(
            submission=digest_of(submission),
            problem=attempt.problem,
            key=key.digest,
            inputs=key.inputs_digest,
            grader=__version__,
            tier=self._protection.tier,
        )

    def run(
        self, attempts: Sequence[Attempt], executor: Executor, at_once: int
    ) -> Generator[Progress]:
        """Judge what is pending, and tell after each how far it has come.

        Interrupted or closed, it waits for the jobs that have begun, and keeps their judgements.

        Args:
            at_once: how many jobs to have under way
        """
        progress = Progress(len(attempts))
        under_way: dict[Future[Judgement], JudgementKey] = {}
        waiting: set[JudgementKey] = set()
        found: list[tuple[Attempt, JudgementKey]] = []
        self._store.clear_attempts()
        try:
            for attempt in attempts:
                submission = self._read(attempt)
                row = self.row(attempt, submission)
                found.append((attempt, row))
                if len(found) == _WRITTEN_AT_ONCE:
                    self._store.add_attempts(found)
                    found.clear()
                if row in waiting or self._store.has(row):
                    progress = replace(progress, known=progress.known + 1)
                elif self._judged_again(row, submission):
                    progress = replace(progress, rejudged=progress.rejudged + 1)
                else:
                    job = Job(
                        problem=self._keys[row.problem].problem,
                        key=row.key,
                        submission=replace(submission, student=""),
                        tier=row.tier,
                    )
                    under_way[executor.submit(do, job)] = row
                    waiting.add(row)
                while len(under_way) >= at_once:
                    progress = self._collect(under_way, waiting, progress)
                yield progress
            self._store.add_attempts(found)
            while under_way:
                progress = self._collect(under_way, waiting, progress)
                yield progress
        except (KeyboardInterrupt, GeneratorExit):
            for future in under_way:
                future.cancel()
            while under_way:  # what has been begun is finished, and kept
                progress = self._collect(under_way, waiting, progress)
            raise

    def _collect(
        self,
        under_way: dict[Future[Judgement], JudgementKey],
        waiting: set[JudgementKey],
        progress: Progress,
    ) -> Progress:
        """Keep what has been judged; wait for one, if nothing has."""
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            row = under_way.pop(future)
            waiting.discard(row)
            if future.cancelled():
                continue
            judgement = future.result()
            if judgement.verdict is Verdict.JUDGE_ERROR:
                progress = replace(progress, failed=progress.failed + 1)
                continue
            self._store.add(row, judgement, times_run=1)
            progress = replace(progress, judged=progress.judged + 1)
        return progress

    def _judged_again(self, row: JudgementKey, submission: Submission) -> bool:
        """Judge kept runs anew, if that is wanted and there are any."""
        runs = self._store.runs_of(row) if self._rejudge else None
        if runs is None:
            return False
        key = self._keys[row.problem]
        judgement = judgement_of(key, submission, runs, self._protection)
        judgement = conclude_for(Audience.INSTRUCTOR, judgement, key)
        self._store.add(row, judgement, times_run=0)
        return True


def digest_of(submission: Submission) -> str:
    """What two submissions have in common that need be judged once: the source, or the flaw."""
    flaw = submission.flaw.encode("utf-8", "surrogatepass")  # it may quote a file's odd name
    return sha256(flaw + b"\0" + submission.source).hexdigest()
