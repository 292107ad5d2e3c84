"""Grade a class: judge every attempt once, and store each judgement as soon as it is made.

Jobs go to an executor of `concurrent.futures`: threads of this process, because the work is done in
child processes, or the workers of a cluster; see `worker`. Only this process writes to the store.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from dataclasses import replace
from functools import partial

from grader import __version__
from grader.course.store import Failure, JudgementKey, Store
from grader.course.worker import Job, run_job
from grader.errors import SandboxError, SpecError, UsageError, describe_failure
from grader.judging.answer_key import AnswerKey
from grader.judging.stored_runs import judge_stored_runs
from grader.model.course import Attempt
from grader.model.judgement import Judgement, Protection, Verdict
from grader.model.problem import Submission
from grader.values.dataclasses import dataclass

MAX_TRIES = 3  # times that a program is tried if the grader fails, or is killed, while judging it

_MAX_WAIT_S = 1.0  # before it is checked again whether workers have joined

ReadSubmission = Callable[[Attempt], Submission]


@dataclass(frozen=True)
class Progress:
    """Number of finished attempts of a batch, by how they were finished.

    Attributes:
        reused: judged earlier, or with the same program as another attempt
        rejudged: judged from stored runs
        failed: internal errors; these attempts are judged again the next time
        given_up: internal errors in `MAX_TRIES` runs; these attempts are not judged again
    """

    total: int
    reused: int = 0
    rejudged: int = 0
    judged: int = 0
    failed: int = 0
    given_up: int = 0

    @property
    def finished(self) -> int:
        """The number of attempts that this batch is done with, including those that failed."""
        return self.reused + self.rejudged + self.judged + self.failed + self.given_up


class WorkersEnded(Exception):
    """Several workers have ended, one after the other, while the same job was assigned to them."""


class Batch:
    """The grading of one class.

    A program that makes the grader fail does not end the batch. The next runs of the command judge
    it again, after all other programs, until it has been tried `MAX_TRIES` times. If it may have
    ended the grader's process, it is then judged while no other job runs. If a worker of a cluster
    ends, any of the jobs assigned to it may be the cause. So if several programs may have ended
    workers, each is judged again, alone, at the end of the same run; a single one is not judged
    again in this run.

    Attributes:
        keys: the answer key of each problem, by its slug
        protection: tier and layers of the sandboxes in which the jobs will run
        read: returns the submission of an attempt; it is called only for attempts to be judged
        failures: the attempts that could not be judged, each with the reason, which is empty if the
            grader's process ended

    Args:
        rejudge: judge stored runs again where only answers, tolerances or points have changed
    """

    def __init__(
        self,
        keys: Mapping[str, AnswerKey],
        store: Store,
        protection: Protection,
        read: ReadSubmission,
        rejudge: bool = False,
    ) -> None:
        self.keys = keys
        self.store = store
        self.protection = protection
        self.read = read
        self._rejudge = rejudge
        self._failed: dict[JudgementKey, str] = {}  # in this run
        # Other attempts with the program of a job, by its key, until it is judged or has failed.
        self._waiting: dict[JudgementKey, list[Attempt]] = {}
        self._lost: list[tuple[Attempt, JudgementKey, WorkersEnded]] = []
        self.failures: list[tuple[Attempt, str]] = []

    def key_of(self, attempt: Attempt) -> JudgementKey:
        """Return the key under which the judgement of an attempt is stored."""
        key = self.keys[attempt.problem]
        return JudgementKey(
            submission=attempt.digest,
            problem=attempt.problem,
            key=key.digest,
            inputs=key.inputs_digest,
            grader=__version__,
            tier=self.protection.tier,
        )

    def run(
        self, attempts: Sequence[Attempt], executor: Executor, at_once: int | Callable[[], int]
    ) -> Generator[Progress]:
        """Judge the attempts that have no judgement yet, and yield the progress after each.

        If interrupted or closed, cancel the jobs that have not begun, wait for the others, and
        store their judgements.

        Args:
            at_once: maximum number of jobs submitted to the executor at a time; a function if it
                changes, as workers of a cluster come and go
        """
        limit = at_once if callable(at_once) else partial(int, at_once)
        progress = Progress(len(attempts))
        jobs = _Jobs(executor)
        later: list[tuple[Attempt, JudgementKey, Failure]] = []
        # All at once and before judging: after an interrupt, the store then lists all attempts, and
        # the module `earlier` refuses a grading that would lose their grades.
        self.store.replace_attempts((each, self.key_of(each)) for each in attempts)
        try:
            for attempt in attempts:
                key = self.key_of(attempt)
                if key in self._waiting:
                    self._waiting[key].append(attempt)
                elif self.store.has(key):
                    progress = replace(progress, reused=progress.reused + 1)
                elif self._judge_stored_runs(key, attempt):
                    progress = replace(progress, rejudged=progress.rejudged + 1)
                elif failure := self.store.failure(key):
                    later.append((attempt, key, failure))
                    continue
                else:
                    progress = self._submit(jobs, key, attempt, progress)
                while len(jobs.submitted) >= limit():
                    progress = self._store_finished(jobs, progress)
                yield progress
            for attempt, key, failure in later:
                if key in self._waiting:
                    self._waiting[key].append(attempt)
                elif self.store.has(key):
                    progress = replace(progress, reused=progress.reused + 1)
                elif failure.times >= MAX_TRIES:
                    self.failures.append((attempt, failure.error))
                    progress = replace(progress, given_up=progress.given_up + 1)
                else:
                    is_alone = not failure.error  # if it ends this process, it ends no other job
                    while len(jobs.submitted) >= (1 if is_alone else limit()):
                        progress = self._store_finished(jobs, progress)
                    progress = self._submit(jobs, key, attempt, progress)
                    while jobs.submitted and is_alone:
                        progress = self._store_finished(jobs, progress)
                yield progress
            while jobs.submitted:
                progress = self._store_finished(jobs, progress)
                yield progress
            lost, self._lost = self._lost, []
            for attempt, key, error in lost:
                if len(lost) > 1:  # it is not known which of them has ended the workers
                    self.store.withdraw(key)
                    progress = self._submit(jobs, key, attempt, progress)
                    while jobs.submitted:
                        progress = self._store_finished(jobs, progress)
                else:
                    self._lost.append((attempt, key, error))
                for at_fault, its_key, why in self._lost:
                    progress = self._fail(its_key, at_fault, str(why), progress)
                self._lost.clear()
                yield progress
        except (KeyboardInterrupt, GeneratorExit):
            for key in jobs.cancel():
                self.store.withdraw(key)
            while jobs.submitted:
                progress = self._store_finished(jobs, progress)
            raise
        finally:
            # These records remain only if this process is killed: one of the jobs may be the cause.
            with suppress(UsageError):  # this run may be ending because of an error of the store
                for key, _ in jobs.submitted.values():
                    self.store.withdraw(key)

    def _submit(
        self, jobs: _Jobs, key: JudgementKey, attempt: Attempt, progress: Progress
    ) -> Progress:
        """Begin to judge an attempt, unless this run has failed to judge the same program."""
        if key in self._failed:
            self.failures.append((attempt, self._failed[key]))
            return replace(progress, failed=progress.failed + 1)
        try:
            self.store.begin(key)
            job = Job(
                problem=self.keys[key.problem].problem,
                key=key.key,
                # Without student and notes: several attempts may share this judgement.
                submission=replace(self.read(attempt), student="", notes=()),
                tier=key.tier,
            )
            jobs.submit(job, key, attempt)
            self._waiting.setdefault(key, [])
        except Exception as error:
            return self._fail(key, attempt, error, progress)
        return progress

    def _store_finished(self, jobs: _Jobs, progress: Progress) -> Progress:
        """Wait a moment for jobs to finish, and store the judgements of those that have.

        Raises:
            UsageError: if nothing can be stored
            SpecError: if a problem's files are invalid
        """
        for future, key, attempt in jobs.finished():
            try:
                judgement = future.result()
                if judgement.verdict is Verdict.JUDGE_ERROR:
                    progress = self._fail(key, attempt, _error_of(judgement), progress)
                else:
                    self.store.add(key, judgement, times_run=1)
                    reused = progress.reused + len(self._waiting.pop(key, ()))
                    progress = replace(progress, judged=progress.judged + 1, reused=reused)
            except WorkersEnded as error:
                self._lost.append((attempt, key, error))
            except Exception as error:
                progress = self._fail(key, attempt, error, progress)
            jobs.remove(future)  # not before: an interrupt would lose what is not stored
        return progress

    def _fail(
        self, key: JudgementKey, attempt: Attempt, error: Exception | str, progress: Progress
    ) -> Progress:
        """Record that an attempt, and those that wait for its judgement, could not be judged.

        Raises:
            UsageError: if the error concerns all attempts, as when nothing can be stored
            SpecError: if a problem's files are invalid
        """
        if isinstance(error, UsageError | SpecError):
            with suppress(UsageError):
                self.store.withdraw(key)
            raise error
        if isinstance(error, Exception):
            error = str(error) if isinstance(error, SandboxError) else describe_failure(error)
        self.store.fail(key, error)
        self._failed[key] = error
        failed = [attempt, *self._waiting.pop(key, ())]
        self.failures += [(each, error) for each in failed]
        return replace(progress, failed=progress.failed + len(failed))

    def _judge_stored_runs(self, key: JudgementKey, attempt: Attempt) -> bool:
        """Judge stored runs again, if requested; return whether this gave a judgement.

        If that fails, for example because the bytes can no longer be decoded, the program is run
        again.
        """
        if not self._rejudge:
            return False
        try:
            stored = self.store.runs_of(key)
            if stored is None:
                return False
            runs, notes = stored
            answer_key = self.keys[key.problem]
            submission = self.read(attempt)
            judgement = judge_stored_runs(answer_key, submission, runs, self.protection, notes)
            if judgement is None:
                return False
            self.store.add(key, judgement, times_run=0)
        except (UsageError, SpecError):  # these concern all attempts
            raise
        except Exception:
            return False
        return True


class _Jobs:
    """The jobs that an executor has been given and whose results have not been dealt with yet."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.submitted: dict[Future[Judgement], tuple[JudgementKey, Attempt]] = {}

    def submit(self, job: Job, key: JudgementKey, attempt: Attempt) -> None:
        self.submitted[self._executor.submit(run_job, job)] = key, attempt

    def finished(self) -> Iterator[tuple[Future[Judgement], JudgementKey, Attempt]]:
        """Wait until a job is finished, but only for a moment, and yield the finished jobs.

        The caller removes each of them.
        """
        done, _ = wait(self.submitted, _MAX_WAIT_S, FIRST_COMPLETED)
        # In the order of submission, so that jobs are tried again in the same order each time.
        for future in [each for each in self.submitted if each in done]:
            yield future, *self.submitted[future]

    def remove(self, future: Future[Judgement]) -> None:
        """Forget a job whose result has been dealt with."""
        del self.submitted[future]

    def cancel(self) -> list[JudgementKey]:
        """Cancel the jobs that have not begun, and return their keys."""
        cancelled = [each for each in self.submitted if each.cancel()]
        return [self.submitted.pop(each)[0] for each in cancelled]


def _error_of(judgement: Judgement) -> str:
    errors = (each.run.error for each in judgement.results if each.verdict is Verdict.JUDGE_ERROR)
    return next(errors, "")
