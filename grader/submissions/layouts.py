"""Layouts: how systems that collect files name and sort them, and so who each file is from.

A layout yields a `SubmittedFile` for each file, or a sentence about one that it cannot assign.
`LAYOUTS` lists the layouts in the order in which they are tried. Students choose some of the names,
so a layout is detected only if more than half of the entries of a folder fit it; `students` fits
everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from grader.errors import UsageError, did_you_mean
from grader.submissions.filenames import escape
from grader.submissions.files import File, read_at
from grader.submissions.people import PersonRef


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file, and what its layout says about it.

    Attributes:
        name: the name that the student chose, with their own folders
        bundle: identifies the files that a student submitted together; empty if all of them
        problem: the problem it was submitted for, if the layout says so
        number, when: the order of the bundle among the student's bundles
        newer: of two files for one problem, the one with the larger number is judged
    """

    file: File
    person: PersonRef
    name: str
    bundle: str = ""
    problem: str = ""
    number: int = 0
    when: datetime | None = None
    newer: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayoutContext:
    """Where the files are and which problems they are for.

    Attributes:
        top: the name of the folder or archive in which the layout begins
        pattern: the regular expression of the user's own layout
        depth: how many folders down the layout begins
    """

    top: str
    slugs: tuple[str, ...] = ()
    pattern: str | None = None
    is_archive: bool = False
    depth: int = 0

    def parts(self, file: File) -> list[str]:
        """Return the path of a file, from where the layout begins."""
        return file.name.rstrip("/").split("/")[self.depth :] or [""]


Layout = Callable[[Sequence[File], LayoutContext], Iterator[SubmittedFile | str]]
Detector = Callable[[set[str], LayoutContext], bool]


def assign_files(
    files: Sequence[File], layout: str, context: LayoutContext
) -> Iterator[SubmittedFile | str]:
    """Assign files to students by a layout, or by the first that fits if the layout is "auto".

    Raises:
        UsageError: if there is no such layout, or if its pattern or its list cannot be read
    """
    if context.pattern is not None and layout in ("auto", "regex"):
        return regex(files, context)
    if layout == "regex":
        raise UsageError("the layout regex needs a pattern with a group (?P<student>...)")
    if layout != "auto" and layout not in LAYOUTS:
        known = ("auto", *LAYOUTS, "regex")
        raise UsageError(f"there is no layout {layout!r}" + did_you_mean(layout, known))
    wanted = LAYOUTS if layout == "auto" else {layout: LAYOUTS[layout]}
    contexts = [context]
    tops = {file.name.split("/")[0] for file in files}
    if len(tops) == 1 and all("/" in file.name for file in files):
        (top,) = tops
        contexts.append(replace(context, top=top, depth=1))
    for each in contexts:
        entries = {"/".join(each.parts(file)[:1]) + _slash(file, each) for file in files}
        for assign, detect in wanted.values():
            if detect(entries, each):
                return assign(files, each)
    assign, _ = wanted.get(layout, LAYOUTS["students"])
    # The single folder in an archive is what was archived; the one in a folder is a student's.
    return assign(files, contexts[-1] if context.is_archive else context)


def _slash(file: File, context: LayoutContext) -> str:
    is_folder = len(context.parts(file)) > 1 or file.name.endswith("/")
    return "/" if is_folder else ""


def _more_than_half(pattern: re.Pattern[str]) -> Detector:
    def detect(entries: set[str], context: LayoutContext) -> bool:
        fitting = sum(bool(pattern.fullmatch(name.rstrip("/"))) for name in entries)
        return 2 * fitting > len(entries)

    return detect


def _own_name(parts: Sequence[str], file: File) -> str:
    return "/".join([*parts, file.inside]) if file.inside else "/".join(parts)


# A file or a folder per student ------------------------------------------------------------------

_ATTEMPT = re.compile(r"(?:attempt|try)[ ._-]*([0-9]{1,9})\Z", re.I)
_SEPARATORS = " ._-"


def students(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile]:
    """`ada.py`, `ada_softmax.py`, `ada.zip` or `ada/…`; `ada_attempt2.py` or `ada/attempt2/…`."""
    for file in files:
        first, *rest = context.parts(file)
        student = first
        if not rest and not file.name.endswith("/"):
            student = _without_slug(_stem(first), context.slugs)
        number = 0
        before, of_name = _split_attempt(student)
        inner, of_folder = _split_attempt(_stem(rest[0])) if rest else ("", None)
        if of_name is not None and before:
            student, number = before, of_name
        elif of_folder is not None and not inner:
            number = of_folder
        bundle = f"attempt {number}" if number else ""
        own = _own_name(rest or [first], file)
        yield SubmittedFile(
            file, PersonRef(student, (student,), student), own, bundle, number=number
        )


