"""What an instructor must decide before a grade is a zero: nobody's files, and files not read.

A student without an attempt has a zero only if it is certain that there is nothing. It is not if
the student handed in something that cannot be read, if a submission belongs to nobody, if nobody
knows whose a file is, or if another system has a time of submission.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

from grader.model.course import Attempt, Delivery, OpenQuestion
from grader.submissions.class_list import ClassList
from grader.submissions.filenames import file_name, label
from grader.submissions.files import File
from grader.submissions.roster import Roster
from grader.submissions.source import EMPTY_FLAW
from grader.submissions.times import in_utc, read_time

_MAX_LISTED = 3


def describe_unread(name: str, flaw: str) -> str:
    """Return a sentence about a file that was handed in and cannot be read, without advice."""
    return f"handed in {name}, which cannot be read: {flaw.partition(';')[0]}"


class KnownTimes:
    """When students last submitted something, as their roster has it.

    Raises:
        UsageError: if a time cannot be read
    """

    def __init__(self, roster: Roster | None, zone: tzinfo) -> None:
        self._times: dict[str, datetime] = {}
        for id, written in roster.times.items() if roster is not None else ():
            assert roster is not None
            when = read_time(written, zone, f"{roster.path}: {id}")
            if when is not None:
                self._times[id] = when

    def of(self, ids: Sequence[str]) -> datetime | None:
        """Return the latest time of one or several students; None if none is known."""
        known = [self._times[id] for id in ids if id in self._times]
        return max(known, key=in_utc, default=None)


class Questions:
    """Collects what is not certain, while the files of a class are read."""

    def __init__(self, slugs: Sequence[str]) -> None:
        self._slugs = slugs
        self._present: set[str] = set()
        self._unassigned: set[str] = set()
        self._unread: dict[str, list[str]] = {}
        self._answered: set[tuple[str, str]] = set()  # students and slugs
        self._of_teams: dict[tuple[str, str], list[tuple[Attempt, str]]] = defaultdict(list)

    def add_unassigned(self, files: Iterable[File]) -> None:
        """Remember files of unknown students that may hold a program."""
        self._unassigned.update(file.name for file in files if file.may_be_work)

    def add_unread(self, student: str, sentences: Sequence[str]) -> None:
        """Remember files of a student that may contain a program and cannot be read."""
        if sentences:
            self._unread.setdefault(student, []).extend(sentences)

    def add_attempt(self, attempt: Attempt, origin: str, is_weak: bool) -> None:
        """Remember an attempt, in the order of submission.

        Args:
            origin: which member of a team it is from; empty if of none
            is_weak: whether it may be beside the point: the starter, or without the function
        """
        key = (attempt.student, attempt.problem)
        if is_weak:
            self._answered.discard(key)
        else:
            self._answered.add(key)
        self._present.add(attempt.student)
        if origin:
            self._of_teams[attempt.student, attempt.problem].append((attempt, origin))

    def about(self, people: ClassList, times: KnownTimes) -> Mapping[tuple[str, str], OpenQuestion]:
        """Return the questions about the students of the class, by student and problem."""
        found: dict[tuple[str, str], OpenQuestion] = {}
        for key, attempts in sorted(self._of_teams.items()):
            if question := _about_team(attempts):
                found[key] = question
        students = {student.id for student in people.students}
        for id in sorted(students | self._present | self._unread.keys()):
            doubt = people.doubts.get(id)
            if doubt is not None:
                question = OpenQuestion(Delivery.UNCERTAIN, doubt)
            else:
                question = self._about_nothing(id, people, times)
            if question is not None:
                keys = ((id, slug) for slug in self._slugs)
                is_open = {key for key in keys if doubt is not None or key not in self._answered}
                found |= dict.fromkeys(sorted(is_open), question)
        return found

    def _about_nothing(self, id: str, people: ClassList, times: KnownTimes) -> OpenQuestion | None:
        """Return why a student may have handed in something for a problem without an answer."""
        if unread := self._unread.get(id):
            return OpenQuestion(Delivery.UNREADABLE, "; ".join(unread[:_MAX_LISTED]))
        if id in people.candidates and id not in self._present:
            return OpenQuestion(Delivery.UNCERTAIN, people.candidates[id])
        if id in self._present:
            return None
        if times.of([id]) is not None:
            reason = "the roster has a time of submission, but there is no file"
            return OpenQuestion(Delivery.UNCERTAIN, reason)
        why = []
        if people.strangers:
            names = _first_few(people.strangers.values())
            why.append(f"there is work of people not in the roster: {names}")
        if self._unassigned:
            why.append(f"it is not known whose files these are: {_first_few(self._unassigned)}")
        if why:
            reason = f"nothing was found, and {'; '.join(why)}"
            return OpenQuestion(Delivery.UNCERTAIN, reason)
        return None


def _first_few(names: Iterable[str]) -> str:
    return ", ".join(sorted(map(label, names))[:_MAX_LISTED])


def _about_team(attempts: Sequence[tuple[Attempt, str]]) -> OpenQuestion | None:
    """Return a question if members of a team submitted different files at unknown times."""
    origins = {origin for _, origin in attempts if origin}
    digests = {attempt.digest for attempt, _ in attempts}
    are_timed = all(attempt.submitted_at for attempt, _ in attempts)
    if len(origins) < 2 or len(digests) < 2 or are_timed:
        return None
    who = ", ".join(sorted(map(label, origins))[:_MAX_LISTED])
    reason = f"members of the team submitted different files, and no times are known: {who}"
    return OpenQuestion(Delivery.UNCERTAIN, reason)


def unreadable_reason(attempt: Attempt) -> str:
    """Return why an attempt cannot be read; empty if it can be judged.

    An empty program can be judged.
    """
    if attempt.flaw in ("", EMPTY_FLAW):
        return ""
    return describe_unread(attempt.handed_in or file_name(attempt.locator), attempt.flaw)
