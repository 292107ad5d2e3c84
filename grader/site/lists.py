"""The list of problems: a path with what has been solved, and how that came about over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from fractions import Fraction

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from grader.bank.curriculum import next_problems
from grader.bank.locate import Heading
from grader.bank.progress import Progress, read_progress
from grader.model.gradebook import StudentGrades
from grader.model.judgement import points_number
from grader.site.access.people import Person
from grader.site.assignments import at_due
from grader.site.assignments.at_due import LeftDraft
from grader.site.assignments.costs import left_words
from grader.site.assignments.grades import grades_so_far
from grader.site.assignments.shown import concealed_standings
from grader.site.assignments.terms import Level
from grader.site.desk import Desk, desk_of
from grader.site.live.news_pages import news_for_page
from grader.site.pages import render
from grader.site.records.notes import Kind, Standing, utc_now
from grader.site.times import minute_text
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass

_CHART_WIDTH, _CHART_HEIGHT = 600.0, 120.0


class State(Enum):
    """How far a person has come with a problem."""

    UNTOUCHED = "untouched"
    BEGUN = "begun"
    SOLVED = "solved"


@dataclass(frozen=True)
class Row:
    """A problem on the list.

    Attributes:
        best: highest share of the points, from 0 to 1
        is_next: whether it is the one to solve next
        due: its due date in words, if others of its assignment are due at another time
    """

    heading: Heading
    state: State
    best: float = 0.0
    submits: int = 0
    solved_at: str = ""
    is_next: bool = False
    after: Sequence[str] = ()
    due: str = ""


def show(request: Request) -> Response:
    """`GET /`, with the filters `q`, `difficulty`, `tag` and `state`."""
    desk = desk_of(request)
    person = desk.who(request)
    headings = desk.headings_for(person)
    standings = concealed_standings(desk.book.standings(person.id), _withheld(desk, person))
    # What the commands have noted is of who runs the server.
    progress = read_progress(headings) if desk.classroom is None else {}
    rows = rows_of(headings, standings, progress)
    wanted = {
        name: request.query_params.get(name, "") for name in ("q", "difficulty", "tag", "state")
    }
    solved = [row for row in rows if row.state is State.SOLVED]
    shown = [row for row in rows if _is_wanted(row, wanted)]
    return HTMLResponse(
        render(
            "list.html",
            is_staff=person.role.is_staff,
            course=desk.course,
            rows=shown,
            groups=groups_of(desk, person, shown),
            offered=_offered(desk, person, headings),
            scope=desk.scope(person.id),
            total=len(rows),
            solved=len(solved),
            begun=sum(row.state is State.BEGUN for row in rows),
            wanted=wanted,
            is_filtered=any(wanted.values()),
            tags=sorted({tag for row in rows for tag in row.heading.tags}),
            counts_commands=any(
                row.submits > standings.get(row.heading.slug, Standing()).submits for row in rows
            ),
            chart=chart_of([row.solved_at for row in solved], len(rows)),
            **news_for_page(desk, person.id),
        )
    )


@dataclass(frozen=True)
class Group:
    """The problems of an assignment on the list; all of the bank without a course.

    Attributes:
        due: the next due date of this person, in words, or the last one if all have passed
        left: the time until then, in words; empty if it has passed
        points: so far, in words; empty if nothing is known or shown
    """

    rows: Sequence[Row]
    title: str = ""
    due: str = ""
    left: str = ""
    points: str = ""


def groups_of(desk: Desk, person: Person, rows: Sequence[Row]) -> list[Group]:
    """Return the rows by their assignments, each with its due date and the points so far."""
    rules = desk.rules
    if rules is None:
        return [Group(rows)]
    found: list[Group] = []
    for each in grades_so_far(rules, desk.book, person):
        problems = {part.problem for part in each.work.assignment.parts}
        own = [row for row in rows if row.heading.slug in problems]
        if not own:
            continue
        dues = {slug: rules.terms(person, slug).due for slug in problems}
        if len(set(dues.values())) > 1:
            own = [replace(row, due=_due_words(dues[row.heading.slug])) for row in own]
        due = _next_due([at for at in dues.values() if at is not None])
        seconds = (in_utc(due) - utc_now()).total_seconds() if due is not None else -1.0
        is_shown = problems.isdisjoint(_withheld(desk, person))
        found.append(
            Group(
                own,
                each.work.assignment.title,
                _due_words(due),
                left_words(seconds) if seconds >= 0 else "",
                _points_words(each.grades) if is_shown else "",
            )
        )
    return found


def _offered(
    desk: Desk, person: Person, headings: Sequence[Heading]
) -> list[tuple[Heading, LeftDraft]]:
    """Return drafts that can be handed in as they were at the due date, each with its problem."""
    terms = [(each, desk.terms(person, each.slug)) for each in headings]
    found = [(each, at_due.offered_draft(desk, its)) for each, its in terms if its is not None]
    return [(each, left) for each, left in found if left is not None]


def _due_words(due: datetime | None) -> str:
    return minute_text(due) if due is not None else ""


def _next_due(dues: Sequence[datetime]) -> datetime | None:
    """Return the next due date, or the last one if all have passed; None if there is none."""
    ordered = sorted(dues, key=in_utc)
    now = utc_now()
    return next((each for each in ordered if in_utc(each) >= now), ordered[-1] if ordered else None)


def _points_words(grades: StudentGrades) -> str:
    """Return the points of what was submitted so far, of the problems that count.

    What is not judged yet is left out, and so are problems that the student is excused from.
    """
    if grades.is_excused:
        return "excused"
    parts = [each for each in grades.parts if not each.is_excused]
    known = [each.points for each in parts if each.attempt is not None or each.adjustment]
    points = sum((each for each in known if each is not None), Fraction(0))
    whole = sum((each.part.points for each in parts), Fraction(0))
    return f"{points_number(points)} of {points_number(whole)} points in the assignment so far"


def _withheld(desk: Desk, person: Person) -> frozenset[str]:
    """Return the problems of which a person is not shown how submits ended."""
    rules = desk.rules
    if rules is None:
        return frozenset()
    return frozenset(
        slug
        for slug in rules.classroom.slugs
        if rules.is_anything_kept_back(slug)
        and rules.shown(person, slug, Kind.SUBMIT).level is Level.NOTHING
    )


def rows_of(
    headings: Sequence[Heading],
    standings: Mapping[str, Standing],
    progress: Mapping[str, Progress],
) -> list[Row]:
    """Return a row for each problem, of what was done on the page and on the command line."""
    found: dict[str, Row] = {}
    for each in headings:
        here, there = standings.get(each.slug), progress.get(each.slug)
        times = [here.solved_at if here else "", there.solved_at if there else ""]
        solved_at = min(filter(None, times), default="")
        is_begun = here is not None or there is not None
        state = State.SOLVED if solved_at else State.BEGUN if is_begun else State.UNTOUCHED
        best = max(here.best if here else 0.0, there.best if there else 0.0)
        # The file of progress has the submits of the page too.
        submits = max(here.submits if here else 0, there.attempts if there else 0)
        found[each.slug] = Row(each, state, best, submits, solved_at)
    solved = [slug for slug, row in found.items() if row.state is State.SOLVED]
    titles = {each.slug: each.title for each in headings}
    to_do = next_problems(headings, solved)[:1]
    return [
        Row(
            *(row.heading, row.state, row.best, row.submits, row.solved_at),
            is_next=row.heading in to_do,
            after=[titles[slug] for slug in row.heading.after if slug in titles],
        )
        for row in found.values()
    ]


def _is_wanted(row: Row, wanted: Mapping[str, str]) -> bool:
    heading = row.heading
    text = "\n".join((heading.slug, heading.title, heading.category, *heading.names, *heading.tags))
    words = wanted["q"].casefold().split()
    return (
        all(word in text.casefold() for word in words)
        and wanted["difficulty"] in ("", heading.difficulty)
        and (not wanted["tag"] or wanted["tag"] in heading.tags)
        and wanted["state"] in ("", row.state.value)
    )


# Progress over time ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chart:
    """How many problems were solved by when.

    Attributes:
        points: of a line, as SVG writes them
        days: each day with something solved, and how many were solved by its end
    """

    points: str
    days: Sequence[tuple[str, int]]
    first: str
    last: str
    width: float = _CHART_WIDTH
    height: float = _CHART_HEIGHT


def chart_of(solved_at: Sequence[str], total: int) -> Chart | None:
    """Return the chart; None as long as everything was solved on one day."""
    counts = Counter(date.fromisoformat(at[:10]) for at in solved_at)
    days = sorted(counts)
    if len(days) < 2:
        return None
    span = (days[-1] - days[0]).days
    solved, points, by_day = 0, [f"0,{_CHART_HEIGHT:g}"], []
    for day in days:
        x = _CHART_WIDTH * (day - days[0]).days / span
        points.append(f"{x:g},{_up(solved, total):g}")
        solved += counts[day]
        points.append(f"{x:g},{_up(solved, total):g}")
        by_day.append((day.isoformat(), solved))
    return Chart(" ".join(points), by_day, days[0].isoformat(), days[-1].isoformat())


def _up(solved: int, total: int) -> float:
    return _CHART_HEIGHT * (1 - solved / max(total, 1))
