"""What an assignment says about single students: extensions, scores by hand, excuses, comments.

The file names students by any id or by name, and teams; see `submissions.people`. Here they become
the ids of the class. A name that is nobody's is an error before anything is run: an extension that
does not count, or a score that is not given, would cost points without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from grader.errors import Location, UsageError
from grader.model.assignment import Adjustment, Assignment
from grader.model.course import Student, SubmissionSet
from grader.submissions.people import People, PersonRef, title_key
from grader.submissions.times import in_utc


def resolve_overrides(
    assignment: Assignment,
    students: Iterable[Student],
    teams: Mapping[str, Sequence[str]] = MappingProxyType({}),
    is_class: bool = True,
) -> tuple[Assignment, list[str]]:
    """Return the assignment with what it says by the students' ids, and notes on the others.

    What is said of a team is said of each member. Of two extensions of a student the later counts.

    Args:
        teams: ids of the members, by the name of the team
        is_class: whether these are all students; if not, somebody else may have the same name, and
            names are not used
    """
    said = (
        assignment.extensions,
        assignment.adjustments,
        assignment.excused,
        assignment.comments,
    )
    if not any(said):
        return assignment, []
    names = _Names(students, teams, is_class, assignment.places)
    extensions: dict[str, datetime] = {}
    for who, due in sorted(assignment.extensions.items()):
        for id in names.ids_of(who, "extensions"):
            extensions[id] = max(extensions.get(id, due), due, key=in_utc)
    adjustments: dict[str, dict[str, Adjustment]] = {}
    named: dict[tuple[str, str], str] = {}  # as whom the file names a student with a score by hand
    for who, scores in sorted(assignment.adjustments.items()):
        for id in names.ids_of(who, "adjust"):
            earlier = adjustments.setdefault(id, {})
            for problem in scores.keys() & earlier.keys():
                if scores[problem] != earlier[problem]:
                    names.note("adjust", who, f"two scores by hand for {who} in {problem}")
            earlier.update(scores)
            named |= {(id, problem): who for problem in scores}
    excused: dict[str, tuple[str, ...]] = {}
    for who, problems in sorted(assignment.excused.items()):
        for id in names.ids_of(who, "excused"):
            excused[id] = (*excused.get(id, ()), *problems)
            for problem in sorted(adjustments.get(id, {}).keys() & set(problems)):
                if sections := _sections_of_others(assignment, who):
                    other = named[id, problem]
                    text = f"a score by hand for {other} in {problem}, but {other} is in no section"
                    names.note("adjust", other, f"{text} that takes the exam: {sections}")
                else:
                    text = f"both an excuse and a score by hand for {who} in {problem}"
                    names.note("excused", who, text)
    comments: dict[str, dict[str, str]] = {}
    for who, texts in sorted(assignment.comments.items()):
        for id in names.ids_of(who, "comments"):
            known = comments.setdefault(id, {})
            for problem, text in texts.items():  # one may be of the student's team
                known[problem] = f"{known[problem]}\n{text}" if problem in known else text
    resolved = replace(
        assignment,
        extensions=extensions,
        adjustments=adjustments,
        excused=excused,
        comments=comments,
    )
    return resolved, names.notes


def _sections_of_others(assignment: Assignment, who: str) -> str:
    """Return the sections that take the exam if somebody is excused because of them, else empty.

    See `exam_sections.excuse_other_sections`, which adds excuses that the file does not contain.
    """
    if assignment.exam is None or ("excused", who) in assignment.places:
        return ""
    return ", ".join(assignment.exam.sections)


# What a key of the assignment says about a student.
_SAID = {
    "extensions": "an extension for",
    "adjust": "a score by hand for",
    "excused": "an excuse for",
    "comments": "a comment for",
}


class _Names:
    """Finds who is named in the assignment.

    Attributes:
        notes: a sentence for each name that is nobody's, or perhaps several students'
    """

    def __init__(
        self,
        students: Iterable[Student],
        teams: Mapping[str, Sequence[str]],
        is_class: bool,
        places: Mapping[tuple[str, ...], Location],
    ) -> None:
        self._people = People(students)
        self._members_of = {title_key(name): members for name, members in teams.items()}
        self._is_class = is_class
        self._places = places
        self.notes: list[str] = []

    def note(self, key: str, who: str, text: str) -> None:
        """Add a note on what the file says about somebody under a key, with the place."""
        at = self._places.get((key, who))
        self.notes.append(f"{at}: {text}" if at is not None else text)

    def ids_of(self, who: str, key: str) -> Sequence[str]:
        """Return the ids of the student or of the team's members; none, and a note, if unclear.

        Args:
            key: of the file, under which they are named
        """
        what = _SAID[key]
        found = self._people.find(PersonRef(who, (who,), who if self._is_class else ""))
        members = self._members_of.get(title_key(who), ())
        if found.candidates and (members or found.student is None):
            more = " or the team" if members else ""
            self.note(key, who, f"{what} {who}, who may be {found}{more}")
            return ()
        if found.student is not None:
            return [found.student.id]
        if not members:
            suggestion = self._people.suggestion(who)
            self.note(key, who, f"{what} {who}, who is not in the class{suggestion}")
        return members


def check_overrides(
    assignment: Assignment,
    students: Iterable[Student],
    submissions: SubmissionSet,
    is_complete: bool,
) -> list[str]:
    """Return notes on what the assignment says about nobody.

    Args:
        students: all of the class
        is_complete: whether the students of the class are known, by a roster

    Raises:
        UsageError: if it names nobody of a class that is known
    """
    _, notes = resolve_overrides(assignment, students, submissions.teams)
    if notes and is_complete:
        advice = "correct the assignment or the roster"
        raise UsageError("\n".join(notes) + f"; {advice}")
    return notes
