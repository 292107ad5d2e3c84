"""Find the authors of the files of a class: students of the roster, teams, and unknown people.

Everybody in a team gets what the team submitted. Nobody gets anything on a guess: a file whose
person is not certain keeps the name that it came with, and the students whose it may be are
remembered, because a zero for them would be wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from sys import intern
from types import MappingProxyType

from grader.errors import Location, UsageError
from grader.model.course import Student
from grader.submissions.filenames import escape, label
from grader.submissions.people import (
    Found,
    People,
    PersonRef,
    describe_student,
    letters_of,
    normal_id,
    same_names,
    title_key,
)
from grader.submissions.roster import Roster, Team
from grader.values.dataclasses import dataclass

_SYSTEMS = {"canvas": "Canvas", "github": "GitHub", "moodle": "Moodle"}

_NUMBERING = ("canvas", "moodle")  # these systems number the people in the names of files

_ADVICE = "correct them, or remove a column that is not needed"
_UNCLEAR = "; the name of the file may also be read as that of somebody else"

# These systems write only the letters and digits of the name of a team: "C++" becomes "c".
_LETTERS_ONLY = ("canvas", "github")
# Characters that other systems leave out or replace: those that Windows forbids in file names, and
# those that Moodle removes.
_NOT_IN_FILES = re.compile(r"""[<>:/|?*&`'"\\]""")

TeamsByKey = Mapping[str, Sequence[str]]  # ids or names of the members, by the name of the team
Places = Mapping[tuple[str, ...], Location]  # see `model.assignment.Assignment`


@dataclass(frozen=True, slots=True)
class Authors:
    """Who submitted something.

    Attributes:
        ids: the students who get what was submitted
        origin: what distinguishes it from what other members of a team submitted
    """

    ids: tuple[str, ...]
    origin: str = ""


class ClassList:
    """The students of a class; the names of the files identify those who are not in the roster.

    Args:
        roster: None if there is none; then everybody may submit
        teams: those of the assignment
        places: where the assignment names their members, for messages

    Attributes:
        unmatched: a sentence for each person who is not certainly a student
        doubts: a sentence on whose work it may be, by the id under which uncertain work is kept
        candidates: why a student may be the author of something that is nobody's, by the id
        strangers: how messages name a person who is perhaps not in the roster, by the id; any
            student may be meant
        participants: ids of students that are known to be numbers of participants in Moodle

    Raises:
        UsageError: if a member of a team is not a student, or is in two teams; it names all of them
    """

    def __init__(
        self,
        roster: Roster | None,
        teams: TeamsByKey | None = None,
        places: Places = MappingProxyType({}),
    ) -> None:
        self.unmatched: set[str] = set()
        self.doubts: dict[str, str] = {}
        self.candidates: dict[str, str] = {}
        self.strangers: dict[str, str] = {}
        self.participants: set[str] = set()
        if roster is not None:
            self.participants.update(roster.system_ids.get("moodle", {}).values())
        self._has_roster = roster is not None
        self._rows = roster.rows if roster is not None else {}
        self._path = roster.path if roster is not None else ""
        self._participant = letters_of(roster.participant) if roster is not None else ""
        self._others: dict[str, Student] = {}
        # Ids in `_others` that came, at least once, without a name.
        self._nameless: set[str] = set()
        # For each id in `_others` that came with two names, a sentence on whose work it may be.
        self._shared: dict[str, str] = {}
        self._authors: dict[PersonRef, Authors] = {}
        members = roster.students if roster is not None else _students_named(teams or {})
        self._people = (
            People(members, roster.system_ids, roster.columns)
            if roster is not None
            else People(members)
        )
        self._staff = People(roster.staff if roster is not None else ())
        resolved = _resolved(teams or {}, self._people, places)
        self._teams = resolved or (roster.teams if roster else ())
        self._by_letters = [_TeamIndex(self._teams, letters_of)]
        self._by_title = [_TeamIndex(self._teams, key, _forms_of) for key in (title_key, _joined)]
        self._team_of = {id: team for team in self._teams if team.shares for id in team.members}
        self.unmatched |= {_describe_sections(team) for team in self._teams if team.title}

    @property
    def students(self) -> tuple[Student, ...]:
        """The roster; without one, those who submitted something and the members of all teams."""
        if self._has_roster:
            return self._people.students
        found = {student.id: student for student in self._people.students} | self._others
        return tuple(found[id] for id in sorted(found))

    def students_with(self, present: set[str]) -> tuple[Student, ...]:
        """Return `students`, and those others who are present, as their files name them."""
        known = self.students
        others = self._others.keys() & present - {student.id for student in known}
        return (*known, *(self._others[id] for id in sorted(others)))

    @property
    def teams(self) -> dict[str, tuple[str, ...]]:
        """The ids of the members of each team, by its name."""
        return {team.name: team.members for team in self._teams}

    def missing(self, present: set[str]) -> tuple[Student, ...]:
        """Return the students of the roster who are not present."""
        students = self._people.students if self._has_roster else ()
        return tuple(student for student in students if student.id not in present)

    def is_known(self, name: str) -> bool:
        """Return whether a name or an id is that of a student, or of a team, in a list."""
        person = PersonRef(name, (name,), name)
        return bool(self._people.find(person).candidates or self._teams_named(person))

    def expect(self, persons: Iterable[PersonRef]) -> None:
        """Remember who is in a folder or an archive, before its files get their authors."""
        self._authors.clear()
        self._people.expect(map(self._as_student, dict.fromkeys(persons)))

    def authors_of(self, person: PersonRef) -> Authors:
        """Return who submitted a file that a layout says is from this person or team."""
        if person not in self._authors:
            self._authors[person] = self._find(self._as_student(person))
        return self._authors[person]

    def _as_student(self, person: PersonRef) -> PersonRef:
        """Return a person of Moodle as the roster has the name: without a group, empty if hidden.

        Before Moodle 4.1, each member of a team has a folder with its files, "Team A-Jane Doe_12".
        A hyphen may also be in a name, so the number must be that of the student with the rest.
        """
        if person.system != "moodle":
            return person
        if letters_of(person.name) == self._participant:
            return replace(person, name="")
        if "-" not in person.name or self.is_known(person.name):
            return person
        numbered = self._people.find(replace(person, name="")).student
        group, *parts = person.name.split("-")
        while numbered is not None and parts:
            rest = "-".join(parts)
            alone = replace(person, name="" if letters_of(rest) == self._participant else rest)
            if self._people.find(alone).student is numbered:
                for team in self._teams_named(PersonRef(group)):
                    self._add_candidates(team.members, person)
                return alone
            group = f"{group}-{parts.pop(0)}"
        return person

    def _add_candidates(self, ids: Iterable[str], person: PersonRef) -> None:
        for id in ids:
            self.candidates.setdefault(id, f"the submission of {person} may be theirs")

    def _find(self, person: PersonRef) -> Authors:
        found = self._people.find(person)
        teams = self._teams_named(person)
        if self._is_staff(person, found) and not teams:
            self.unmatched.add(f"{person}: not a student in the roster; the files are left out")
            return Authors(())
        students = [found.student] if found.student is not None else []
        # Canvas adds the number of the member who submitted, which helps if names are similar.
        if len(teams) > 1 and person.system == "canvas":
            numbered = {each.id for each in found.candidates}
            teams = [each for each in teams if numbered and numbered <= {*each.members}] or teams
        if len(teams) == 1:
            (team,) = teams
            # A student outside of the team contradicts its name, unless found only by a number that
            # may be the team's own.
            others = [each for each in found.candidates if each.id not in team.members]
            is_number = all(id.isdecimal() for id in (*person.ids, *person.guesses))
            if not (person.is_unclear or person.readings) and (
                not others
                or (person.may_be_team and is_number and not self._is_named(person, others))
            ):
                return Authors(team.members, f"team {team.name}")
            return self._uncertain(person, found, f"the team {team.name!r}", team.members)
        if teams:
            names = " or ".join(repr(team.name) for team in teams)
            everybody = tuple(id for team in teams for id in team.members)
            return self._uncertain(person, found, f"one of the teams {names}", everybody)
        if students:
            if person.system == "moodle":
                self.participants |= {students[0].id, *students[0].ids}.intersection(person.ids)
            shared = self._team_of.get(students[0].id)
            if shared is not None:
                for namesake in shared.namesakes:
                    self.candidates.setdefault(
                        namesake, f"the submission of {person} may be theirs, as that of their team"
                    )
                return Authors(shared.members, students[0].id)
            return Authors((students[0].id,))
        if found.candidates:
            return self._uncertain(person, found)
        id = self._add_stranger(person)
        if self._has_roster:
            self.strangers[id] = str(person)
            self.unmatched.add(f"{person}: not in the roster")
        return Authors((id,))

    def _is_staff(self, person: PersonRef, found: Found) -> bool:
        """Return whether somebody of the staff is meant, and no student by an id or name."""
        if not self._staff.students:
            return False
        # A student may have the name of somebody whose id is given.
        by_ids = replace(person, name="", readings=())
        is_named = not found.candidates and self._staff.find(person).student is not None
        has_id = self._staff.find(by_ids).student is not None
        return is_named or (has_id and not self._people.find(by_ids).candidates)

    def _teams_named(self, person: PersonRef) -> list[Team]:
        if person.readings:  # each of which may be meant
            readings = [PersonRef(each) for each in person.readings]
            found = [team for each in readings for team in self._teams_named(each)]
            return list({team.name: team for team in found}.values())
        # A number that a system gives is not the name of a team. It is only the id of a person if
        # there is a name too.
        is_number = person.id.isdecimal() and (
            person.system in _NUMBERING or person.name not in ("", person.id)
        )
        ids = person.guesses if is_number else (person.id, *person.guesses)
        names = [each for each in (person.name, *ids) if each]
        for index in self._by_letters if person.system in _LETTERS_ONLY else self._by_title:
            for name in names:
                if found := index.find(name):
                    return found
        return []

    def _is_named(self, person: PersonRef, students: Sequence[Student]) -> bool:
        """Return whether the name of a team is also that of one of the students."""
        by_name = self._people.find(PersonRef(person.id, (), person.name)).candidates
        return any(student in by_name for student in students)

    def _uncertain(
        self, person: PersonRef, found: Found, more: str = "", others: Sequence[str] = ()
    ) -> Authors:
        id = intern(f"{person}?")
        # Without a name, so that no table of another system has it.
        self._others.setdefault(id, Student(id))
        who = " or ".join(filter(None, (str(found), more)))
        reason = f"it may be from {who}"
        why = self._shared_id(person, found)
        if len(found.candidates) == 1 and not others and not letters_of(person.name):
            system = _SYSTEMS.get(person.system)
            why = f"; the roster has this id, but not as one of {system}" if system else _UNCLEAR
        elif found.why:
            why = f": {found.why}"
        self.unmatched.add(f"{person}: may be {who}{why}")
        self.doubts[id] = reason
        if len(found.candidates) == 1 and not others:
            self.strangers[id] = id  # a number that is somebody's, and a name that may be anybody's
        self._add_candidates((*(each.id for each in found.candidates), *others), person)
        return Authors((id,))

    def _shared_id(self, person: PersonRef, found: Found) -> str:
        """Return the end of a message: the rows that have an id in common; empty if none do."""
        for id in (*person.ids, *person.guesses, *person.readings):
            same = [
                str(self._rows[each.id])
                for each in found.candidates
                if each.id in self._rows and normal_id(id) in map(normal_id, (each.id, *each.ids))
            ]
            if len(same) > 1:
                rows = " and ".join([", ".join(same[:-1]), same[-1]])
                return f"; rows {rows} of {self._path} have the id {label(id)!r}: {_ADVICE}"
        return ""

    def _add_stranger(self, person: PersonRef) -> str:
        id = intern(escape(person.id))
        if self._people.find(PersonRef(id, (id,))).candidates:
            id = f"{person}?"  # the id is another student's, who must not get the file
        ids = tuple(escape(other) for other in person.ids if other != person.id)
        student = Student(id, escape(person.name), ids)
        if person.system == "moodle":
            self.participants |= {id, *ids}.intersection(person.ids)
        first = self._others.setdefault(id, student)
        own = id
        if not _has_name(student):
            self._nameless.add(id)
        elif not _has_name(first):
            self._others[id] = student
        elif id.isdecimal() and not same_names(first.name, student.name):
            # Each installation of a system numbers its people independently; a login or an address
            # belongs to one person.
            own = intern(str(person))
            self._others.setdefault(own, replace(student, id=own, ids=(id, *ids)))
            who = describe_student(first)
            self.unmatched.add(f"{person}: {who} has the same id; they are graded as two students")
            self._shared[id] = f"it may be from {who} or {person}"
        if id in self._nameless and id in self._shared:
            self.doubts[id] = self._shared[id]
        return own


class _TeamIndex:
    """Finds teams by the keys of their names, in each form that these may have in a file name."""

    def __init__(
        self,
        teams: Sequence[Team],
        key_of: Callable[[str], str],
        forms_of: Callable[[str], Iterable[str]] = lambda name: (name,),
    ) -> None:
        self._key_of = key_of
        self._teams: dict[str, list[Team]] = {}
        for team in teams:
            names = (team.name, team.title) if team.title else (team.name,)
            for key in {key_of(form) for name in names for form in forms_of(name)}:
                self._teams.setdefault(key, []).append(team)

    def find(self, name: str) -> list[Team]:
        """Return the teams with the key of a name; none for an empty key, which "+" may have."""
        key = self._key_of(name)
        return self._teams.get(key, []) if key else []


def _describe_sections(team: Team) -> str:
    return (
        f"the team {team.title!r} has students of several sections and is taken for one team in"
        " each; if it is one team, list it under `teams` in the assignment; if not, give the teams"
        " different names"
    )


def _forms_of(name: str) -> Iterable[str]:
    return name, _NOT_IN_FILES.sub("", name), _NOT_IN_FILES.sub("_", name)


def _joined(name: str) -> str:
    """Return the name of a team without blanks, hyphens, underscores, dots and commas."""
    return "".join(
        each
        for each in title_key(name)
        if each not in ".," and unicodedata.category(each) not in ("Zs", "Pd", "Pc")
    )


def _has_name(student: Student) -> bool:
    """Return whether there is a name, and not the id in its place."""
    return student.name not in ("", student.id)


def _students_named(teams: TeamsByKey) -> tuple[Student, ...]:
    """Return the members of teams as students, where no roster has them."""
    names = dict.fromkeys(member for members in teams.values() for member in members)
    return tuple(Student(name, name) for name in names)


def _resolved(teams: TeamsByKey, people: People, places: Places) -> tuple[Team, ...]:
    found: list[Team] = []
    team_of: dict[str, str] = {}
    errors: list[str] = []
    for name, members in teams.items():
        ids = []
        for member in members:
            student, error = _find_member(people, name, member)
            if student is not None:
                ids.append(student.id)
                first = team_of.setdefault(student.id, name)
                if first != name:
                    error = f"{member!r} is in two teams, {first!r} and {name!r}; keep one"
            if error:
                at = places.get(("teams", name, member))
                errors.append(f"{at}: {error}" if at is not None else error)
        found.append(Team(name, tuple(dict.fromkeys(ids)), shares=True))
    if errors:
        raise UsageError("\n".join(errors))
    return tuple(found)


def _find_member(people: People, team: str, key: str) -> tuple[Student | None, str]:
    """Return the student whom a team names by an id or a name, or what is wrong with it."""
    found = people.find(PersonRef(key, (key,), key))
    if found.student is not None:
        return found.student, ""
    names = f"the team {team!r} names {key!r}"
    if found.candidates:
        return None, f"{names}, who may be {found}; use an id of one of them"
    suggestion = people.suggestion(key)
    return None, f"{names}, who is not in the class{suggestion}; correct the id or the name"
