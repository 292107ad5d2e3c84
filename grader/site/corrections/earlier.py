"""Outcomes that a correction of the problem has replaced, for the person whose outcome it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.site.assignments.terms import Level
from grader.site.desk import Desk
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Outcome
from grader.site.records.outcomes import COLUMNS, change_in_words, outcome_of
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Earlier:
    """An outcome that was replaced.

    Attributes:
        before, after: the outcome, and the one that replaced it
        at: when it was replaced
        why: what changed it, a sentence for each reason
        names_points: whether to say that the points are not those of an assignment
    """

    before: Outcome
    after: Outcome
    at: str
    why: tuple[str, ...]
    names_points: bool = True

    @property
    def words(self) -> str:
        """What has changed, as a sentence without its full stop."""
        return change_in_words(self.before, self.after, self.names_points)


def earlier_shown(desk: Desk, attempt: Attempt) -> list[Earlier]:
    """Return the outcomes of an attempt that were replaced, as its author may see them."""
    found = earlier_outcomes(desk.book, attempt.person, attempt.problem)
    return as_seen(desk, attempt, found.get(attempt.id, []))


def as_seen(desk: Desk, attempt: Attempt, found: list[Earlier]) -> list[Earlier]:
    """Return what the author of an attempt may see of its outcomes that were replaced."""
    found = [replace(each, names_points=desk.classroom is not None) for each in found]
    match desk.shown(attempt).level:
        case Level.NOTHING:
            return []
        case Level.VERDICT:  # the reasons name cases
            return [replace(each, why=()) for each in found]
        case Level.CASES | Level.ALL:
            return found


def earlier_outcomes(book: Book, person: str, problem: str) -> Mapping[str, list[Earlier]]:
    """Return the outcomes of a person's attempts that were replaced, oldest first, by the attempt.

    The last one of an attempt was replaced by its present outcome.
    """
    present: dict[str, Outcome] = {
        each.id: each.outcome for each in book.attempts(person, problem) if each.outcome is not None
    }
    rows = book.read(
        f"SELECT attempt, {', '.join('b.' + each for each in COLUMNS.split(', '))}, replaced_at,"
        " why FROM outcome_before AS b JOIN attempt ON attempt = id"
        " WHERE (person, problem) = (?, ?) ORDER BY number DESC",
        *(person, problem),
    )
    found: dict[str, list[Earlier]] = {}
    for row in rows:
        id, before = row["attempt"], outcome_of(row)
        if id in present:
            why = tuple(row["why"].splitlines())
            earlier = Earlier(before, present[id], row["replaced_at"], why)
            found.setdefault(id, []).insert(0, earlier)
            present[id] = before
    return found
