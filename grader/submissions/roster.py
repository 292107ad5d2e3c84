"""The roster of a class: its students, their teams, and what another system says about them.

A roster is a CSV file from Canvas, Moodle, Gradescope, Brightspace, Blackboard or GitHub Classroom,
or the instructor's own. Its columns are recognised by the names in `COLUMNS` and, for Moodle in any
language, by `worksheet`; other columns are ignored. A student may have several rows, such as one
for each section. Rows that agree are merged; rows that contradict each other are an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from grader.errors import UsageError
from grader.model.course import Student
from grader.submissions.filenames import label
from grader.submissions.people import (
    is_preview_user,
    is_test_student,
    normal_id,
    same_names,
    title_key,
)
from grader.submissions.table_files import read_rows, read_table_text
from grader.submissions.worksheet import (
    extension_in,
    find_columns,
    normal_header,
    participant_number,
)
from grader.values.dataclasses import dataclass

# The first id column with a value gives the student's id; all of them give ids of the student.
COLUMNS = {
    "id": (
        *("id", "identifier", "student id", "sid", "user id", "id number", "student number"),
        *("orgdefinedid", "canvas user id", "matriculation number", "matrikelnummer"),
        *("sis user id", "sis login id", "integration id", "login", "login id", "username"),
        *("user name", "github username", "github", "anmeldename", "benutzername", "id nummer"),
        *("email", "e mail", "email address", "mail", "e mail adresse"),
    ),
    "name": ("name", "full name", "student", "student name", "vollständiger name", "nom"),
    "first": ("first name", "firstname", "given name", "vorname", "prénom"),
    "last": (
        *("last name", "lastname", "last name (surname)", "surname", "family name", "nachname"),
        "familienname",
    ),
    "alias": ("preferred name", "display name", "also known as"),
    "team": ("team", "team name"),
    "group": ("group", "group name", "groups"),
    "section": ("section", "sections", "section name", "class section"),
    "time": ("submission time", "submission timestamp", "submitted at", "turned in at"),
    "role": ("role",),
}
# Titles of a column that may have whole names or, beside one of first names, last names only.
_PART_OF_NAME = (["name"], ["nom"])
# Roles of people in Gradescope's roster who are not students, and other words for them.
_STAFF = ("instructor", "ta", "reader", "teacher", "teaching assistant")
# What tables have in place of a team, and Moodle in place of groups.
_NO_TEAM = (
    *("none", "n/a", "na", "nan", "null", "no team", "no teams", "no group", "no groups"),
    *("ohne", "keine", "keins", "keine gruppe", "keine gruppen"),
)
_CANVAS_NAMES = ["lastname", "firstname"]  # the first titles of a gradebook without "Student"
# Columns with ids by which a system names files. Those of Canvas and Moodle may have other titles.
_OF_SYSTEMS = {"canvas": ("canvas user id",), "github": ("github username", "github")}
_AND = ("and", "und", "et", "y", "e", "i", "en", "og", "och", "ja")
_BETWEEN = (", ", "; ", *(f"{mark} {word} " for mark in ("", ",", ";") for word in _AND))
# First cells of the rows of a Canvas gradebook that are not students.
_NOT_A_STUDENT = re.compile(r"\s*(Points Possible|Muted|Manual Posting).*", re.S)
_KEYS_OF_WORKSHEET = {"identifier": "id", "email": "id", "submitted": "time"}


@dataclass(frozen=True, slots=True)
class Team:
    """Students who submit together.

    Attributes:
        members: ids of the students
        shares: whether what one member submits is everybody's; if not, the members are used only
            for a submission in the name of the team
        title: the name in the roster, if students of other sections have a team of this name
        namesakes: ids of these students, who may be in this team
    """

    name: str
    members: tuple[str, ...]
    shares: bool = False
    title: str = ""
    namesakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """The students of a class.

    Attributes:
        path: of the file, for messages
        times: when each student last submitted something, as the file has it; by the student's id
        extensions: until when each student may submit, as the file has it, by the student's id
        sections: those of each student, by the student's id
        ids: of each student, from the columns of ids, by the student's id; without names, so empty
            for a student who has only a name
        rows: the number of each student's first row, by the student's id
        system_ids: ids by which a system names its own files, by the system and the student's id;
            see `PersonRef.system`
        columns: `ids` by the numbers of their columns, of a participant in Moodle only the number;
            by the student's id
        staff: people whose role is not that of a student
        participant: what Moodle writes in place of every name if it hides names; empty if not known
    """

    students: tuple[Student, ...]
    teams: tuple[Team, ...] = ()
    times: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    system_ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    columns: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)
    staff: tuple[Student, ...] = ()
    participant: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """What the rows of one student say.

    Attributes:
        ids: by the number of the column
        team: its name, and whether its members share what one of them submits
    """

    number: int
    ids: Mapping[int, str]
    name: str = ""
    aliases: tuple[str, ...] = ()
    team: tuple[str, bool] = ("", False)
    time: str = ""
    sections: tuple[str, ...] = ()
    extension: str = ""
    is_staff: bool = False


def read_roster(path: str) -> Roster:
    """Return the roster in a file, with the students in its order.

    Raises:
        UsageError: if the file cannot be read as a roster, or contradicts itself
    """
    text, _ = read_table_text(path, f"the roster {path}", takes_utf_16=True)
    # A file may begin with empty rows, and may repeat its header where two files were joined.
    numbered = [(number, row) for number, row in enumerate(read_rows(text, path), 1) if row]
    header = numbered[0][1] if numbered else []
    numbered = [(number, row) for number, row in numbered if row != header]
    columns = _columns(header, [row for _, row in numbered])
    if not (columns["id"] or columns["name"] or columns["first"] or columns["last"]):
        if not header:
            raise UsageError(f"the roster {path} is empty; it needs a row of column names")
        found = f"; found {label(', '.join(header))}"
        raise UsageError(
            f"the roster {path} has no known column; name one of its columns id, name or"
            f" email{found}"
        )
    titles = [normal_header(cell) for cell in header]
    merged: list[_Row] = []
    staff: list[Student] = []
    known: dict[tuple[int, str], int] = {}  # the index in `merged`, by column and id
    for number, cells in numbered:
        row = _row_of(number, [" ".join(cell.split()) for cell in cells], columns)
        if row is None:
            continue
        if row.is_staff:
            id, *others = dict.fromkeys(row.ids.values())
            staff.append(Student(id, row.name, tuple(others)))
            continue
        keys = [(at, normal_id(id)) for at, id in row.ids.items()]
        same = sorted({known[key] for key in keys if key in known})
        for each in same:
            if reason := _contradiction(merged[each], row, titles) or (len(same) > 1 and "ids"):
                first = merged[same[0]] if reason == "ids" else merged[each]
                raise UsageError(_describe_contradiction(path, first, row, reason))
        if same:
            merged[same[0]] = _merge(merged[same[0]], row)
        else:
            merged.append(row)
        known |= dict.fromkeys(keys, same[0] if same else len(merged) - 1)
    if not merged:
        raise UsageError(f"the roster {path} has no student; is it the right file?")
    identifiers = [row.ids.get(at, "") for at in columns["moodle"] for row in merged[:1]]
    word = participant_number("".join(identifiers))[0]
    return replace(_roster(path, merged, columns), staff=tuple(staff), participant=word)


def is_in_section(section: str, sections: Collection[str]) -> bool:
    """Return whether a student with these sections of a roster is in a section.

    Canvas writes several sections of a student as one text, in the language of who exports it: "Lab
    1 and Lecture", "A, B, and C". A name may contain "and" itself, so the text is not taken apart:
    the section is searched for in it, between separators such as "and" or a comma.
    """
    return any(_lists(text, section) for text in sections)


def _lists(text: str, section: str) -> bool:
    begin = text.find(section)
    while begin >= 0:
        end = begin + len(section)
        if (begin == 0 or text.endswith(_BETWEEN, 0, begin)) and (
            end == len(text) or text.startswith(_BETWEEN, end)
        ):
            return True
        begin = text.find(section, begin + 1)
    return False


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Return the columns by kind; those with the ids of a system, by its `PersonRef.system`."""
    titles = [normal_header(cell) for cell in header]
    columns = {
        kind: [titles.index(name) for name in names if name in titles]
        for kind, names in COLUMNS.items()
    }
    worksheet = find_columns(header, rows)
    for kind, at in worksheet.items():
        own = _KEYS_OF_WORKSHEET.get(kind, kind)
        if at not in columns.setdefault(own, []):
            columns[own].insert(0 if kind == "identifier" else len(columns[own]), at)
    for system, names in _OF_SYSTEMS.items():
        columns[system] = [titles.index(name) for name in names if name in titles]
    columns["moodle"] = [0] if worksheet else []
    columns.setdefault("status", [])
    columns["test student"] = []
    if {"id", "section"} <= set(titles) and ("student" in titles or titles[:2] == _CANVAS_NAMES):
        columns["canvas"].append(titles.index("id"))
        columns["test student"] = [titles.index("student")] if "student" in titles else [0, 1]
    if not any(_is_student(row[at]) for at in columns["role"] for row in rows if at < len(row)):
        columns["role"] = []  # such as that of a member in a team
    known = [kind for kind in ("first", "last") if columns[kind]]
    if not worksheet and len(known) == 1:
        whole = columns["name"]
        is_part = [titles[at] for at in whole] in _PART_OF_NAME
        if is_part and not _contains(whole[0], columns[known[0]][0], rows):
            columns["last" if known == ["first"] else "first"] = whole
            columns["name"] = []
    return columns


