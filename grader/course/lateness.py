"""Due dates of students, how late work is, and whether it is too late to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from grader.model.assignment import Assignment, LatePolicy, Part
from grader.model.course import Attempt, Student, SubmissionSet
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass
from grader.values.show import listed, plural

_DAY = timedelta(days=1)
_MAX_LISTED = 10
# Why the time of an attempt is not known, by whether another system marks it as late.
_UNKNOWN: Mapping[bool | None, tuple[str, ...]] = {
    None: ("the time of submission is not known; it counts as on time",),
    False: (),
    True: ("it is late, but by how much is not known; there is no penalty",),
}


@dataclass(frozen=True)
class Lateness:
    """How late an attempt is.

    Attributes:
        time: since the due date
        days: how many days have begun that cost points
        cutoff: the cut-off that it was submitted after, if any
    """

    time: timedelta = timedelta(0)
    days: int = 0
    cutoff: datetime | None = None
    notes: tuple[str, ...] = ()


def describe_unknown_times(assignment: Assignment, submissions: SubmissionSet) -> list[str]:
    """Return a sentence on the attempts whose lateness would cost points and is not known."""
    dues = [assignment.due, *(part.due for part in assignment.parts)]
    policy = assignment.late
    if not (policy.per_day.amount or policy.until) or not any(dues):
        return []
    unknown = [each for each in submissions.attempts if each.submitted_at is None]
    count = len(submissions.attempts)
    sentences = []
    if unmarked := [each for each in unknown if each.is_late is None]:
        students = sorted({each.student for each in unmarked})
        names = f": {listed(students, _MAX_LISTED)}" if len(unmarked) < count else ""
        of = f"{len(unmarked)} of {plural(count, 'attempt')}"
        sentences.append(
            f"the time of submission is not known for {of}; such attempts count as on time{names}"
        )
    if late := sorted({each.student for each in unknown if each.is_late}):
        sentences.append(
            "marked as late, but by how much is not known, so there is no penalty:"
            f" {listed(late, _MAX_LISTED)}"
        )
    return sentences


def due_date_for(
    assignment: Assignment, part: Part, student: Student, team: Sequence[str] = ()
) -> datetime | None:
    """Return the due date of a part for a student; None if there is none.

    It is the part's own, or else the assignment's; the student's extension if that is later. The
    extensions must be by the students' ids. An extension of one member of a team applies to all.
    """
    usual = part.due or assignment.due
    ids = (student.id, *team)
    extended = [assignment.extensions[id] for id in ids if id in assignment.extensions]
    return None if usual is None else max([usual, *extended], key=in_utc)


def cutoff_for(due: datetime, policy: LatePolicy, zone: tzinfo | None = None) -> datetime | None:
    """Return when late work stops to count; None if it always counts.

    It is never before the grace after the student's own due date has passed, so that an extension
    moves it too.

    Args:
        zone: of the clock that counts the days; by default that of the due date
    """
    until = policy.until
    if until is None:
        return None
    if until.at is not None:
        end = until.at
    elif until.days:
        end = _days_later(_local(due, zone), until.days)
    else:
        end = in_utc(due) + timedelta(minutes=until.minutes)
    earliest = in_utc(due) + timedelta(minutes=policy.grace_minutes)
    # By way of UTC: a clock that is skipped is shown as the time that it is.
    return in_utc(max(end, earliest, key=in_utc)).astimezone(zone or due.tzinfo)


def measure_lateness(
    attempt: Attempt,
    due: datetime | None,
    policy: LatePolicy,
    zone: tzinfo | None = None,
    slip_days: int = 0,
) -> Lateness:
    """Return how late an attempt is and how many days that costs.

    Within grace it costs nothing. After that, each day begun since the due date costs. A day ends
    at the time of day of the due date, even when clocks change.

    Args:
        due: without the slip days
        zone: of the clock that counts the days; by default that of the due date
        slip_days: by which the due date moves, but not the cut-off
    """
    if due is None:
        return Lateness()
    if attempt.submitted_at is None:
        return Lateness(notes=_UNKNOWN[attempt.is_late])
    submitted = in_utc(attempt.submitted_at)
    time = submitted - in_utc(due)
    if time <= timedelta(0):
        return Lateness()
    cutoff = cutoff_for(due, policy, zone)
    if cutoff is not None and submitted <= in_utc(cutoff):
        cutoff = None
    moved = _days_later(_local(due, zone), slip_days) if slip_days else due
    if submitted - in_utc(moved) <= timedelta(minutes=policy.grace_minutes):
        return Lateness(time, 0, cutoff)
    return Lateness(time, _days_begun(_local(moved, zone), attempt.submitted_at), cutoff)


def time_text(time: datetime, zone: tzinfo | None) -> str:
    """Return a time as a person reads it, in a zone or in its own."""
    local = _local(time, zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname() or ''}".rstrip()


def _local(time: datetime, zone: tzinfo | None) -> datetime:
    return time.astimezone(zone) if zone is not None else time


def _days_later(time: datetime, days: int) -> datetime:
    # Adding days to a time in a zone keeps the clock. If clocks skip that time or show it twice,
    # `fold` selects one of two times, and the later one counts, in favour of the student.
    clock = time + days * _DAY
    return max(clock.replace(fold=0), clock.replace(fold=1), key=in_utc)


def _days_begun(due: datetime, submitted: datetime) -> int:
    """Return how many days have begun since the due date, by the clock of its zone."""
    days = max(1, -(-(in_utc(submitted) - in_utc(due)) // _DAY))
    while days > 1 and in_utc(submitted) <= in_utc(_days_later(due, days - 1)):
        days -= 1
    while in_utc(submitted) > in_utc(_days_later(due, days)):
        days += 1
    return days
