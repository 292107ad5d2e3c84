"""Links for a class: a table for mail merge, and a sheet to print and cut up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from grader.errors import UsageError, nearest
from grader.reports.class_report.csv import STANDARD, text_cell
from grader.site.access.links import LinkKind, Links
from grader.site.access.people import Person, Registry, Role
from grader.site.access.qr import qr_code
from grader.site.access.sessions import Sessions
from grader.site.classroom import Classroom
from grader.site.pages import render
from grader.site.records.book import NAME, Book
from grader.submissions.roster import Roster
from grader.values.dataclasses import dataclass

_COURSE, _ADDRESS = "course", "address"
_START_FIRST = "first start `grader serve --course ... --roster ...` with this book"


@dataclass(frozen=True)
class PersonLink:
    """A new link of a person.

    Attributes:
        email: the address for mail merge; empty if none is known
        address: the link
    """

    person: Person
    email: str
    address: str
    expires_at: str


@dataclass(frozen=True)
class Wanted:
    """For whom to make links.

    Attributes:
        sections: of these sections alone, if there are any
        people: ids of these people alone, if there are any
        is_staff: for the staff and not for the students
        replaces: also for those who are signed in, or have a link that they have not used
    """

    sections: Collection[str] = ()
    people: Collection[str] = ()
    is_staff: bool = False
    replaces: bool = False

    def __contains__(self, person: Person) -> bool:
        """Return whether a person is one of them, whatever links there are."""
        if self.people:
            return person.id in self.people
        is_in = not self.sections or bool(set(self.sections) & set(person.sections))
        return is_in and person.role.is_staff == self.is_staff


@dataclass(frozen=True)
class FirstLinks:
    """The links of an instructor when the server starts.

    Attributes:
        printed: for the terminal
        opened: for the browser that is started; others on the machine can read its arguments
    """

    person: Person
    printed: str
    opened: str


def begin_course(book: Book, classroom: Classroom, address: str) -> FirstLinks:
    """Note what links need to know of a course that is served now, and make the first ones.

    Args:
        address: beginning of all addresses of the server, without a slash at its end

    Raises:
        BookError: if that cannot be kept
    """
    rows = [(_COURSE, classroom.term.title), (_ADDRESS, address)]
    sql = "INSERT OR REPLACE INTO about VALUES (?, ?)"
    book.write(lambda connection: connection.executemany(sql, rows)).result()
    sessions = Sessions(book)
    links = Links(book, sessions)
    sessions.prune().result()
    links.prune().result()
    person = next(each for each in classroom.people if each.role is Role.INSTRUCTOR)
    printed, opened = (
        f"{address}/in/{links.make([person.id], kind).result()[0].token}"
        for kind in (LinkKind.START, LinkKind.BROWSER)
    )
    return FirstLinks(person, printed, opened)


@contextmanager
def course_book(folder: Path) -> Iterator[tuple[Book, str, str]]:
    """Open the book of a course, which a server may have open; see `begin_course`.

    Returns:
        the book, the title of the course and the address of its server

    Raises:
        UsageError: if there is none
    """
    if not (folder / NAME).is_file():
        raise UsageError(f"{folder} has no book; {_START_FIRST}")
    book = Book(folder)
    try:
        rows = book.read("SELECT name, value FROM about WHERE name IN (?, ?)", _COURSE, _ADDRESS)
        found = {row["name"]: row["value"] for row in rows}
        if _ADDRESS not in found:
            raise UsageError(
                f"the book in {folder} is not that of a course in which links sign people in;"
                f" {_START_FIRST}"
            )
        yield book, found[_COURSE], found[_ADDRESS]
    finally:
        book.close()


def people_to_link(book: Book, wanted: Wanted) -> tuple[list[Person], int]:
    """Return for whom to make links, by section and name, and how many do not need one.

    Raises:
        UsageError: if a person or a section is not in the course
    """
    sessions, people = Sessions(book), Registry(book).all()
    served = sessions.use().keys() | Links(book, sessions).until().keys()
    _check_known("person", wanted.people, [each.id for each in people])
    students = [each for each in people if not each.role.is_staff]
    _check_known("section", wanted.sections, {name for one in students for name in one.sections})
    chosen = [each for each in people if each in wanted]
    left = [each for each in chosen if wanted.replaces or each.id not in served]
    return sorted(left, key=lambda each: each.sections), len(chosen) - len(left)


def _check_known(noun: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            near = nearest(name, sorted(known))
            guess = f"; did you mean {near!r}?" if near is not None else ""
            raise UsageError(f"the course has no {noun} {name!r}{guess}")


def make_links(
    book: Book, people: Sequence[Person], address: str, emails: Mapping[str, str]
) -> list[PersonLink]:
    """Make a link for each person.

    Args:
        address: beginning of all addresses of the server
        emails: by the id of the person

    Raises:
        BookError: if the links cannot be kept
    """
    links = Links(book, Sessions(book)).make([each.id for each in people], LinkKind.LINK).result()
    return [
        PersonLink(person, emails.get(person.id, ""), f"{address}/in/{link.token}", link.expires_at)
        for person, link in zip(people, links, strict=True)
    ]


def emails_of(roster: Roster) -> dict[str, str]:
    """Return the e-mail addresses in a roster, by the students' ids."""
    found: dict[str, str] = {}
    for student in roster.students:
        for id in (student.id, *student.ids):
            if "@" in id.strip("@"):
                found.setdefault(student.id, id)
    return found


def write_table(links: Iterable[PersonLink], out: TextIO) -> None:
    """Write links as CSV, a row for each person."""
    rows = STANDARD.writer(out)
    rows.writerow(["id", "name", "sections", "email", "link", "valid_until"])
    for each in links:
        person = each.person
        chosen = person.id, person.name, ", ".join(person.sections), each.email
        rows.writerow([*map(text_cell, chosen), each.address, each.expires_at])


def write_sheet(title: str, links: Iterable[PersonLink], out: TextIO) -> None:
    """Write links as a page to print, with a QR code for each where segno is installed."""
    cards = [(each, qr_code(each.address)) for each in links]
    out.write(render("link_sheet.html", title=title, cards=cards))
