"""How far each student has come with each problem, and who is stuck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from grader.model.judgement import Verdict
from grader.site.records.notes import Attempt, Kind
from grader.values.dataclasses import dataclass

SITTING_ENDS = timedelta(minutes=15)  # without anything that is saved or sent
WORKING = timedelta(minutes=3)  # since the last text was saved
STUCK_SEEN = timedelta(minutes=30)  # who has left is stuck no more
STUCK_AFTER = timedelta(minutes=20)
STUCK_ATTEMPTS = 5
STUCK_REPEATS = 3


class State(Enum):
    """How far a student has come with a problem."""

    UNTOUCHED = "untouched"
    BEGUN = "begun"  # written or run, but not submitted
    WAITING = "waiting"  # the last submit has not been judged
    WRONG = "wrong"
    SOLVED = "solved"


@dataclass(frozen=True)
class Cell:
    """What a student has done about a problem.

    Attributes:
        best: highest share of the points of a submit, from 0 to 1
        submits: how many were judged or wait
        is_late: whether the submit that solved it, or else the last one, came after the due date
        since: when the present sitting began, which ends after a quarter of an hour without a
            change; None if nothing was done
        seen: when something was saved or sent last
        failed: attempts of this sitting, runs too, that were not accepted, oldest first
        latest: the attempt that was judged last, if the problem is not solved
    """

    state: State = State.UNTOUCHED
    best: float = 0.0
    submits: int = 0
    is_late: bool = False
    since: datetime | None = None
    seen: datetime | None = None
    failed: tuple[Attempt, ...] = ()
    latest: Attempt | None = None

    def at_work(self, at: datetime) -> Cell:
        """Return the cell after something was saved or sent at a time."""
        if self.seen is not None and at <= self.seen:
            return self
        is_same = self.since is not None and self.seen is not None
        goes_on = is_same and self.seen is not None and at - self.seen <= SITTING_ENDS
        since = self.since if goes_on else at
        failed = self.failed if goes_on else ()
        state = State.BEGUN if self.state is State.UNTOUCHED else self.state
        return replace(self, state=state, since=since, seen=at, failed=failed)

    def is_working(self, now: datetime) -> bool:
        """Return whether the student works on it."""
        return self.seen is not None and now - self.seen <= WORKING


def cell_of(
    attempts: Iterable[Attempt], saved_at: Iterable[str] = (), due: datetime | None = None
) -> Cell:
    """Return the cell of a student and a problem.

    Args:
        attempts: oldest first
        saved_at: times at which drafts were saved
    """
    listed = list(attempts)
    moments: list[tuple[datetime, Attempt | None]] = [(time_at(at), None) for at in saved_at]
    moments += [(time_at(each.received_at), each) for each in listed]
    cell = Cell()
    for at, attempt in sorted(moments, key=lambda each: each[0]):
        cell = cell.at_work(at)
        if attempt is not None and _has_failed(attempt):
            cell = replace(cell, failed=(*cell.failed, attempt))
    submits = [each for each in listed if each.kind is Kind.SUBMIT]
    accepted = next((each for each in submits if _verdict(each) is Verdict.ACCEPTED), None)
    judged = [each for each in listed if each.outcome is not None]
    cell = replace(
        cell,
        state=_state(cell.state, submits, accepted),
        best=max(map(_share, submits), default=0.0),
        submits=len(submits),
        is_late=_is_late(accepted or (submits[-1] if submits else None), due),
        latest=judged[-1] if judged and accepted is None else None,
    )
    return replace(cell, failed=()) if accepted is not None else cell


def stuck_reasons(cell: Cell, repeats: int, now: datetime) -> list[str]:
    """Return why a student seems to be stuck, in words; nothing if they do not.

    Args:
        repeats: how many of the last attempts gave the same wrong answers
    """
    is_here = cell.seen is not None and now - cell.seen <= STUCK_SEEN
    if cell.since is None or not is_here or cell.state is State.SOLVED:
        return []
    reasons = []
    if now - cell.since >= STUCK_AFTER:
        reasons.append(f"{(now - cell.since) // timedelta(minutes=1)} min")
    if len(cell.failed) >= STUCK_ATTEMPTS:
        reasons.append(f"{len(cell.failed)} attempts")
    if repeats >= STUCK_REPEATS:
        reasons.append(f"the same wrong answers {repeats} times")
    return reasons


def time_at(text: str) -> datetime:
    """Return a time of the book."""
    return datetime.fromisoformat(text)


def _state(before: State, submits: Sequence[Attempt], accepted: Attempt | None) -> State:
    if accepted is not None:
        return State.SOLVED
    if not submits:
        return before
    return State.WAITING if submits[-1].outcome is None else State.WRONG


def _verdict(attempt: Attempt) -> Verdict | None:
    return attempt.outcome.verdict if attempt.outcome is not None else None


def _has_failed(attempt: Attempt) -> bool:
    return _verdict(attempt) not in (None, Verdict.ACCEPTED, Verdict.JUDGE_ERROR)


def _share(attempt: Attempt) -> float:
    outcome = attempt.outcome
    if outcome is None or not outcome.max_score:
        return 0.0
    return float(outcome.score / outcome.max_score)


def _is_late(attempt: Attempt | None, due: datetime | None) -> bool:
    return attempt is not None and due is not None and time_at(attempt.received_at) > due
