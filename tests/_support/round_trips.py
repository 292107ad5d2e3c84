"""One class of 30, as each system exports it, and the file that goes back to the system.

`CLASS` says who submits what and when, and the grade that was computed by hand, from 15 points due
on 30 November at 23:59 with 15 minutes of grace, less 10% for each day begun, at most 50%. A right
program is worth 15 points before that, and a wrong one 2.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from grader.course.lms import SYSTEMS
from grader.model.gradebook import Gradebook
from grader.reports.class_report import csv as gradebook_csv
from tests._support.classes_of_systems import RIGHT, WRONG
from tests._support.submissions import Files, zipped

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 30, 23, 59, tzinfo=BERLIN)

# Grades: with times of submission; where a system has none; and, after "@", where it has only
# names. An excused student's cell is EX in Canvas, and stays empty elsewhere.
_TABLE = """
name                     | section | team  | submits                             | says              | grades
Ada Lovelace             | A       |       | right 11-30 23:10                   |                   | 15.00
Konrad Zuse              | A       |       | wrong 11-30 20:00                   |                   | 2.00
Emmy Noether             | B       |       | right 12-01 00:14                   |                   | 15.00
Alan Turing              | B       |       | right 12-01 00:15                   |                   | 13.50 15.00
Grace Hopper             | A       |       | right 12-02 00:05                   |                   | 12.00 15.00
Edsger Dijkstra          | A       |       | right 12-10 12:00                   |                   | 7.50 15.00
Barbara Liskov           | B       |       | wrong 12-01 09:00                   |                   | 1.80 2.00
Jane O'Neil-Smith        | A       |       | right 11-29 10:00                   |                   | 15.00
José Ñandú               | B       |       | right 12-01 10:00                   |                   | 13.50 15.00
Zoë van der Berg         | A       |       | right 11-30 10:00                   |                   | 15.00
小龙 李                  | B       |       | right 11-30 11:00                   |                   | 15.00
Øystein Åsgård           | A       |       | wrong 11-30 12:00                   |                   | 2.00
Karl Müller-Lüdenscheidt | B       |       | right 12-03 23:58                   | extension 12-03   | 15.00
Muhammad                 | A       |       | right 11-30 13:00                   |                   | 15.00
Jean-Luc de la Tour      | B       |       | right 12-04 08:00                   | extension 12-03   | 13.50 15.00
Null None                | A       |       |                                     |                   | 0.00
Kim Lee                  | A       |       | right 11-30 14:00                   |                   | 15.00 @-
Kim Lee                  | B       |       | wrong 11-30 15:00                   |                   | 2.00 @-
Ann Unread               | A       |       | rar 11-30 16:00                     |                   | -
Eve Moneypenny           | B       |       |                                     | excused           | EX
Eva Excused              | A       |       | right 11-30 17:00                   | excused           | EX
Tim Berners-Lee          | B       |       | wrong 11-30 18:00                   | adjust 9          | 9.00
Ken Thompson             | A       |       |                                     | adjust 4.5        | 4.50
Dennis Ritchie           | A       | Alpha | right 12-01 10:00                   |                   | 13.50 15.00
Margaret Hamilton        | A       | Alpha |                                     |                   | 13.50 15.00
Niklaus Wirth            | B       | Beta  | right 12-02 20:00                   |                   | 15.00
Frances Allen            | B       | Beta  |                                     |                   | 15.00
John Backus              | A       | Beta  |                                     | extension 12-02   | 15.00
Donald Knuth             | B       |       | wrong 11-30 10:00, right 12-01 09:00 |                  | 13.50 15.00
Leslie Lamport           | A and B |       | zip 11-30 19:00                     |                   | 15.00
"""  # noqa: E501


@dataclass(frozen=True)
class Submitted:
    """What was submitted at a time: a program, its name and content."""

    what: str
    when: datetime

    @property
    def file(self) -> tuple[str, bytes]:
        """The name and the content of the file."""
        match self.what:
            case "rar":
                return "softmax.rar", b"Rar!"
            case "zip":
                return "hw.zip", zipped({"hw/softmax.py": RIGHT})
        return "softmax.py", RIGHT if self.what == "right" else WRONG


@dataclass(frozen=True)
class Person:
    """A student of the class."""

    number: int
    name: str
    section: str
    team: str
    submissions: tuple[Submitted, ...]
    says: str
    grade: str
    without_times: str
    by_name: str

    @property
    def login(self) -> str:
        return f"s_{self.number:02}"

    @property
    def first(self) -> str:
        return self.name.partition(" ")[0] if " " in self.name else ""

    @property
    def last(self) -> str:
        return self.name.partition(" ")[2] or self.name

    @property
    def last_first(self) -> str:
        return f"{self.last}, {self.first}" if self.first else self.last


def _read(number: int, line: str) -> Person:
    name, section, team, submits, says, grades = (cell.strip() for cell in line.split("|"))
    submissions = []
    for each in filter(None, submits.split(", ")):
        what, when = each.split(" ", 1)
        time = datetime.strptime(f"2026-{when}", "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)
        submissions.append(Submitted(what, time))
    plain, at, by_name = grades.partition(" @")
    grade, *more = ("" if each == "-" else each for each in plain.split())
    named = by_name.strip("-") if at else grade
    without = more[0] if more else grade
    return Person(number, name, section, team, tuple(submissions), says, grade, without, named)


CLASS = tuple(_read(number, line) for number, line in enumerate(_TABLE.splitlines()[2:], 1))


def assignment(with_teams: bool) -> str:
    """Return the assignment; `with_teams` if the system says nothing about teams."""

    def says(kind: str, form: str) -> str:
        words = ((each.name, each.says.partition(" ")) for each in CLASS)
        return ", ".join(f'"{name}": {form % rest}' for name, (k, _, rest) in words if k == kind)

    teams: dict[str, list[str]] = {}
    for each in CLASS:
        if each.team and with_teams:
            teams.setdefault(each.team, []).append(each.name)
    return (
        "title: HW\nproblems:\n  - {problem: softmax, points: 15}\n"
        "timezone: Europe/Berlin\ndue: 2026-11-30 23:59\n"
        "late: {grace: 15 min, per_day: 10%, most: 50%}\n"
        f"extensions: {{{says('extension', '2026-%s 23:59')}}}\n"
        f"adjust: {{{says('adjust', '{softmax: %s, why: seen in person}')}}}\n"
        f"excused: {{{says('excused', 'all%s')}}}\n"
        f"teams: {{{', '.join(f'{name}: {members}' for name, members in teams.items())}}}\n"
    )


def _handed_in() -> Iterator[tuple[Person, Submitted]]:
    """Yield what a system exports that keeps only the last attempt."""
    return ((each, each.submissions[-1]) for each in CLASS if each.submissions)


def _csv(header: str, rows: Sequence[Sequence[object]], end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows([header.split("|"), *rows])
    return out.getvalue()


# What each system exports ------------------------------------------------------------------------


def _canvas_gradebook() -> str:
    points = ["    Points Possible", "", "", "", "", "15.00", "(read only)"]
    rows = [
        (each.last_first, 1000 + each.number, f"S{each.number:04}", each.login, each.section, "", 9)
        for each in CLASS
    ]
    header = "Student|ID|SIS User ID|SIS Login ID|Section|HW (77)|Final Score"
    return "\ufeff" + _csv(header, [points, *rows])


def _decomposed(name: str) -> str:
    """Return a name as some systems write it in archives, with accents of their own."""
    return unicodedata.normalize("NFD", name)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _canvas() -> Files:
    found = {}
    for each, last in _handed_in():
        late = "LATE_" if last.when > DUE else ""
        file, content = last.file
        name = _letters(each.team or each.last_first)
        found[f"{name}_{late}{1000 + each.number}_{9000 + each.number}_{file}"] = content
    return found


def _moodle_gradebook() -> str:
    rows = []
    for each in CLASS:
        team = [who for who in CLASS if each.team and who.team == each.team]
        whose = next((who for who in (each, *team) if who.submissions), None)
        time = "-" if whose is None else f"{whose.submissions[-1].when:%A, %-d %B %Y, %-I:%M %p}"
        who = (f"Participant {500 + each.number}", each.name, f"{each.login}@x.edu")
        rows.append((*who, "", each.team, "", "15.00", "Yes", time, "-", ""))
    return _csv(
        "Identifier|Full name|Email address|Status|Group|Grade|Maximum Grade|Grade can be changed|"
        "Last modified (submission)|Last modified (grade)|Feedback comments",
        rows,
    )


def _moodle() -> Files:
    found = {}
    for each, last in _handed_in():
        # A team has the team's number, here that of a participant who is somebody else.
        who = (
            f"{each.team}_{530 - each.number}" if each.team else f"{each.name}_{500 + each.number}"
        )
        file, content = last.file
        found[f"{who}_assignsubmission_file/{file}"] = content
    return found


def _brightspace_gradebook() -> str:
    rows = [
        (f"#S{each.number:04}", f"#{each.login}", each.last, each.first, "", "#") for each in CLASS
    ]
    return _csv(
        "OrgDefinedId|Username|Last Name|First Name|HW Points Grade <Numeric MaxPoints:15>|"
        "End-of-Line Indicator",
        rows,
    )


def _brightspace() -> Files:
    found = {"index.html": b"<p>"}
    for each in CLASS:
        for at in each.submissions:
            time = f"{at.when:%b %-d, %Y %-I%M %p}"
            file, content = at.file
            found[f"{each.number}-7000 - {_decomposed(each.name)} - {time}/{file}"] = content
    return found


def _blackboard_gradebook() -> str:
    rows = [(each.last, each.first, each.login, f"S{each.number:04}", "Yes", "") for each in CLASS]
    return _csv(
        "Last Name|First Name|Username|Student ID|Availability|HW [Total Pts: 15 Score] |7", rows
    )


def _blackboard() -> Files:
    found: dict[str, bytes] = {}
    for each in CLASS:
        for at in each.submissions:
            file, content = at.file
            name = f"HW_1_{each.login}_attempt_{at.when:%Y-%m-%d-%H-%M-%S}"
            found |= {f"{name}.txt": b"Name: ", f"{name}_{file}": content}
    return found


def _gradescope() -> Files:
    found: dict[str, bytes] = {}
    records = []
    for each, last in _handed_in():
        folder = f"submission_{8000 + each.number}"
        team = [who for who in CLASS if who.team == each.team] if each.team else [each]
        file, content = last.file
        if last.what == "zip":  # Gradescope unpacks it
            file, content = "hw/softmax.py", RIGHT
        found[f"assignment_7_export/{folder}/{file}"] = content
        people = [
            f"  - :name: {who.name}\n    :sid: 'S{who.number:04}'\n    :email: {who.login}@x.edu\n"
            for who in team
        ]
        time = f"{last.when.astimezone(UTC):%Y-%m-%d %H:%M:%S}.000000 Z"
        records.append(f"{folder}:\n  :submitters:\n{''.join(people)}  :created_at: {time}\n")
    found["assignment_7_export/submission_metadata.yml"] = "".join(records).encode()
    return found


def _roster_with_times() -> str:
    rows = []
    for each in CLASS:
        time = f"{each.submissions[-1].when:%Y-%m-%d %H:%M:%S}" if each.submissions else ""
        rows.append((each.login, each.name, f"gh-{each.number}", time))
    return _csv("id|name|github_username|submitted at", rows)


def _google() -> Files:
    return {f"{_decomposed(each.name)} - {at.file[0]}": at.file[1] for each, at in _handed_in()}


def _classroom() -> Files:
    return {
        f"softmax-submissions/softmax-{each.team or f'gh-{each.number}'}/{at.file[0]}": at.file[1]
        for each, at in _handed_in()
    }


# The file that goes back -------------------------------------------------------------------------


@dataclass(frozen=True)
class System:
    """A system, and the file into which grades are filled in.

    Attributes:
        files: what is handed in, by path
        table: returns the gradebook downloaded from it, which is the roster too
        target: the name in `lms.SYSTEMS`; empty for a system that takes no file: grades.csv
        column: title of the column
        expected: returns the cell of a student
    """

    files: Callable[[], Files]
    table: Callable[[], str]
    target: str
    column: str
    expected: Callable[[Person], str]
    has_teams: bool = False

    def filled(self, book: Gradebook) -> tuple[str, str, tuple[str, ...]]:
        """Return the downloaded file, the same with the grades, and the remarks."""
        if not self.target:
            out = io.StringIO(newline="")
            gradebook_csv.write(book, out)
            return "", out.getvalue(), ()
        found = SYSTEMS[self.target].fill(self.table(), book, self.column, "", "")
        return self.table(), found.text, found.remarks


def _plain(grade: str) -> str:
    return "" if grade == "EX" else grade


def _in_grades_csv(grade: str) -> str:
    if grade in ("", "EX"):
        return "excused" if grade else "not graded"
    return f"{float(grade):g}"


ROUND_TRIPS = {
    "Canvas": System(_canvas, _canvas_gradebook, "canvas", "HW", lambda who: who.without_times),
    "Moodle": System(
        _moodle, _moodle_gradebook, "moodle", "Grade", lambda who: _plain(who.grade), has_teams=True
    ),
    "Brightspace": System(
        *(_brightspace, _brightspace_gradebook, "brightspace", "HW"),
        lambda who: _plain(who.by_name),
    ),
    "Blackboard": System(
        _blackboard, _blackboard_gradebook, "blackboard", "HW", lambda who: _plain(who.grade)
    ),
    "Gradescope, graded in Canvas": System(
        _gradescope, _canvas_gradebook, "canvas", "HW", lambda who: who.grade, has_teams=True
    ),
    "Google Classroom": System(
        _google, _roster_with_times, "", "total", lambda who: _in_grades_csv(who.by_name)
    ),
    "GitHub Classroom": System(
        _classroom, _roster_with_times, "", "total", lambda who: _in_grades_csv(who.grade)
    ),
}
