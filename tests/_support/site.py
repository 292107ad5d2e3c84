"""The practice page in this process: an application for a bank, with a client that is signed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from grader.api import Grader
from grader.bank.locate import Bank, find_bank
from grader.site.access.authenticators import Members, SingleUser
from grader.site.app import Settings, application
from grader.site.corrections.published import Published, open_classroom
from grader.site.desk import Desk
from grader.site.queue.judges import Judges
from grader.site.records.book import Book
from grader.site.server.addresses import Address, local_address
from grader.site.server.operation import Operation
from grader.site.server.rates import Rate, Rates
from tests._support.bank import TEST_BANK, copies

PORT = 8321
HOST = f"127.0.0.1:{PORT}"
ADDRESS = local_address(PORT)
UNLIMITED = Rates(*[Rate(per_s=1e9, burst=1_000_000_000)] * 5)
NDJSON = {"accept": "application/x-ndjson"}
RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
SUM = "def mean(values):\n    return sum(values)\n"


class Site(NamedTuple):
    """A running application."""

    client: TestClient
    book: Book
    settings: Settings

    def stream(self, path: str, **fields: str) -> list[dict[str, Any]]:
        """Send a form as the page does; return the lines of the reply."""
        reply = self.client.post(path, data=fields, headers=NDJSON)
        assert reply.status_code == 200, reply.text
        return [json.loads(line) for line in reply.text.splitlines() if line]

    def save(self, text: str, revision: int, slug: str = "mean") -> Any:
        headers = {"if-match": f'"{revision}"'}
        return self.client.put(f"/p/{slug}/draft", content=text, headers=headers)


class Class(NamedTuple):
    """A running application for a course."""

    app: Starlette
    client: TestClient
    settings: Settings

    @property
    def book(self) -> Book:
        return self.settings.book

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.state.desk
        return desk

    def is_judged(self, attempt: str) -> bool:
        """Return whether an attempt has an outcome, which may come after its sender's reply."""
        found = self.book.attempt(attempt)
        return found is not None and found.outcome is not None

    def stranger(self) -> TestClient:
        """Return a client in which nobody is signed in."""
        client = TestClient(self.app, self.settings.address.link(""), follow_redirects=False)
        client.portal = self.client.portal  # the loop that the application has been started in
        return client

    def as_(self, person: str) -> Site:
        """Return the application with a client of its own, in which a person is signed in."""
        client = self.stranger()
        response = Response()
        members = self.settings.authenticator
        assert isinstance(members, Members)
        members.let_in(person, "a test", response)
        name, _, value = response.headers["set-cookie"].partition(";")[0].partition("=")
        client.cookies.set(name, value)
        return Site(client, self.book, self.settings)


ROSTER = """\
id,name,section,email
ada,Ada Lovelace,A,ada@example.org
ben,Ben Okri,A,ben@example.org
cai,Cai Lun,A,cai@example.org
dia,Dia Mirza,B,dia@example.org
eli,Eli Whitney,B,eli@example.org
fay,Fay Weldon,B,fay@example.org
"""
COURSE = """\
title: Means
staff:
  - {id: rivera, name: Rosa Rivera}
  - {id: okafor, name: Obi Okafor, role: assistant, sections: [A]}
assignments:
  - {assignment: hw1.yaml, graded: hw1}
  - {assignment: hw2.yaml, graded: hw2}
"""
WORKS = {
    "hw1": "title: First means\nproblems: [{problem: mean-1, points: 10}]\n",
    "hw2": "title: More means\nproblems:\n  - {problem: mean-2, points: 4}\n"
    "  - {problem: mean-3, points: 6}\n",
}


def course_in(folder: Path, works: Mapping[str, str] = WORKS) -> Bank:
    """Write a course of the problems mean-1, mean-2 and mean-3; return their bank."""
    copies(folder, 3)
    (folder / "course.yaml").write_text(COURSE, "utf-8")
    (folder / "class.csv").write_text(ROSTER, "utf-8")
    for name, text in works.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return find_bank(str(folder))


@contextmanager
def classroom_site(
    folder: Path,
    works: Mapping[str, str] = WORKS,
    address: Address = ADDRESS,
    adapt: Callable[[Settings], Settings] = lambda settings: settings,
) -> Iterator[Class]:
    """An application for a course: two assignments, six students in two sections, two of staff.

    Args:
        folder: of the course; its book is in a folder of it
        adapt: returns the settings to use
    """
    bank = (
        course_in(folder, works)
        if not (folder / "course.yaml").exists()
        else find_bank(str(folder))
    )
    book = Book(folder / "book")
    published = Published(folder / "book", book)
    files = str(folder / "course.yaml"), str(folder / "class.csv")
    classroom = open_classroom(*files, bank, published)
    served = published.bank
    judges = Judges(Grader(served.problems, served.solutions), folder / "book")
    settings = Settings(
        *(served, book, judges, Members(book, address.cookie("grader")), address),
        source=bank,
        published=published,
        is_warmed=False,
        is_watched=False,
        rates=UNLIMITED,
        classroom=classroom,
    )
    settings = adapt(settings)
    app = application(settings)
    with TestClient(app, address.link(""), follow_redirects=False) as client:
        yield Class(app, client, settings)


@contextmanager
def site(
    folder: Path,
    bank: Path = TEST_BANK,
    names_reference: bool = False,
    patience_s: float = 5.0,
    operation: Operation | None = None,
    tier: str = "best",
    threads: int = 2,
    address: Address = ADDRESS,
) -> Iterator[Site]:
    """An application whose book is in a folder."""
    found = find_bank(str(bank))
    book = Book(folder, patience_s)
    grader = Grader(found.problems, found.solutions, sandbox=tier)
    judges = Judges(grader, folder, names_reference)
    authenticator = SingleUser(book.secret, address.cookie("grader"))
    settings = Settings(
        *(found, book, judges, authenticator, address, threads),
        is_warmed=False,
        is_watched=False,
        rates=UNLIMITED,
        operation=operation or Operation(),
    )
    app = application(settings)
    with TestClient(app, address.link(""), follow_redirects=False) as client:
        assert client.get(f"/in/{book.secret}").status_code == 303
        yield Site(client, book, settings)
