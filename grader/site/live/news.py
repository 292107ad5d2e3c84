"""News: what people are told on their open pages, within seconds.

An open page asks `GET /news?since=N` every four seconds, and before that only if the reply to a
draft says that there is something new. Nearly all of these are answered from memory, by one number
for each person: 300 pages cost a few percent of a core. No connection stays open, so a browser with
many pages of this server is not short of them. A page that is opened later, or has no script, shows
what its reader has not put away.

To tell somebody something, call `News.add` within a transaction of the book:

    desk.book.write(lambda book: desk.news.add(book, ["ada"], NewsKind.NOTE, "Well done."))

On the page, news.js shows it and dispatches the event "news" at the document, whose detail has
`kind` and `problem`, so that other scripts can act on it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from enum import Enum

from grader.site.live import events
from grader.site.live.events import EventKind
from grader.site.records.book import Book
from grader.site.records.notes import now
from grader.values.dataclasses import dataclass

_MAX_SHOWN = 20
_ITEM = "seq, at, kind, author, problem, text, link"
_INSERT = (
    "INSERT INTO news (sent, person, at, kind, author, problem, text, link, read_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')"
)


class NewsKind(Enum):
    """What somebody is told about."""

    NOTE = "note"  # what the staff writes
    HINTS = "hints"  # hints may be seen
    EXTENDED = "extended"  # there is more time
    CORRECTED = "corrected"  # a problem has changed, and perhaps what was reached
    RELEASED = "released"  # results may be seen

    @property
    def title(self) -> str:
        """The name of it, for readers."""
        return _TITLES[self]

    @property
    def more(self) -> str:
        """The words of a link to more about it."""
        return _MORE[self]


_TITLES = {
    NewsKind.NOTE: "Note",
    NewsKind.HINTS: "Hints",
    NewsKind.EXTENDED: "More time",
    NewsKind.CORRECTED: "Changed problem",
    NewsKind.RELEASED: "Results",
}
_MORE = {
    NewsKind.NOTE: "See more",
    NewsKind.HINTS: "See the hints",
    NewsKind.EXTENDED: "See until when",
    NewsKind.CORRECTED: "See what has changed",
    NewsKind.RELEASED: "See the results",
}
_EVENTS = {
    NewsKind.NOTE: EventKind.NOTE,
    NewsKind.HINTS: EventKind.RELEASED,
    NewsKind.EXTENDED: EventKind.EXTENDED,
    NewsKind.CORRECTED: EventKind.CORRECTED,
    NewsKind.RELEASED: EventKind.RELEASED,
}


@dataclass(frozen=True)
class NewsItem:
    """Something that somebody is told.

    Attributes:
        seq: counts up
        author: name of who tells it; empty for the server
        problem: slug of the problem that it is about; empty if it is about none
        link: path of a page with more about it; empty if there is none
    """

    seq: int
    at: str
    kind: NewsKind
    author: str
    problem: str
    text: str
    link: str


class News:
    """What the people in a book are told."""

    def __init__(self, book: Book) -> None:
        self._book = book
        rows = book.read("SELECT person, max(seq) AS last FROM news GROUP BY person")
        # Runs ahead of the book, until a transaction ends or if it fails: a page asks in vain then.
        self._last: dict[str, int] = {row["person"]: row["last"] for row in rows}

    def last(self, person: str) -> int:
        """Return the number of the last thing that somebody was told; 0 if there was none."""
        return self._last.get(person, 0)

    def add(
        self,
        connection: sqlite3.Connection,
        people: Iterable[str],
        kind: NewsKind,
        text: str,
        *,
        problem: str = "",
        author: str = "",
        link: str = "",
    ) -> int:
        """Tell people something, in a transaction of the writer; return the number of this news.

        Args:
            people: ids of persons
            text: plain text, whose lines are kept
            problem: slug of the problem that it is about
            author: name of who tells it
            link: path on this server of a page with more about it
        """
        # The newest row has the highest number: to look at all of them would hold everybody up.
        newest = connection.execute("SELECT sent FROM news ORDER BY seq DESC LIMIT 1").fetchone()
        sent = newest["sent"] + 1 if newest is not None else 1
        row = (now(), kind.value, author, problem, text, link)
        for person in dict.fromkeys(people):
            values = (sent, person, *row)
            seq = connection.execute(_INSERT, values).lastrowid or 0
            events.note(connection, person, _EVENTS[kind], problem)
            self._last[person] = seq
        return int(sent)

    def last_kept(self, person: str) -> int:
        """Return the number of the last thing in the book that somebody was told; 0 if none.

        `last` runs ahead of it while a transaction is under way.
        """
        (row,) = self._book.read("SELECT max(seq) AS last FROM news WHERE person = ?", person)
        return int(row["last"] or 0)

    def unread(self, person: str, since: int = 0) -> list[NewsItem]:
        """Return what somebody was told and has not put away, newest first.

        Args:
            since: the number that they know already
        """
        rows = self._book.read(
            f"SELECT {_ITEM} FROM news WHERE person = ? AND seq > ? AND read_at = ''"
            " ORDER BY seq DESC LIMIT ?",
            *(person, since, _MAX_SHOWN),
        )
        return [_item(row) for row in rows]

    def put_away(self, connection: sqlite3.Connection, person: str, seq: int) -> None:
        """Note that somebody has read something, in a transaction of the writer."""
        connection.execute(
            "UPDATE news SET read_at = ? WHERE (person, seq) = (?, ?) AND read_at = ''",
            (now(), person, seq),
        )

    def notes_to(self, people: Iterable[str], most: int) -> Sequence[tuple[NewsItem, int, int]]:
        """Return the last notes to some people, with how many of them got and have read each."""
        chosen = json.dumps(list(people))
        rows = self._book.read(
            f"SELECT {_ITEM}, count(*) AS people, sum(read_at != '') AS readers FROM news"
            " WHERE kind = ? AND person IN (SELECT value FROM json_each(?))"
            " GROUP BY sent ORDER BY sent DESC LIMIT ?",
            *(NewsKind.NOTE.value, chosen, most),
        )
        return [(_item(row), int(row["people"]), int(row["readers"])) for row in rows]


def _item(row: sqlite3.Row) -> NewsItem:
    return NewsItem(
        row["seq"],
        row["at"],
        NewsKind(row["kind"]),
        row["author"],
        row["problem"],
        row["text"],
        row["link"],
    )
