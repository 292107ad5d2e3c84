"""A course in real browsers: `grader serve --course` as a process, and people who are signed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import BrowserContext
from starlette.responses import Response

from grader.site.access.authenticators import Members
from grader.site.records.book import Book
from grader.site.server.addresses import local_address
from tests._support.bank import PATIENCE_S
from tests._support.practice import Practice
from tests._support.site import course_in


class Lesson(Practice):
    """A course in a folder of its own.

    Args:
        write: writes the course; one of three problems by default
        more: more options of the command
    """

    def __init__(
        self,
        folder: Path,
        write: Callable[[Path], object] = course_in,
        more: Sequence[str] = (),
    ) -> None:
        write(folder)
        self.folder = folder
        self._book = folder / "book"
        options = ["--course", str(folder / "course.yaml"), "--roster", str(folder / "class.csv")]
        super().__init__(folder, self._book, options=[*options, *more])

    def sign_in(self, context: BrowserContext, person: str) -> None:
        """Sign a person in, as a link would."""
        name, value = self.cookie(person)
        context.add_cookies([{"name": name, "value": value, "url": self.origin}])

    def cookie(self, person: str) -> tuple[str, str]:
        """Return name and value of a cookie that signs a person in: its session is in the book."""
        book = Book(self._book)
        try:
            response = Response()
            Members(book, local_address(self.port).cookie("grader")).let_in(
                person, "a test", response
            )
        finally:
            book.close()
        name, _, value = response.headers["set-cookie"].partition(";")[0].partition("=")
        return name, value

    def send(self, person: str, source: str, slug: str, kind: str = "submit") -> list[Any]:
        """Run or submit a program, as a page does; return what it is told, once it is judged."""
        reply = httpx2.post(
            f"{self.origin}/p/{slug}/{kind}",
            data={"source": source},
            headers={"accept": "application/x-ndjson"},
            cookies=dict([self.cookie(person)]),
            timeout=PATIENCE_S,
        )
        assert reply.status_code == 200, reply.text
        return [json.loads(line) for line in reply.text.splitlines() if line]
