"""Find the authors of the files of a class: students of the roster, teams, and unknown people.

Everybody in a team gets what the team submitted. Nobody gets anything on a guess: a file whose
person is not certain keeps the name that it came with, and the students whose it may be are
remembered, because a zero for them would be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sys import intern
from types import MappingProxyType

from grader.errors import Location, UsageError
from grader.model.course import Student
from grader.submissions.filenames import escape
from grader.submissions.people import Found, People, PersonRef, letters_of, title_key
from grader.submissions.roster import Roster, Team
from grader.values.dataclasses import dataclass

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
        doubts: why what an id submitted is nobody's, by the id
        candidates: why a student may be the author of something that is nobody's, by the id
        strangers: those whose names are nobody's in the roster, as messages name them, by the id;
            any student may be meant

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
        self._has_roster = roster is not None
        self._others: dict[str, Student] = {}
        self._authors: dict[PersonRef, Authors] = {}
        members = roster.students if roster is not None else _students_named(teams or {})
        self._people = People(members)
        resolved = _resolved(teams or {}, self._people, places)
        self._teams = resolved or (roster.teams if roster else ())
        self._team_of = {id: team for team in self._teams if team.shares for id in team.members}

    @property
    def students(self) -> tuple[Student, ...]:
        """The roster; without one, those who submitted something and the members of their teams."""
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

    def authors_of(self, person: PersonRef) -> Authors:
        """Return who submitted a file that a layout says is from this person or team."""
        if person not in self._authors:
            self._authors[person] = self._find(person)
        return self._authors[person]

    def _find(self, person: PersonRef) -> Authors:
        found = self._people.find(person)
        teams = self._teams_named(person)
        students = [found.student] if found.student is not None else []
        if len(teams) == 1:
            (team,) = teams
            # The number of a team says nothing; that of a student who is not in it contradicts it.
            others = [each for each in found.candidates if each.id not in team.members]
            if not others or (person.may_be_team and not self._is_named(person, others)):
                return Authors(team.members, f"team {team.name}")
            return self._uncertain(person, found, f"or the team {team.name!r}", team.members)
        if teams:
            names = " or ".join(repr(team.name) for team in teams)
            everybody = tuple(id for team in teams for id in team.members)
            return self._uncertain(person, found, f"one of the teams {names}", everybody)
        if students:
            shared = self._team_of.get(students[0].id)
            if shared is not None:
                return Authors(shared.members, students[0].id)
            return Authors((students[0].id,))
        if found.candidates:
            return self._uncertain(person, found)
        id = self._add_stranger(person)
        if self._has_roster:
            self.strangers[id] = str(person)
            self.unmatched.add(f"{person}: not in the roster")
        return Authors((id,))

    def _teams_named(self, person: PersonRef) -> list[Team]:
        names = [each for each in (person.name, person.id, *person.guesses) if each]
        for key_of in (title_key, letters_of):
            for name in names:
                if found := [team for team in self._teams if key_of(team.name) == key_of(name)]:
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
        who = " ".join(filter(None, (str(found), more)))
        reason = f"it may be from {who}"
        self.unmatched.add(f"{person}: may be {who}")
        self.doubts[id] = reason
        if len(found.candidates) == 1 and not others:
            self.strangers[id] = id  # a number that is somebody's, and a name that may be anybody's
        for candidate in (*(each.id for each in found.candidates), *others):
            self.candidates.setdefault(candidate, f"the submission of {person} may be theirs")
        return Authors((id,))

    def _add_stranger(self, person: PersonRef) -> str:
        id = intern(escape(person.id))
        if self._people.find(PersonRef(id, (id,))).candidates:
            id = f"{person}?"  # the id is another student's, who must not get the file
        ids = tuple(escape(other) for other in person.ids if other != person.id)
        self._others.setdefault(id, Student(id, escape(person.name), ids))
        return id


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