def _contains(whole: int, part: int, rows: Sequence[Sequence[str]]) -> bool:
    """Return whether most names in one column contain those in another."""
    found = [
        set(_words_of(row[part])) <= set(_words_of(row[whole]))
        for row in rows
        if max(whole, part) < len(row) and row[whole] and row[part]
    ]
    return 2 * sum(found) > len(found)


def _words_of(name: str) -> list[str]:
    return name.casefold().replace(",", " ").split()


def _is_student(role: str) -> bool:
    return normal_header(role) == "student"


def _row_of(number: int, row: Sequence[str], columns: Mapping[str, Sequence[int]]) -> _Row | None:
    def cells(kind: str) -> list[str]:
        return [row[at] for at in columns[kind] if at < len(row) and row[at]]

    written = {at: row[at].removeprefix("#") for at in columns["id"] if at < len(row)}
    ids = {at: id for at, id in written.items() if id}
    whole = " ".join(cells("first")[:1] + cells("last")[:1])
    name = next(iter(cells("name")), whole)
    if not (ids or name) or _NOT_A_STUDENT.fullmatch(row[0]):
        return None
    if is_test_student("".join(cells("test student"))):
        return None
    if any(map(is_preview_user, ids.values())):
        return None
    teams = [(name, kind == "team") for kind in ("team", "group") for name in cells(kind)]
    teams = [team for team in teams if not _is_no_team(team[0])]
    return _Row(
        number,
        ids or {-1: name},
        name,
        tuple(cells("alias")),
        next(iter(teams), ("", False)),
        next(iter(cells("time")), ""),
        tuple(dict.fromkeys(cells("section")[:1])),
        extension_in(next(iter(cells("status")), "")),
        any(normal_header(role) in _STAFF for role in cells("role")),
    )


