"""In a worker: judge one submission after the other, with a sandbox that is kept.

A worker is a thread of the process that grades the class, or of one of a cluster.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.model.judgement import Judgement
from grader.model.problem import Problem, Submission
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.sandbox.settled import keep_settled
from grader.values.dataclasses import dataclass


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


class _WorkerState(threading.local):
    """State that a worker thread keeps between jobs: a sandbox, and answer keys by digest."""

    sandbox: Sandbox | None = None

    def __init__(self) -> None:
        self.keys: dict[str, AnswerKey] = {}


_worker = _WorkerState()
_open_sandboxes: list[Sandbox] = []


def run_job(job: Job) -> Judgement:
    """Judge a submission in the sandbox of this thread."""
    sandbox = _worker.sandbox
    if sandbox is None:
        sandbox = _worker.sandbox = Sandbox(start_fork_server(), job.tier)
        _open_sandboxes.append(sandbox)
    keep_settled(sandbox)
    if job.key not in _worker.keys:
        _worker.keys[job.key] = AnswerKey(job.problem, sandbox)
    key = _worker.keys[job.key]
    judgement = judge_for(Audience.INSTRUCTOR, key, job.submission, sandbox)
    # The solutions need not be sent back.
    return replace(judgement, problem=replace(job.problem, reference=None, accepted={}))


def close_sandboxes() -> None:
    """Close the sandboxes that jobs have opened in this process."""
    while _open_sandboxes:
        _open_sandboxes.pop().close()
