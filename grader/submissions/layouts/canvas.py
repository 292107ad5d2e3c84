"""The files of an assignment in Canvas: "Download Submissions"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from grader.submissions.filenames import split_locator
from grader.submissions.files import File
from grader.submissions.layouts.base import (
    LayoutContext,
    SubmittedFile,
    Unassigned,
    more_than_half,
    own_name,
)
from grader.submissions.people import PersonRef, is_test_student

_NAME = re.compile(
    r"(?:(?P<name>.*?)_)??(?:(?P<late>LATE|late)_)?(?P<id>anon_[A-Za-z0-9]+|[0-9]+)_"
    r"(?:(?P<attachment>[0-9]{1,18})_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.S,
)
_NOT_READ = {
    "text": "it is a text typed into Canvas; submit a .py file",
    "link": "it is a link; submit a .py file",
}
detect = more_than_half(_NAME.fullmatch)


def canvas(
    files: Sequence[File], context: LayoutContext
) -> Iterator[SubmittedFile | Unassigned | str]:
    """`doejane_LATE_123_456_softmax.py`: name, user, attachment, and the student's file name.

    A group's file has the name of the group and the number of the member who submitted it.
    """
    for file in files:
        first, *rest = context.parts(file)
        match = _NAME.fullmatch(first)
        if not match:
            yield Unassigned(file, "not a file of a Canvas export")
            continue
        # A name that a student chose may end with the number of another one: "doejane_1_23_456_x"
        # may be from 1 or from 23. If both are in the class, nobody is certain.
        is_unclear = match["file"] and re.match("[0-9]+_.", match["file"])
        ids = (match["id"], match["attachment"]) if is_unclear else (match["id"],)
        who = PersonRef(match["id"], ids, match["name"] or "", system="canvas")
        if is_test_student(who.name):
            yield f"{who}: the test student of Canvas; the file is left out"
            continue
        if entry := match["entry"]:
            file, own = replace(file, flaw=file.flaw or _NOT_READ[entry]), first
        else:
            own = own_name([match["file"], *rest], file)
        yield SubmittedFile(
            file,
            who,
            own,
            is_late=bool(match["late"]),
            newer=int(match["attachment"] or 0),
            notes=("late according to Canvas",) if match["late"] else (),
        )


class Upload(NamedTuple):
    """What the name of a file of Canvas says about it.

    Attributes:
        prefix: name, user and attachment, by which Canvas finds the submission again
        user: number of the student, or `anon_…`
    """

    prefix: str
    user: str


def upload_of(locator: str, source: str) -> Upload | None:
    """Return what the name of the file says that was uploaded to Canvas; None if it is not one.

    Args:
        locator: of the file, or of one inside it
        source: path of the folder or archive with all submissions
    """
    path, *members = split_locator(locator)
    if not path.startswith(source):
        return None
    names = "/".join([path.removeprefix(source), *members]).split("/")
    for name in names:  # what a student chooses comes later
        match = _NAME.fullmatch(name)
        if match and match["attachment"]:
            return Upload(name[: match.start("file") - 1], match["id"])
    return None