def _is_no_team(name: str) -> bool:
    """Return whether a cell for a team says that there is none; "+" may be a name."""
    return normal_header(name) in _NO_TEAM or all(
        unicodedata.category(each).startswith("P") for each in name
    )


def _contradiction(first: _Row, second: _Row, titles: Sequence[str]) -> str:
    """Return what two rows with an id in common disagree on; empty if nothing."""
    if first.ids.keys() == second.ids.keys() == {-1}:
        return "without ids, two students of this name cannot be told apart; add a column id"
    for at in first.ids.keys() & second.ids.keys():
        if normal_id(first.ids[at]) != normal_id(second.ids[at]):
            return f"{titles[at]} {first.ids[at]!r} and {second.ids[at]!r}"
    if not same_names(first.name, second.name):
        return f"the names {first.name!r} and {second.name!r}"
    teams = {title_key(row.team[0]): row.team[0] for row in (first, second) if row.team[0]}
    if len(teams) > 1:
        return "the teams " + " and ".join(map(repr, teams.values()))
    return ""


def _describe_contradiction(path: str, first: _Row, second: _Row, reason: str) -> str:
    shared = {normal_id(id) for id in first.ids.values()}
    common = [id for id in second.ids.values() if normal_id(id) in shared]
    what = f"rows {first.number} and {second.number} have the same id {common[0]!r}"
    if reason == "ids":
        return f"{path}: row {second.number} has ids of several students; correct it"
    if reason.startswith("without"):
        return f"{path}: rows {first.number} and {second.number}: {reason}"
    return f"{path}: {what}, but {reason}; correct one of them"