def _split_attempt(name: str) -> tuple[str, int | None]:
    """Return what is before the number of an attempt at the end of a name, and the number."""
    match = _ATTEMPT.search(name)
    before = name[: match.start()] if match else ""
    rest = before.rstrip(_SEPARATORS)
    if match is None or (before and rest in ("", before)):
        return name, None
    return rest, int(match[1])


def _without_slug(stem: str, slugs: tuple[str, ...]) -> str:
    """Return the stem without the name of a problem at its end, the longest that fits."""
    by_length = _by_length(slugs)
    for length in by_length:
        before = stem[:-length]
        student = before.rstrip(_SEPARATORS)
        if _hyphenated(stem[-length:]) in by_length[length] and student not in ("", before):
            return student
    return stem


@lru_cache(maxsize=1)
def _by_length(slugs: tuple[str, ...]) -> Mapping[int, frozenset[str]]:
    """Return the names of problems by their lengths, the longest first."""
    names = frozenset(map(_hyphenated, slugs))
    lengths = sorted({len(name) for name in names if name}, reverse=True)
    return {length: frozenset(n for n in names if len(n) == length) for length in lengths}


def _hyphenated(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")


def _stem(name: str) -> str:
    """Return the name of a file without its extension."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and ending.isalnum() else name


# Canvas ------------------------------------------------------------------------------------------

_CANVAS = re.compile(
    r"(?:(?P<name>.*?)_)??(?:(?P<late>LATE|late)_)?(?P<id>anon_[A-Za-z0-9]+|[0-9]+)_"
    r"(?:(?P<attachment>[0-9]{1,18})_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.S,
)


def canvas(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | str]:
    """`doejane_LATE_123_456_softmax.py`: name, user, attachment, and the student's file name."""
    for file in files:
        first, *rest = context.parts(file)
        match = _CANVAS.fullmatch(first)
        if not match:
            yield f"{escape(file.name)}: not a file of a Canvas export"
            continue
        who = PersonRef(match["id"], (match["id"],), match["name"] or "")
        if match["entry"]:
            entry = {"text": "a text", "link": "a link"}[match["entry"]]
            yield f"{who}: submitted {entry} instead of a file: {escape(file.name)}"
            continue
        notes = ("late according to Canvas",) if match["late"] else ()
        own = _own_name([match["file"], *rest], file)
        yield SubmittedFile(file, who, own, newer=int(match["attachment"]), notes=notes)


# Moodle ------------------------------------------------------------------------------------------

_MOODLE = re.compile(
    r"(?P<name>[^_]*)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?",
    re.S,
)


def moodle(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | str]:
    """`Jane Doe_123_assignsubmission_file/softmax.py`, or without folders, with "_" for the "/".

    Before Moodle 4.1 the folder's name ended with "_".
    """
    for file in files:
        first, *rest = context.parts(file)
        match = _MOODLE.fullmatch(first)
        id = (match["id"] or match["name"]) if match else ""
        if not match or not id:
            yield f"{escape(file.name)}: not a file of a Moodle export"
            continue
        who = PersonRef(id, (id,), match["name"])
        if match["plugin"] != "file":
            what = "a text instead of a file" if match["plugin"] == "onlinetext" else "no file"
            yield f"{who}: submitted {what}: {escape(file.name)}"
            continue
        yield SubmittedFile(
            file, who, _own_name([*([match["file"]] if match["file"] else []), *rest], file)
        )


# Gradescope --------------------------------------------------------------------------------------

_LIST = "submission_metadata.yml"
_NULLS = ("~", "null", "Null", "NULL")
_MAX_SUBMITTERS = 100


def gradescope(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | str]:
    """`submission_123/softmax.py`, and a list of the submitters of each folder, often a group."""
    listed = next((file for file in files if context.parts(file) == [_LIST]), None)
    if listed is None:
        raise UsageError(f"there is no {_LIST}, which a Gradescope export contains")
    records = _records(listed)
    seen = set()
    for file in files:
        folder, *rest = context.parts(file)
        if file is listed:
            continue
        seen.add(folder)
        record = records.get(folder)
        submitters = _submitters(folder, record)
        if not submitters:
            yield f"{escape(file.name)}: {_LIST} does not list its submitters"
        when, notes = _time(_of(record, "created_at"))
        history = _of(record, "history")
        if isinstance(history, list) and history:
            notes += (f"{len(history)} earlier submissions are not in the export",)
        for who in submitters:
            own = _own_name(rest, file)
            yield SubmittedFile(file, who, own, bundle=folder, when=when, notes=notes)
    for folder in sorted(records.keys() - seen):
        for named in map(str, _submitters(folder, records[folder])):
            yield f"{named}: {_LIST} lists the folder {escape(folder)}, which is not in the export"


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
        raise UsageError(f"{listed.locator} cannot be read: {error}") from None
    if not isinstance(records, dict):
        raise UsageError(f"{listed.locator} : expected a list of submissions")
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
        ids = tuple(filter(None, (sid, email)))
        # Two students may have the same name; without an id, only the folder distinguishes them.
        id = ids[0] if ids else f"{name} in {folder}" if name else folder
        found.append(PersonRef(id, ids, name))
    return list(dict.fromkeys(found))


# GitHub Classroom --------------------------------------------------------------------------------

_REPOSITORIES = "-submissions"


def classroom(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile]:
    """`softmax-submissions/softmax-octocat/…`: the assignment and the login."""
    prefixes = [context.top.removesuffix(_REPOSITORIES), *sorted(context.slugs, key=len)[::-1]]
    for file in files:
        repository, *rest = context.parts(file)
        logins = [
            repository[len(prefix) + 1 :]
            for prefix in prefixes
            if repository.lower().startswith(f"{prefix.lower()}-") and repository[len(prefix) + 1 :]
        ][:1]
        if logins:
            who = PersonRef(logins[0], tuple(logins))
        else:  # both parts may contain hyphens, so the roster decides where the login begins
            words = repository.split("-")
            tails = ["-".join(words[first:]) for first in range(len(words))]
            who = PersonRef(repository, guesses=tuple(tails))
        yield SubmittedFile(file, who, _own_name(rest, file))


def _is_classroom(entries: set[str], context: LayoutContext) -> bool:
    only_folders = bool(entries) and all(name.endswith("/") for name in entries)
    return only_folders and context.top.endswith(_REPOSITORIES)


# The user's own layout ---------------------------------------------------------------------------

_GROUPS = ("student", "problem", "number", "timestamp", "file", "name", "email")


def regex(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | str]:
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
    return _by_pattern(pattern, files)


def _by_pattern(pattern: re.Pattern[str], files: Sequence[File]) -> Iterator[SubmittedFile | str]:
    for file in files:
        match = pattern.fullmatch(file.name)
        groups = {key: text for key, text in match.groupdict().items() if text} if match else {}
        if not groups.get("student"):
            yield f"{escape(file.name)}: does not match the pattern"
            continue
        number = 0
        notes: tuple[str, ...] = ()
        if "number" in groups:
            number, notes = _number(groups["number"])
        when, late = _time(groups.get("timestamp"))
        ids = tuple(groups[key] for key in ("student", "email") if key in groups)
        yield SubmittedFile(
            file,
            PersonRef(groups["student"], ids, groups.get("name", groups["student"])),
            _own_name([groups.get("file", file.name.rpartition("/")[2])], file),
            bundle=f"{groups.get('number', '')} {groups.get('timestamp', '')}".strip(),
            problem=groups.get("problem", ""),
            number=number,
            when=when,
            notes=notes + late,
        )


def _number(text: str) -> tuple[int, tuple[str, ...]]:
    if text.isdecimal() and len(text) < 19:
        return int(text), ()
    return 0, (f"{escape(text)!r} is not the number of an attempt",)


# Times -------------------------------------------------------------------------------------------


_MAX_TIME = 100  # characters of a time


def _time(written: object) -> tuple[datetime | None, tuple[str, ...]]:
    """Return a time, in UTC if it names no zone, and a note if it cannot be read."""
    if written is None or written == "":
        return None, ()
    when: datetime | None = None
    if isinstance(written, datetime):
        when = written
    elif isinstance(written, date):
        when = datetime(written.year, written.month, written.day)
    elif isinstance(written, str):
        when = _time_of(written.strip())
    if when is None:
        return None, (f"the time {escape(str(written)[:60])!r} cannot be read",)
    return when if when.tzinfo else when.replace(tzinfo=UTC), ()


def _time_of(text: str) -> datetime | None:
    if len(text) > _MAX_TIME:
        return None
    for zone in ("UTC", "Z"):
        if text.endswith(zone):
            text = text.removesuffix(zone).rstrip() + "+00:00"
    before, _, last = text.rpartition(" ")
    is_offset = last[:1] in ("+", "-") and last[1:].replace(":", "").isdecimal()
    try:
        return datetime.fromisoformat(before.rstrip() + last if is_offset else text)
    except ValueError:
        pass
    # As in names of files: 2024-01-31_23-59-00.
    digits = "".join(re.findall("[0-9]+", text))
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    try:
        return datetime.strptime(digits, form) if form else None
    except ValueError:
        return None


LAYOUTS: Mapping[str, tuple[Layout, Detector]] = {
    "gradescope": (gradescope, lambda entries, context: _LIST in entries),
    "moodle": (moodle, _more_than_half(_MOODLE)),
    "canvas": (canvas, _more_than_half(_CANVAS)),
    "classroom": (classroom, _is_classroom),
    "students": (students, lambda entries, context: False),
}
