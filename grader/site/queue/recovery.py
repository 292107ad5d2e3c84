"""At the start of the server: attempts that have no judgement under the present answer key.

Those without an outcome were left by a server that ended, and are judged at once, oldest first. An
outcome names the answer key that it was judged by. Whether that is still the one of its problem is
looked up in the background, as it takes the reference a moment for each problem. A submit that was
judged by another key is judged again when nobody waits; a run when somebody asks for it.
"""

from __future__ import annotations

from functools import partial

from grader.site.desk import Desk
from grader.site.queue.jobs import judge_again
from grader.site.records.notes import Kind


def resume(desk: Desk) -> None:
    """Let the attempts be judged that have no outcome, or an internal error in its place."""
    known = {each.slug for each in desk.headings}
    for attempt in desk.book.pending():
        if attempt.problem in known:
            judge_again(desk, attempt, is_awaited=attempt.outcome is None)


def look_for_outdated(desk: Desk) -> None:
    """Look in the background for submits whose problem has another answer key now."""
    job = {"find the problems with outcomes": partial(_look, desk)}
    desk.lanes.background.add(job, is_next=True)


def _look(desk: Desk) -> None:
    rows = desk.book.read("SELECT DISTINCT problem FROM attempt JOIN outcome ON attempt = id")
    judged = {row["problem"] for row in rows}
    jobs = {
        f"look for other answers of {each.slug}": partial(_judge_outdated, desk, each.slug)
        for each in desk.headings
        if each.slug in judged
    }
    desk.lanes.background.add(jobs, is_next=True)


def _judge_outdated(desk: Desk, slug: str) -> None:
    rows = desk.book.read(
        "SELECT id FROM attempt JOIN outcome ON attempt = id"
        " WHERE (problem, kind) = (?, ?) AND key != ? ORDER BY received_at, id",
        *(slug, Kind.SUBMIT.value, desk.judges.key_digest(slug, Kind.SUBMIT)),
    )
    for row in rows:
        attempt = desk.book.attempt(row["id"])
        if attempt is not None:
            judge_again(desk, attempt)
