"""Drafts that are not submitted at the due date: offered to the student, handed in, or left.

The draft is the text as it was at that moment, by the clock of this machine: the log of drafts has
the last of each minute, and the last up to each due date. Handed in, it is an attempt that was
received then, whose id follows from person, problem and time, so that it cannot be handed in twice,
whatever the server was doing. While the server runs, the text is taken within a second of the due
date; after a pause, at the start.

The members of a team submit together, and each has a draft: the one that was saved last is theirs.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from grader.errors import describe_failure
from grader.model.assignment import Assignment
from grader.model.practice import AtDue
from grader.site.access.people import Role
from grader.site.assignments.terms import Rules, Terms
from grader.site.desk import Desk
from grader.site.records.attempts import begin_attempt
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Draft, Kind, digest_of, time_of, utc_now
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass

OFFERED = timedelta(hours=1)  # how long a draft is offered, or longer with a longer grace
_MAX_SLEEP_S = 20.0  # the clock of the machine may be set meanwhile
_LOG = logging.getLogger(__name__)

Begin = Callable[[Attempt], object]  # lets a new attempt be judged


@dataclass(frozen=True)
class LeftDraft:
    """A draft that was not submitted at the due date.

    Attributes:
        draft: the text as it was then
    """

    terms: Terms
    due: datetime
    draft: Draft


def draft_at(book: Book, person: str, problem: str, at: datetime) -> Draft | None:
    """Return the draft as it was at a time; None if there was none."""
    present = book.draft(person, problem)
    kept = [*book.log(person, problem), *([present] if present else [])]
    earlier = [each for each in kept if in_utc(datetime.fromisoformat(each.saved_at)) <= at]
    return max(earlier, key=lambda each: each.revision, default=None)


def left_draft(desk: Desk, terms: Terms) -> LeftDraft | None:
    """Return the draft that a person left at a due date that has passed.

    None if the text was submitted by then, is the starter, or was dealt with; or if somebody else
    of the person's team has a later draft.
    """
    due = terms.due
    if desk.rules is None or due is None or terms.person.role is not Role.STUDENT:
        return None
    due, person, problem = in_utc(due), terms.person.id, terms.part.problem
    if utc_now() <= due or desk.rules.decisions.is_settled(person, problem, due):
        return None
    drafts = {
        member: draft
        for member in terms.team or (person,)
        if (draft := _written_draft(desk, member, problem, due)) is not None
    }
    latest = max(drafts, key=lambda member: (drafts[member].saved_at, member), default=None)
    if latest != person:
        return None
    draft, submit = drafts[person], _last_submit(desk.book, terms, due)
    if submit is not None and (
        submit.digest == draft.digest or submit.received_at >= draft.saved_at
    ):
        return None
    return LeftDraft(terms, due, draft)


def _written_draft(desk: Desk, person: str, problem: str, at: datetime) -> Draft | None:
    """Return the draft as it was at a time; None if it was blank or the starter."""
    draft = draft_at(desk.book, person, problem, at)
    if draft is None or not desk.book.source(draft.digest).strip():
        return None
    return draft if draft.digest != digest_of(desk.starter(problem)) else None


def _last_submit(book: Book, terms: Terms, at: datetime) -> Attempt | None:
    """Return the last submit up to a time of a person, or of anybody in their team."""
    submits = [
        each
        for member in terms.team or (terms.person.id,)
        for each in book.attempts(member, terms.part.problem)
        if each.kind is Kind.SUBMIT and in_utc(datetime.fromisoformat(each.received_at)) <= at
    ]
    return max(submits, key=lambda each: (each.received_at, each.id), default=None)


def offered_draft(desk: Desk, terms: Terms) -> LeftDraft | None:
    """Return the draft that the student is asked about now."""
    if terms.assignment.at_due is not AtDue.OFFER or terms.due is None:
        return None
    if utc_now() > in_utc(terms.due) + _offered_for(terms.assignment):
        return None
    return left_draft(desk, terms)


def _offered_for(assignment: Assignment) -> timedelta:
    return max(OFFERED, timedelta(minutes=assignment.late.grace_minutes))


def hand_in(desk: Desk, left: LeftDraft, begin: Begin, by: str = "") -> Attempt:
    """Hand a draft in as it was at the due date; return the attempt.

    Args:
        by: id of who decided; empty if the server did
    """
    assert desk.rules is not None
    person, problem = left.terms.person.id, left.terms.part.problem
    at = time_of(left.due)
    # With the secret, or a student could send something else under this id before.
    name = "\0".join((desk.book.secret, person, problem, at))
    attempt = Attempt(
        id="due-" + hashlib.sha256(name.encode()).hexdigest()[:24],
        person=person,
        problem=problem,
        kind=Kind.SUBMIT,
        digest=left.draft.digest,
        received_at=at,
    )
    content = desk.book.source(attempt.digest)
    settle = desk.rules.decisions.settling(person, problem, left.due, attempt.id, by)

    def work(connection: sqlite3.Connection) -> tuple[Attempt, bool]:
        found = begin_attempt(connection, attempt, content, is_draft=False, is_latest=False)
        settle(connection)  # in one transaction, or the history would not name it a draft
        return found

    attempt, is_new = desk.book.write(work).result()
    if is_new:
        begin(attempt)
    return attempt


def decline(desk: Desk, left: LeftDraft) -> None:
    """Note that a student does not want a draft to be handed in."""
    assert desk.rules is not None
    person = left.terms.person.id
    desk.rules.decisions.settle(person, left.terms.part.problem, left.due, "", person).result()


def submit_left_drafts(desk: Desk, begin: Begin) -> None:
    """Hand in all drafts whose due date has passed, where the assignment says so."""
    rules = desk.rules
    if rules is None:
        return
    for work in rules.classroom.works:
        if work.assignment.at_due is AtDue.SUBMIT:
            for part in work.assignment.parts:
                _submit_left(desk, rules, part.problem, begin)


def _submit_left(desk: Desk, rules: Rules, problem: str, begin: Begin) -> None:
    """Hand in the drafts of a problem whose due date has passed, and note that it was done."""
    settled = rules.decisions.settled(problem)
    failures: list[Exception] = []
    for id in rules.decisions.drafts_of(problem):
        terms = rules.terms(desk.find(id), problem)
        if terms.due is None or utc_now() <= in_utc(terms.due):
            continue
        if (id, time_of(terms.due)) in settled:
            continue
        try:
            left = left_draft(desk, terms)
            if left is not None:
                hand_in(desk, left, begin)
            else:
                rules.decisions.settle(id, problem, terms.due, "", "").result()
        except Exception as error:  # others' drafts are handed in, and this one is tried again
            failures.append(error)
    if failures:
        _LOG.error(
            "drafts of %s cannot be handed in (%d), the last for: %s",
            *(problem, len(failures), describe_failure(failures[-1])),
        )


async def watch(desk: Desk, begin: Begin) -> None:
    """Hand in drafts as due dates pass, for as long as the server runs."""
    while True:
        seconds = _MAX_SLEEP_S
        try:
            await asyncio.to_thread(submit_left_drafts, desk, begin)
            seconds = await asyncio.to_thread(_seconds_to_next, desk)
        except Exception as error:  # the next time it is tried again
            _LOG.error("drafts cannot be handed in: %s", describe_failure(error))
        await asyncio.sleep(seconds)


def _seconds_to_next(desk: Desk) -> float:
    """Return the seconds until the next due date of anybody, or until the clock is read again."""
    now = utc_now()
    rules = desk.rules
    if rules is None:
        return _MAX_SLEEP_S
    dues: list[datetime] = []
    for work in rules.classroom.works:
        assignment = rules.assignment(work)
        dues += [*assignment.dues, *assignment.extensions.values()]
    left = [(in_utc(each) - now).total_seconds() for each in dues if in_utc(each) > now]
    return min([_MAX_SLEEP_S, *(each + 0.05 for each in left)])