def _merge(first: _Row, second: _Row) -> _Row:
    return replace(
        first,
        ids={**second.ids, **first.ids},
        name=first.name or second.name,
        aliases=tuple(dict.fromkeys((*first.aliases, *second.aliases))),
        team=first.team if first.team[0] else second.team,
        time=first.time or second.time,
        sections=tuple(dict.fromkeys((*first.sections, *second.sections))),
        extension=first.extension or second.extension,
    )


def _roster(path: str, rows: Sequence[_Row], columns: Mapping[str, Sequence[int]]) -> Roster:
    order = columns["id"]
    students: dict[str, Student] = {}
    teams: dict[str, Team] = {}
    times: dict[str, str] = {}
    extensions: dict[str, str] = {}
    sections: dict[str, tuple[str, ...]] = {}
    ids: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, int] = {}
    by_column: dict[str, dict[int, str]] = {}
    of_systems: dict[str, dict[str, str]] = {}
    for row in rows:
        ordered = [row.ids[at] for at in (*order, -1) if at in row.ids]
        own = _system_ids(row, columns)
        counted = [own["moodle"]] if "moodle" in own else []
        first, *others = dict.fromkeys([*ordered, *counted, *row.aliases])
        if first in students:
            raise UsageError(
                f"{path}: rows {numbers[first]} and {row.number} both have the id {label(first)!r},"
                " in different columns; correct one of them"
            )
        for system, id in own.items():
            of_systems.setdefault(system, {})[first] = id
        students[first] = Student(first, row.name, tuple(others))
        ids[first] = tuple(row.ids[at] for at in order if at in row.ids)
        numbers[first] = row.number
        by_column[first] = {at: row.ids[at] for at in order if at in row.ids}
        if "moodle" in own:
            by_column[first][columns["moodle"][0]] = own["moodle"]
        if row.time:
            times[first] = row.time
        if row.extension:
            extensions[first] = row.extension
        if row.sections:
            sections[first] = row.sections
        name, shares = row.team
        if name:
            key = title_key(name)
            team = teams.get(key, Team(name, (), shares))
            teams[key] = replace(team, members=(*team.members, first))
    people = tuple(students.values())
    return Roster(
        people,
        tuple(part for team in teams.values() for part in _by_section(team, sections)),
        times,
        path,
        sections,
        ids,
        numbers,
        of_systems,
        by_column,
        extensions,
    )


def _by_section(team: Team, sections: Mapping[str, tuple[str, ...]]) -> list[Team]:
    """Return a team for each section of the members, as each section may have a team of the name.

    A name in a column of groups is that of one group, as systems have it.
    """
    parts: list[tuple[list[str], list[str]]] = []  # sections and ids
    for id in team.members if team.shares else ():
        names, ids = list(sections.get(id, ())), [id]
        for part in [each for each in parts if _share_section(each[0], names)]:
            parts.remove(part)
            names, ids = list(dict.fromkeys([*part[0], *names])), [*part[1], *ids]
        parts.append((names, ids))
    if sum(bool(names) for names, _ in parts) < 2:
        return [team]
    return [
        replace(
            team,
            name=f"{team.name} ({', '.join(names) or 'no section'})",
            members=tuple(ids),
            title=team.name,
            namesakes=tuple(id for id in team.members if id not in ids),
        )
        for names, ids in parts
    ]


def _share_section(first: Sequence[str], second: Sequence[str]) -> bool:
    return (
        any(is_in_section(each, second) for each in first)
        or any(is_in_section(each, first) for each in second)
        or not (first or second)
    )


def _system_ids(row: _Row, columns: Mapping[str, Sequence[int]]) -> dict[str, str]:
    found = {
        system: next((row.ids[at] for at in columns[system] if at in row.ids), "")
        for system in (*_OF_SYSTEMS, "moodle")
    }
    # Moodle names files by the number of "Participant 12".
    found["moodle"] = participant_number(found["moodle"])[1]
    return {system: id for system, id in found.items() if id}
