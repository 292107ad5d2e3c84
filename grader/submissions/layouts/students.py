"""A file, a folder or an archive for each student, named after the student."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile, own_name, stem_of
from grader.submissions.people import PersonRef

_ATTEMPT = re.compile(r"(?:attempt|try)[ ._-]*([0-9]{1,9})\Z", re.I)
_SEPARATORS = " ._-"


def students(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile]:
    """`ada.py`, `ada_softmax.py`, `ada.zip` or `ada/…`; `ada_attempt2.py` or `ada/attempt2/…`."""
    for file in files:
        first, *rest = context.parts(file)
        is_file = not rest and not file.name.endswith("/")
        person, number = _person_of(stem_of(first) if is_file else first, is_file, context)
        inner, of_folder = split_attempt(stem_of(rest[0])) if rest else ("", None)
        if number is None and not inner:
            number = of_folder
        bundle = f"attempt {number}" if number else ""
        own = own_name(rest or [first], file)
        yield SubmittedFile(file, person, own, bundle, number=number or 0)


def _person_of(name: str, is_file: bool, context: LayoutContext) -> tuple[PersonRef, int | None]:
    """Return who is meant by the name of a file or a folder, and the number of their attempt.

    An id may end like the name of a problem, or like the number of an attempt, so a name may have
    several readings.
    """
    readings: dict[str, int | None] = {}
    for each in (*_without_slug(name, context.slugs), name) if is_file else (name,):
        before, number = split_attempt(each)
        if number is not None and before:
            readings.setdefault(before, number)
        readings.setdefault(each, None)
    student = next(iter(readings))
    if len(readings) == 1:
        return PersonRef(student, (student,), student), readings[student]
    known = list(filter(context.is_known, readings))
    if len(known) > 1:
        return PersonRef(name, name=name, readings=tuple(known)), readings[known[0]]
    student = next(iter(known), student)
    return PersonRef(student, (student,), student), readings[student]


def split_attempt(name: str) -> tuple[str, int | None]:
    """Return what is before the number of an attempt at the end of a name, and the number."""
    match = _ATTEMPT.search(name)
    before = name[: match.start()] if match else ""
    rest = before.rstrip(_SEPARATORS)
    if match is None or (before and rest in ("", before)):
        return name, None
    return rest, int(match[1])


def _without_slug(stem: str, slugs: tuple[str, ...]) -> Iterator[str]:
    """Yield the stem without the name of a problem at its end, the longest that fits first."""
    by_length = _by_length(slugs)
    for length in by_length:
        before = stem[:-length]
        student = before.rstrip(_SEPARATORS)
        if _hyphenated(stem[-length:]) in by_length[length] and student not in ("", before):
            yield student


@lru_cache(maxsize=1)
def _by_length(slugs: tuple[str, ...]) -> Mapping[int, frozenset[str]]:
    """Return the names of problems by their lengths, the longest first."""
    names = frozenset(map(_hyphenated, slugs))
    lengths = sorted({len(name) for name in names if name}, reverse=True)
    return {length: frozenset(n for n in names if len(n) == length) for length in lengths}


def _hyphenated(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")
