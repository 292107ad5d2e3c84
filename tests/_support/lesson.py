"""A course in real browsers: `grader serve --course` as a process, and people who are signed in."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext
from starlette.responses import Response

from grader.site.addresses import local_address
from grader.site.book import Book
from grader.site.doors import Members
from tests._support.practice import Practice
from tests._support.site import course_in


class Lesson(Practice):
    """A course of three problems, in a folder of its own; see `course_in`."""

    def __init__(self, folder: Path) -> None:
        course_in(folder)
        self.folder = folder
        self._book = folder / "book"
        options = ["--course", str(folder / "course.yaml"), "--roster", str(folder / "class.csv")]
        super().__init__(folder, self._book, options=options)

    def sign_in(self, context: BrowserContext, person: str) -> None:
        """Sign a person in, as a link would, by a session that is written to the book."""
        book = Book(self._book)
        try:
            response = Response()
            Members(book, local_address(self.port).cookie("grader")).let_in(
                person, "a test", response
            )
        finally:
            book.close()
        name, _, value = response.headers["set-cookie"].partition(";")[0].partition("=")
        context.add_cookies([{"name": name, "value": value, "url": self.origin}])
