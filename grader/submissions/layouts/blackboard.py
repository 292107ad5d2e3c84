"""The files of an assignment in Blackboard: "Assignment File Download"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from grader.submissions.files import File
from grader.submissions.layouts.base import (
    LayoutContext,
    SubmittedFile,
    Unassigned,
    more_than_half,
    own_name,
)
from grader.submissions.people import PersonRef, is_preview_user
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


def blackboard(
    files: Sequence[File], context: LayoutContext
) -> Iterator[SubmittedFile | Unassigned | str]:
    """`HW 3_jdoe_attempt_2026-11-30-23-30-00_softmax.py`: assignment, user name, time, file.

    Blackboard adds a text about each attempt, `HW 3_jdoe_attempt_2026-11-30-23-30-00.txt`.
    """
    split = {file.name: _split(context.parts(file)[0]) for file in files}
    heads = {each[0] for each in split.values() if each}
    users = _users(heads, context)
    with_files = {each[:2] for each in split.values() if each and each[2]}
    for file in files:
        found = split[file.name]
        if not found:
            yield Unassigned(file, "not a file of a Blackboard export")
            continue
        head, written, own = found
        if not own and (head, written) in with_files:
            continue  # Blackboard's own text about an attempt that has files
        if is_preview_user(head):
            yield f"{users[head]}: the preview user of Blackboard; the file is left out"
            continue
        when = read_time(written, context.zone, file.name)
        first, *rest = context.parts(file)
        flawed = file if own else replace(file, flaw=file.flaw or _NO_FILE)
        yield SubmittedFile(
            flawed,
            users[head],
            own_name([own or first, *rest], file),
            bundle=written,
            when=when,
        )


def _users(heads: Collection[str], context: LayoutContext) -> dict[str, PersonRef]:
    """Return who is meant by each name of an assignment and a user name behind it.

    Both names may contain "_", and a user name may end like another one. But the name of the
    assignment is the same in all: it ends where most user names are known, or the earliest of such
    places. If that is not the earliest possible place, one known user is not enough.
    """
    first, last = min(heads, default=""), max(heads, default="")
    shared = _shared_beginning(first, last).rpartition("_")[0]
    if len(heads) > 1 and not shared:
        return _users_of_several(heads, context)
    words = (shared or first.rpartition("_")[0]).count("_") + 1  # the most that the name may have
    users = {
        number: {head: "_".join(head.split("_")[number:]) or head for head in heads}
        for number in range(1, words + 1)
    }
    known = {
        number: {head for head, user in of_heads.items() if context.is_known(user)}
        for number, of_heads in users.items()
    }
    best = max(known, key=lambda number: len(known[number]))
    if not any(known.values()):
        if found := _users_of_similar(heads, words, context):
            return {head: PersonRef(user, (user,)) for head, user in found.items()}
        # The whole of a single name, so that users of several downloads are told apart.
        best = words if shared else 1
    elif len(known[best]) == 1 and any(known[number] for number in range(2, words + 1)):
        return {
            head: PersonRef(
                user,
                tuple(users[number][head] for number in known if head in known[number]),
                is_unclear=any(head in of_heads for of_heads in known.values()),
            )
            for head, user in users[1].items()
        }
    return {head: PersonRef(user, (user,)) for head, user in users[best].items()}


def _users_of_several(heads: Collection[str], context: LayoutContext) -> dict[str, PersonRef]:
    """Return who is meant by heads of several assignments, told apart by their first words.

    A user who is not known might be, if the name of the assignment ends elsewhere.
    """
    groups: dict[str, list[str]] = {}
    for head in heads:
        words = head.lstrip("_")
        first = head[: len(head) - len(words) + words.index("_")]
        groups.setdefault(first, []).append(head)
    users: dict[str, PersonRef] = {}
    for group in groups.values():
        for head, user in _users(group, context).items():
            alone = _users([head], context)[head]
            is_known = context.is_known(user.id) or not alone.is_unclear
            users[head] = user if is_known else alone
    return users


def _users_of_similar(heads: Collection[str], words: int, context: LayoutContext) -> dict[str, str]:
    """Return the users of several assignments that begin in the same way, as "HW_3" and "HW_4" do.

    Of each assignment, at least two users must be known; else nobody is returned.

    Args:
        words: in which the names of the assignments begin
    """
    for number in range(words + 1, min(head.count("_") for head in heads) + 1):
        users = {head: "_".join(head.split("_")[number:]) for head in heads}
        known: dict[str, int] = {}
        for head, user in users.items():
            name = head.removesuffix(user)
            known[name] = known.get(name, 0) + context.is_known(user)
        if min(known.values()) > 1:
            return users
    return {}


def _shared_beginning(first: str, last: str) -> str:
    """Return what two names begin with, and so all names between them; of one name, nothing."""
    same = [a == b for a, b in zip(first, last, strict=False)]
    return "" if first == last else first[: same.index(False) if False in same else len(same)]
