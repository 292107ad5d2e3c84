"""More time for one student in an assignment: given, taken back, and listed on its page."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from grader.site.access.people import Person
from grader.site.assignments.decisions import Extension
from grader.site.assignments.staff_access import students_of_work
from grader.site.assignments.terms import Rules
from grader.site.classroom import CourseWork
from grader.site.desk import Desk
from grader.site.live.news import NewsKind
from grader.site.refusals import Refused
from grader.site.times import minute_text
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass
from grader.values.show import printable

_MAX_REASON = 200  # characters
_TIME = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


@dataclass(frozen=True)
class GivenTime:
    """An extension that was given on the page."""

    person: Person
    extension: Extension
    until: str


def given_on_page(
    rules: Rules, work: CourseWork, students: Mapping[str, Person]
) -> list[GivenTime]:
    """Return the extensions of some students that were given on the page.

    Args:
        students: by their ids
    """
    return [
        GivenTime(students[id], each, minute_text(each.until))
        for id, each in sorted(rules.decisions.extensions(work.name).items())
        if id in students and each.until is not None
    ]


def given_in_file(
    rules: Rules, work: CourseWork, students: Mapping[str, Person]
) -> list[tuple[Person, str]]:
    """Return the extensions of some students in the file of an assignment, if they count.

    Args:
        students: by their ids
    """
    on_page = rules.decisions.extensions(work.name)
    found = []
    for id, until in sorted(rules.assignment(work).extensions.items()):
        page = on_page[id].until if id in on_page else None
        if id in students and (page is None or in_utc(page) != in_utc(until)):
            found.append((students[id], minute_text(until)))
    return found


def change_time(
    desk: Desk, rules: Rules, work: CourseWork, by: Person, form: Mapping[str, str]
) -> None:
    """Give a student more time, or take it back, and tell them.

    Args:
        form: `person` and `do`; unless that is "take back", also `until` and `reason`

    Raises:
        Refused: if it means nothing, or is about nobody whom they may see
    """
    ids = {each.id: each for each in students_of_work(desk, by, work)}
    person = ids.get(form.get("person", ""))
    if person is None:
        raise Refused(404, "there is no such student among those that you see; reload the page")
    title = work.assignment.title
    if form.get("do") == "take back":
        until, reason = None, ""
        text = f"The extension for {title} was taken back."
        if person.id not in rules.decisions.extensions(work.name):
            return  # it was taken back before
    else:
        until, reason = _until(form, work, rules.classroom.zone), _reason(form)
        text = f"You have until {minute_text(until)} for {title}."

    def tell(connection: sqlite3.Connection) -> None:
        desk.news.add(connection, [person.id], NewsKind.EXTENDED, text, author=by.name)

    rules.decisions.extend(work.name, person.id, until, reason, by.id, tell).result()


def _until(form: Mapping[str, str], work: CourseWork, zone: tzinfo | None) -> datetime:
    until = read_time(form.get("until", ""), zone or UTC)
    dues = work.assignment.dues
    if not dues:
        text = f"{work.assignment.title} has no due date, so there is nothing to extend"
        raise Refused(400, text)
    first = min(dues, key=in_utc)
    if in_utc(until) <= in_utc(first):
        text = f"expected a time after the due date, {minute_text(first)}; choose a later one"
        raise Refused(400, text)
    return until


def _reason(form: Mapping[str, str]) -> str:
    reason = printable(form.get("reason", "").strip(), _MAX_REASON)
    if not reason:
        raise Refused(400, "an extension needs a reason, for those who look at it later; add one")
    return reason


def read_time(text: str, zone: tzinfo) -> datetime:
    """Return the time that a form has.

    Args:
        zone: of a time without one

    Raises:
        Refused: if it is not a time, or the clocks skip it
    """
    try:
        if not _TIME.fullmatch(text.strip()):
            raise ValueError
        clock = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(400, "expected a time, like 2026-12-02 23:59") from None
    if clock.tzinfo is not None:
        return clock
    time = clock.replace(tzinfo=zone, fold=1)  # of an hour that clocks show twice, the later one
    if in_utc(time).astimezone(zone).replace(tzinfo=None) != clock:
        raise Refused(
            400, f"the clocks of {zone} skip {clock:%H:%M} on that day; choose another time"
        )
    return time
