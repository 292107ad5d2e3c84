"""The practice page in this process: an application for a bank, with a client that is signed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from grader.api import Grader
from grader.bank.locate import find_bank
from grader.site.app import Settings, application
from grader.site.book import Book
from grader.site.doors import Alone
from grader.site.judges import Judges
from grader.site.rates import Rate, Rates
from tests._support.bank import TEST_BANK

PORT = 8321
HOST = f"127.0.0.1:{PORT}"
UNLIMITED = Rates(*[Rate(per_s=1e6, burst=1_000_000)] * 3)
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


@contextmanager
def site(
    folder: Path, bank: Path = TEST_BANK, names_reference: bool = False, patience_s: float = 5.0
) -> Iterator[Site]:
    """An application whose book is in a folder."""
    found = find_bank(str(bank))
    book = Book(folder, patience_s)
    grader = Grader(found.problems, found.solutions)
    judges = Judges(grader, folder, names_reference)
    door = Alone(book.secret, PORT)
    settings = Settings(found, book, judges, door, [HOST], is_warmed=False, rates=UNLIMITED)
    with TestClient(application(settings), f"http://{HOST}", follow_redirects=False) as client:
        assert client.get(f"/in/{book.secret}").status_code == 303
        yield Site(client, book, settings)
