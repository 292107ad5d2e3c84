"""The order in which to solve the problems of a bank.

A spec.md names under `after` the problems that should be solved before. A problem comes after all
of them; of those that may come next, the easiest is first, and of one difficulty the first by
category and name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.bank.locate import Heading

_DIFFICULTIES = ("easy", "medium", "hard")


def in_order(headings: Sequence[Heading]) -> list[Heading]:
    """Return all problems in the order in which to solve them.

    Prerequisites that the bank does not have are ignored. Problems that wait for each other in a
    circle, and those after them, come last, by name.
    """
    ordered, waiting = _sorted(headings)
    return ordered + sorted(waiting)


def find_faults(headings: Sequence[Heading]) -> Iterator[str]:
    """Yield a sentence for each prerequisite that does not exist, and one for a circle."""
    slugs = {each.slug for each in headings}
    for each in headings:
        for slug in each.after:
            if slug not in slugs:
                yield f"{each.slug} comes after {slug}, which this bank does not have"
    if circle := _circle(headings):
        yield f"these problems come after each other in a circle: {' -> '.join(circle)}"


def next_problems(headings: Sequence[Heading], solved: Collection[str]) -> list[Heading]:
    """Return the problems that are not solved but whose prerequisites are, in order."""
    known = {each.slug for each in headings}
    return [
        each
        for each in in_order(headings)
        if each.slug not in solved and all(slug in solved for slug in each.after if slug in known)
    ]


def _ease(heading: Heading) -> tuple[int, str, str]:
    return _DIFFICULTIES.index(heading.difficulty), heading.category, heading.slug


def _sorted(headings: Sequence[Heading]) -> tuple[list[Heading], list[Heading]]:
    """Return the problems in order, and those that wait for a circle to be solved."""
    left = {each.slug: each for each in sorted(headings, key=_ease)}
    ordered: list[Heading] = []
    while ready := [h for h in left.values() if not any(slug in left for slug in h.after)]:
        ordered.append(ready[0])
        del left[ready[0].slug]
    return ordered, list(left.values())


def _circle(headings: Sequence[Heading]) -> list[str]:
    """Return the problems of a circle, the first again at the end; empty if there is none."""
    waiting = {each.slug: each.after for each in _sorted(headings)[1]}
    trail = [min(waiting)] if waiting else []
    while trail and trail[-1] not in trail[:-1]:
        trail.append(min(slug for slug in waiting[trail[-1]] if slug in waiting))
    return trail[trail.index(trail[-1]) :] if trail else []
