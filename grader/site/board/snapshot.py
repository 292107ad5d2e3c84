"""The state of a class, kept in memory for all boards together and brought up to date by events.

The book is read as a whole once, and after that only where an event says that something happened.
Times of drafts make no events; they are read each time, by one query.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from grader.errors import GraderError
from grader.model.course import Outcome
from grader.site.access.people import Person
from grader.site.board.cells import Cell, cell_of, time_at
from grader.site.board.mistakes import Findings, find_mistakes, mistake_key
from grader.site.desk import Desk
from grader.site.live.events import Event, EventKind
from grader.site.records.notes import Attempt, time_of

Place = tuple[str, str]  # id of a person, slug of a problem
_LOG_READ = timedelta(hours=12)  # earlier drafts do not say since when somebody works today
_OVERLAP = timedelta(seconds=10)
_MAX_OUTCOMES = 20_000
_MAX_FINDINGS = 500
_UNKNOWN = Cell()


class Snapshot:
    """What the students of a course have done, as it was at the last refresh.

    Args:
        clock: returns the time, in UTC
    """

    def __init__(
        self, desk: Desk, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._lock = threading.RLock()
        self._seq = -1
        self._drafts_to = ""
        self._outcomes: OrderedDict[tuple[str, str], Outcome | None] = OrderedDict()
        self._findings: OrderedDict[tuple[str, int, frozenset[str]], Findings] = OrderedDict()
        # Problems of which an outcome could not be read: they are tried again at the next refresh.
        self._unread: set[str] = set()
        self._changes: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._numbering = threading.Lock()
        self.boot = secrets.token_hex(4)
        self.version = 0
        self.now = clock()
        self.people: list[Person] = []
        self.cells: dict[Place, Cell] = {}

    def refresh(self) -> None:
        """Bring it up to date."""
        with self._lock:
            seq = self._desk.events.last()
            events = self._desk.events.since(self._seq) if self._seq >= 0 else None
            self.now = self._clock()
            self._unread.clear()
            if events is None or any(_is_of_all(each) for each in events):
                self._read_all()
            else:
                for place in {(each.person, each.about) for each in events}:
                    self._read(place)
            self._read_drafts()
            self._seq = seq
            self.version += 1

    def number(self, person: str) -> int:
        """Return a number that identifies a student as long as the server runs."""
        with self._numbering:
            return self._numbers.setdefault(person, len(self._numbers))

    def cell(self, person: str, problem: str) -> Cell:
        """Return what a student has done about a problem."""
        return self.cells.get((person, problem), _UNKNOWN)

    def findings(self, problem: str, students: Iterable[str]) -> Findings:
        """Return what the last programs of some students for a problem have in common."""
        with self._lock:
            chosen = frozenset(students)
            key = (problem, self._changes.get(problem, 0), chosen)
            if key in self._findings:
                return self._findings[key]
            outcomes = [
                outcome
                for student in sorted(chosen)
                if (latest := self.cell(student, problem).latest) is not None
                and (outcome := self.outcome(latest)) is not None
            ]
            found = find_mistakes(problem, outcomes)
            if problem not in self._unread:
                self._findings[key] = found
                if len(self._findings) > _MAX_FINDINGS:
                    self._findings.popitem(last=False)
            return found

    def outcome(self, attempt: Attempt) -> Outcome | None:
        """Return how an attempt was judged; None if that is not known any more."""
        with self._lock:
            judged_at = attempt.outcome.judged_at if attempt.outcome is not None else ""
            key = (attempt.id, judged_at)
            if key not in self._outcomes:
                if attempt.problem in self._unread:
                    return None
                try:
                    self._outcomes[key] = self._desk.judges.outcome(attempt)
                except GraderError:  # the problem is invalid, or the store locked, for now
                    self._unread.add(attempt.problem)
                    return None
                if len(self._outcomes) > _MAX_OUTCOMES:
                    self._outcomes.popitem(last=False)
            return self._outcomes[key]

    def repeats(self, cell: Cell) -> int:
        """Return how many of the last attempts gave the same wrong answers."""
        count, last = 0, ""
        for attempt in reversed(cell.failed):
            outcome = self.outcome(attempt)
            key = mistake_key(outcome) if outcome is not None else ""
            if not key or key != (last or key):
                break
            count, last = count + 1, key
        return count

    def _read_all(self) -> None:
        self.people = [each for each in self._desk.registry.all() if not each.role.is_staff]
        saved = self._saved_since(time_of(self.now - _LOG_READ))
        attempts: dict[Place, list[Attempt]] = {}
        for person in self.people:
            for each in self._desk.book.attempts(person.id):
                attempts.setdefault((person.id, each.problem), []).append(each)
        self.cells = {
            place: cell_of(attempts.get(place, ()), saved.get(place, ()), self._due(place))
            for place in {*attempts, *saved}
        }
        self._drafts_to = ""
        self._outcomes.clear()  # a correction changes them
        for heading in self._desk.headings:
            self._changed(heading.slug)

    def _read(self, place: Place) -> None:
        person, problem = place
        attempts = self._desk.book.attempts(person, problem)
        saved = [each.saved_at for each in self._desk.book.log(person, problem)]
        draft = self._desk.book.draft(person, problem)
        if draft is not None:
            saved.append(draft.saved_at)
        if attempts or saved:
            self.cells[place] = cell_of(attempts, saved, self._due(place))
        else:
            self.cells.pop(place, None)
        self._changed(problem)

    def _changed(self, problem: str) -> None:
        self._changes[problem] = self._changes.get(problem, 0) + 1

    def _saved_since(self, at: str) -> Mapping[Place, list[str]]:
        """Return when drafts were saved, by their places; of those before `at` none is known."""
        rows = self._desk.book.read(
            "SELECT person, problem, saved_at FROM draft_log WHERE saved_at > ?", at
        )
        found: dict[Place, list[str]] = {}
        for row in rows:
            found.setdefault((row["person"], row["problem"]), []).append(row["saved_at"])
        return found

    def _read_drafts(self) -> None:
        """Note where texts were saved since the last time."""
        rows = self._desk.book.read(
            "SELECT person, problem, saved_at FROM draft WHERE saved_at > ?", self._drafts_to
        )
        for row in rows:
            place = (row["person"], row["problem"])
            self.cells[place] = self.cell(*place).at_work(time_at(row["saved_at"]))
        # A text that is committed later may have been saved a little earlier.
        self._drafts_to = time_of(self.now - _OVERLAP)

    def _due(self, place: Place) -> datetime | None:
        """Return the due date of a student for a problem; None if there is none."""
        person, problem = place
        rules = self._desk.rules
        if rules is None or problem not in rules.classroom.work_of:
            return None
        return rules.terms(self._desk.find(person), problem).due


def _is_of_all(event: Event) -> bool:
    return event.kind in (EventKind.CORRECTED, EventKind.EXTENDED) or not event.person
