"""The files of an assignment in Blackboard: "Assignment File Download"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.submissions.filenames import escape
from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile, more_than_half, own_name
from grader.submissions.people import PersonRef
from grader.submissions.times import read_time

_TIME = re.compile(r"_attempt_([0-9]{4}(?:-[0-9]{2}){5})(?:_(?=.)|\.txt\Z)")
_NO_FILE = "it is a text typed into Blackboard, or a comment; submit a .py file"


def _split(entry: str) -> tuple[str, str, str] | None:
    """Return assignment and user name, the time, and the student's file name."""
    found = _TIME.search(entry)
    if not found or "_" not in entry[: found.start()].strip("_"):
        return None
    return entry[: found.start()], found[1], entry[found.end() :]


detect = more_than_half(_split)


def blackboard(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | str]:
    """`HW 3_jdoe_attempt_2026-11-30-23-30-00_softmax.py`: assignment, user name, time, file.

    Blackboard adds a text about each attempt, `HW 3_jdoe_attempt_2026-11-30-23-30-00.txt`. The name
    of the assignment is what all files begin with; both names may contain "_".
    """
    split = {file.name: _split(context.parts(file)[0]) for file in files}
    heads = {each[0] for each in split.values() if each}
    shared = _shared_beginning(min(heads), max(heads)).rpartition("_")[0] if heads else ""
    with_files = {each[:2] for each in split.values() if each and each[2]}
    for file in files:
        found = split[file.name]
        if not found:
            yield f"{escape(file.name)}: not a file of a Blackboard export"
            continue
        head, written, own = found
        if not own and (head, written) in with_files:
            continue  # Blackboard's own text about an attempt that has files
        when = read_time(written, context.zone, file.name)
        first, *rest = context.parts(file)
        flawed = file if own else replace(file, flaw=file.flaw or _NO_FILE)
        yield SubmittedFile(
            flawed,
            _user(head, shared),
            own_name([own or first, *rest], file),
            bundle=written,
            when=when,
        )


def _shared_beginning(first: str, last: str) -> str:
    """Return what two names begin with, and so all names between them; of one name, nothing."""
    same = [a == b for a, b in zip(first, last, strict=False)]
    return "" if first == last else first[: same.index(False) if False in same else len(same)]


def _user(head: str, shared: str) -> PersonRef:
    """Return who is meant by the name of an assignment and a user name behind it."""
    user = head[len(shared) + 1 :] if shared else head.rpartition("_")[2]
    # All user names may begin in the same way, such as "s_", but none is shorter than this.
    words = head.split("_")
    tails = ["_".join(words[first:]) for first in range(1, len(words))]
    return PersonRef(user, guesses=tuple(each for each in tails if len(each) >= len(user)))
