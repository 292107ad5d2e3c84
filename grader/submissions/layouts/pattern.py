"""The user's own layout: a regular expression with named groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.errors import UsageError, did_you_mean
from grader.submissions.filenames import escape
from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile, Unassigned, own_name
from grader.submissions.people import PersonRef
from grader.submissions.times import read_time

_GROUPS = ("student", "problem", "number", "timestamp", "file", "name", "email")


def regex(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | Unassigned]:
    """What the groups of the user's pattern match in the whole path of each file."""
    try:
        pattern = re.compile(context.pattern or "")
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(
            f"the pattern {context.pattern!r} is not a regular expression: {error}"
        ) from None
    for group in pattern.groupindex:
        if group not in _GROUPS:
            hint = did_you_mean(group, _GROUPS)
            raise UsageError(f"the pattern has an unknown group {group!r}" + hint)
    if "student" not in pattern.groupindex:
        raise UsageError("the pattern needs a group (?P<student>...)")
    return _by_pattern(pattern, files, context)


def _by_pattern(
    pattern: re.Pattern[str], files: Sequence[File], context: LayoutContext
) -> Iterator[SubmittedFile | Unassigned]:
    for file in files:
        match = pattern.fullmatch(file.name)
        groups = {key: text for key, text in match.groupdict().items() if text} if match else {}
        if not groups.get("student"):
            yield Unassigned(file, "does not match the pattern")
            continue
        number = 0
        notes: tuple[str, ...] = ()
        if "number" in groups:
            number, notes = _number(groups["number"])
        kinds = tuple(key for key in ("student", "email") if key in groups)
        ids = tuple(groups[kind] for kind in kinds)
        yield SubmittedFile(
            file,
            PersonRef(groups["student"], ids, groups.get("name", groups["student"]), kinds=kinds),
            own_name([groups.get("file", file.name.rpartition("/")[2])], file),
            bundle=f"{groups.get('number', '')} {groups.get('timestamp', '')}".strip(),
            problem=groups.get("problem", ""),
            number=number,
            when=read_time(groups.get("timestamp"), context.zone, file.name),
            notes=notes,
        )


def _number(text: str) -> tuple[int, tuple[str, ...]]:
    if text.isdecimal() and len(text) < 19:
        return int(text), ()
    return 0, (f"{escape(text)!r} is not the number of an attempt",)
