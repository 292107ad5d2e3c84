"""Which of a student's attempts are the same program, so that none is counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.model.course import Attempt


def number_programs(attempts: Iterable[Attempt]) -> Iterator[int]:
    """Yield the number of the program of each attempt, given in their order, from 1.

    A program that was submitted before has the number that it had then. An attempt that cannot be
    read is a program of its own.
    """
    numbers: dict[str, int] = {}
    for attempt in attempts:
        yield numbers.setdefault(attempt.digest or attempt.locator, len(numbers) + 1)
