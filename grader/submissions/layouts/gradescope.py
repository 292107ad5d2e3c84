"""An export of Gradescope: folders, and a list of those who submitted each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from grader.errors import UsageError
from grader.submissions.files import File, read_at
from grader.submissions.layouts.base import LayoutContext, SubmittedFile, Unassigned, own_name
from grader.submissions.people import PersonRef
from grader.submissions.times import read_time

_LIST = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_[0-9]+/")
_NULLS = ("~", "null", "Null", "NULL")
_MAX_SUBMITTERS = 100
_NOT_EXPORTED = f"{_LIST} lists it, and it is not in the export; download it again"


def detect(entries: set[str], context: LayoutContext) -> int:
    """Return the number of entries if the list is one, and most others are Gradescope's folders.

    Where students choose the names of files, one of them can submit a file named like the list.
    """
    folders = sum(bool(_FOLDER.fullmatch(name)) for name in entries)
    return len(entries) if _LIST in entries and 2 * folders > len(entries) - 1 else 0


def gradescope(
    files: Sequence[File], context: LayoutContext
) -> Iterator[SubmittedFile | Unassigned]:
    """`submission_123/softmax.py`, and a list of the submitters of each folder, often a group."""
    listed = next((file for file in files if context.parts(file) == [_LIST]), None)
    if listed is None:
        text = "choose another --layout, or export the submissions again"
        raise UsageError(f"there is no {_LIST}, which a Gradescope export contains; {text}")
    records = _records(listed)
    seen = set()
    for file in files:
        folder, *rest = context.parts(file)
        if file is listed:
            continue
        if not rest and not file.name.endswith("/"):
            yield Unassigned(file, "not in a folder of a Gradescope export")
            continue
        seen.add(folder)
        record = records.get(folder)
        history = _of(record, "history")
        notes: tuple[str, ...] = ()
        if isinstance(history, list) and history:
            notes = (f"earlier submissions that are not in the export: {len(history)}",)
        submitters = _submitters(folder, record)
        when = _time_of(folder, record, context) if submitters else None
        if not submitters:  # it is somebody's, so that a student without a submission has no zero
            submitters = [PersonRef(folder)]
            notes = (*notes, f"{_LIST} does not list its submitters")
        first, *others = submitters
        yield SubmittedFile(
            file,
            first,
            own_name(rest, file),
            bundle=folder,
            when=when,
            notes=notes,
            together=tuple(others),
        )
    for folder in sorted(records.keys() - seen):
        record = records[folder]
        for person in _submitters(folder, record):
            gone = File(folder, f"{context.top}/{folder}", flaw=_NOT_EXPORTED)
            when = _time_of(folder, record, context)
            yield SubmittedFile(gone, person, folder, bundle=folder, when=when)


def _time_of(folder: str, record: object, context: LayoutContext) -> datetime | None:
    return read_time(_text_of(record, "created_at"), context.zone, f"{_LIST}: {folder}")


def _records(listed: File) -> dict[str, Any]:
    import yaml  # only this layout needs it

    content, flaw = read_at(listed.locator, max_bytes=64 << 20)
    if flaw:
        raise UsageError(f"{listed.locator} cannot be read: {flaw}")
    try:
        # The C parser is ten times faster. Every scalar stays a text: in a merge key, an integer in
        # base 60, or a float, a few bytes can cost any time.
        records = yaml.load(content, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f" in line {mark.line + 1}" if mark is not None else ""
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        raise UsageError(
            f"{listed.locator} is not valid YAML{at}: {why}; download the export again"
        ) from None
    if not isinstance(records, dict):
        raise UsageError(
            f"{listed.locator}: expected the submitters of each folder, found another kind of"
            " document; download the export again"
        )
    return {folder: record for folder, record in records.items() if isinstance(folder, str)}


def _of(record: object, key: str) -> Any:
    """Return a value of a record, whose keys are Ruby symbols and begin with a colon."""
    if not isinstance(record, dict):
        return None
    return record.get(f":{key}", record.get(key))


def _text_of(record: object, key: str) -> str:
    value = _of(record, key)
    return value.strip() if isinstance(value, str) and value not in _NULLS else ""


def _submitters(folder: str, record: object) -> list[PersonRef]:
    found = []
    people = _of(record, "submitters")
    # A group has a few members, but aliases can give each folder a list as long as the file.
    for person in people[:_MAX_SUBMITTERS] if isinstance(people, list) else []:
        sid, email, name = (_text_of(person, key) for key in ("sid", "email", "name"))
        known = {kind: id for kind, id in (("sid", sid), ("email", email)) if id}
        ids = tuple(known.values())
        # Two students may have the same name; without an id, only the folder distinguishes them.
        id = ids[0] if ids else f"{name} in {folder}" if name else folder
        found.append(PersonRef(id, ids, name, kinds=tuple(known)))
    return list(dict.fromkeys(found))
