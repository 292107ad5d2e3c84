"""The files of an assignment in Brightspace (D2L): "Download" of all submissions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from grader.submissions.files import File
from grader.submissions.layouts.base import (
    LayoutContext,
    SubmittedFile,
    Unassigned,
    more_than_half,
    own_name,
)
from grader.submissions.people import PersonRef
from grader.submissions.times import parse_time, read_time

_NUMBERS = re.compile(r"[0-9]{1,18}(?:-[0-9]{1,18})?")


class _Entry(NamedTuple):
    number: str
    name: str
    time: str
    file: str


def _split(entry: str) -> _Entry | None:
    # Some versions write "Jane Doe- Nov 30".
    numbers, *parts = re.sub(r"([^\s-])- ", r"\1 - ", entry).split(" - ")
    if not _NUMBERS.fullmatch(numbers):
        return None
    for at, part in enumerate(parts[:8]):
        when = parse_time(part) if at and len(part) < 60 else None
        if when is not None and when.replace(tzinfo=None) != datetime.min:
            name, own = " - ".join(parts[:at]), " - ".join(parts[at + 1 :])
            return _Entry(numbers.partition("-")[0], name.strip(), part, own)
    return None


detect = more_than_half(_split)


def brightspace(
    files: Sequence[File], context: LayoutContext
) -> Iterator[SubmittedFile | Unassigned]:
    """`12345-678 - Jane Doe - Nov 30, 2026 1130 PM/softmax.py`, or " - softmax.py" for the folder.

    The first number is Brightspace's own, which no roster has, so students are found by name. Each
    time is another attempt.
    """
    for file in files:
        first, *rest = context.parts(file)
        if first == "index.html" and not rest:
            continue  # Brightspace's own list
        found = _split(first)
        if not found:
            yield Unassigned(file, "not a file of a Brightspace export")
            continue
        own = own_name([*([found.file] if found.file else []), *rest], file)
        when = read_time(found.time, context.zone, file.name)
        who = PersonRef(found.number, (), found.name, may_be_team=True)
        yield SubmittedFile(file, who, own or first, bundle=found.time, when=when)
