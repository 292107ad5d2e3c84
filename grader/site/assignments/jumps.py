"""Jumps in the size of drafts: how much text appeared at once, for those who hold an exam.

No keys are logged and pasting is never prevented. What is compared are the texts that were kept
anyway: the last draft of each minute, and each text that was run or submitted. Somebody who types
fast writes about 300 characters a minute; a jump is a question to ask, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from grader.site.records.book import Book
from grader.values.dataclasses import dataclass

MIN_JUMP = 300  # bytes

_TEXTS = """
SELECT person, problem, at, max(size) AS size FROM (
    SELECT person, problem, saved_at AS at, length(content) AS size
    FROM draft_log JOIN source USING (digest)
    UNION ALL
    SELECT person, problem, saved_at, length(content) FROM draft JOIN source USING (digest)
    UNION ALL
    SELECT person, problem, received_at, length(content) FROM attempt JOIN source USING (digest)
) WHERE problem = ? GROUP BY person, at ORDER BY person, at
"""


@dataclass(frozen=True)
class Jump:
    """A text that is much longer than the one that was kept before it.

    Attributes:
        size: of the longer text, in bytes, of which `grown` are new
        seconds: between the two texts; None if there was none before but the starter
    """

    person: str
    problem: str
    at: str
    size: int
    grown: int
    seconds: float | None


def jumps_in(book: Book, problem: str, starter_size: int) -> list[Jump]:
    """Return the jumps of all students at a problem, the largest first."""
    by_person: dict[str, list[tuple[str, int]]] = {}
    for row in book.read(_TEXTS, problem):
        by_person.setdefault(row["person"], [("", starter_size)]).append((row["at"], row["size"]))
    found = [
        Jump(person, problem, at, size, size - before, _seconds(earlier, at))
        for person, texts in by_person.items()
        for (earlier, before), (at, size) in pairwise(texts)
        if size - before >= MIN_JUMP
    ]
    return sorted(found, key=lambda each: -each.grown)


def largest_jumps(book: Book, problems: Iterable[tuple[str, int]], count: int) -> list[Jump]:
    """Return the largest jumps at several problems, each with the size of its starter."""
    found = [jump for problem, size in problems for jump in jumps_in(book, problem, size)]
    return sorted(found, key=lambda each: -each.grown)[:count]


def _seconds(earlier: str, at: str) -> float | None:
    if not earlier:
        return None
    since = datetime.fromisoformat(at) - datetime.fromisoformat(earlier)
    return since.total_seconds()
