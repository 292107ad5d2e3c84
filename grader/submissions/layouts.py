"""Layouts: how the systems that collect files name and sort them, and so whose each file is.

A layout takes the files and tells, of each, who handed it in; of one that it cannot make out it
says so in words. `LAYOUTS` lists them all, in the order in which they are tried: the first that
looks right is taken. Students choose some of the names, so that a layout looks right only if more
than half of what lies side by side speaks for it; `students` fits whatever is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from grader.errors import UsageError, did_you_mean
from grader.submissions.filenames import shown
from grader.submissions.files import File, read_at


@dataclass(frozen=True)
class PersonRef:
    """What a layout says of a student.

    Attributes:
        id: what to call them if there is no roster
        ids: what a roster may call them, the most certain first
    """

    id: str
    ids: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        return shown(f"{self.name} ({self.id})" if self.name not in ("", self.id) else self.id)


@dataclass(frozen=True)
class SubmittedFile:
    """A file, and what its layout says of it.

    Attributes:
        rest: what the student called it, with the folders they put it in
        hand_in: which files were handed in together; the student's own, if they all were
        problem: the problem it is for, if the layout says so
        number, when: where that hand-in stands among the student's others
        newer: of two files for one problem, the one with the higher is judged
    """

    file: File
    who: PersonRef
    rest: str
    hand_in: str = ""
    problem: str = ""
    number: int = 0
    when: datetime | None = None
    newer: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayoutContext:
    """Where the files are: `depth` folders down, in a folder or an archive called `top`; for which
    problems; and the pattern of the user's own layout."""

    top: str
    slugs: tuple[str, ...] = ()
    pattern: str | None = None
    is_archive: bool = False
    depth: int = 0

    def parts(self, file: File) -> list[str]:
        """The path of a file, from where the layout begins."""
        return file.name.rstrip("/").split("/")[self.depth :] or [""]


Layout = Callable[[Sequence[File], LayoutContext], Iterator[SubmittedFile | str]]
Detector = Callable[[set[str], LayoutContext], bool]


def placed(
    files: Sequence[File], layout: str, setting: LayoutContext
) -> Iterator[SubmittedFile | str]:
    """Whose each file is, by the layout of that name, or by the first that looks right.

    Raises:
        UsageError: if there is no such layout, or if its pattern or its list cannot be read
    """
    if setting.pattern is not None and layout in ("auto", "regex"):
        return regex(files, setting)
    if layout == "regex":
        raise UsageError("the layout regex needs a pattern, with a group (?P<student>...)")
    if layout != "auto" and layout not in LAYOUTS:
        known = ("auto", *LAYOUTS, "regex")
        raise UsageError(f"there is no layout {layout!r}" + did_you_mean(layout, known))
    wanted = LAYOUTS if layout == "auto" else {layout: LAYOUTS[layout]}
    settings = [setting]
    tops = {file.name.split("/")[0] for file in files}
    if len(tops) == 1 and all("/" in file.name for file in files):
        (top,) = tops
        settings.append(replace(setting, top=top, depth=1))
    for each in settings:
        beside = {"/".join(each.parts(file)[:1]) + _slash(file, each) for file in files}
        for function, looks in wanted.values():
            if looks(beside, each):
                return function(files, each)
    function, _ = wanted.get(layout, LAYOUTS["students"])
    # The one folder in an archive is what it was made of; the one in a folder is a student's.
    return function(files, settings[-1] if setting.is_archive else setting)


def _slash(file: File, setting: LayoutContext) -> str:
    is_folder = len(setting.parts(file)) > 1 or file.name.endswith("/")
    return "/" if is_folder else ""


def _most(pattern: re.Pattern[str]) -> Detector:
    """More than half of the names fit."""

    def looks(beside: set[str], setting: LayoutContext) -> bool:
        fitting = sum(bool(pattern.fullmatch(name.rstrip("/"))) for name in beside)
        return 2 * fitting > len(beside)

    return looks


def _own_name(parts: Sequence[str], file: File) -> str:
    return "/".join([*parts, file.inside]) if file.inside else "/".join(parts)


# A file or a folder per student ------------------------------------------------------------------

_ATTEMPT = re.compile(r"(?:(?P<who>.+?)[ ._-]+)?(?:attempt|try)[ ._-]*(?P<number>[0-9]{1,9})", re.I)


def students(files: Sequence[File], setting: LayoutContext) -> Iterator[SubmittedFile]:
    """`ada.py`, `ada_softmax.py`, `ada.zip` or `ada/…`; `ada_attempt2.py` or `ada/attempt2/…`."""
    for file in files:
        first, *rest = setting.parts(file)
        who = first
        if not rest and not file.name.endswith("/"):
            who = _without_slug(_stem(first), setting.slugs)
        number = 0
        if (match := _ATTEMPT.fullmatch(who)) and match["who"]:
            who, number = match["who"], int(match["number"])
        elif rest and (match := _ATTEMPT.fullmatch(_stem(rest[0]))) and not match["who"]:
            number = int(match["number"])
        hand_in = f"attempt {number}" if number else ""
        own = _own_name(rest or [first], file)
        yield SubmittedFile(file, PersonRef(who, (who,), who), own, hand_in, number=number)


def _without_slug(stem: str, slugs: Sequence[str]) -> str:
    """What is left of the name of a file if its end is the name of a problem."""
    for slug in sorted(slugs, key=len)[::-1]:
        words = "[_ -]".join(map(re.escape, re.split("[_ -]", slug)))
        if match := re.fullmatch(rf"(.+?)[ ._-]+{words}", stem, re.I | re.S):
            return match[1]
    return stem


def _stem(name: str) -> str:
    """A name without the ending of a program or archive; of other files without the last."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and ending.isalnum() else name


# Canvas ------------------------------------------------------------------------------------------

_CANVAS = re.compile(
    r"(?:(?P<name>.*?)_)??(?:(?P<late>LATE|late)_)?(?P<id>anon_[A-Za-z0-9]+|[0-9]+)_"
    r"(?:(?P<attachment>[0-9]{1,18})_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.S,
)


def canvas(files: Sequence[File], setting: LayoutContext) -> Iterator[SubmittedFile | str]:
    """`doejane_LATE_123_456_softmax.py`: name, user, attachment, and what the student called it."""
    for file in files:
        first, *rest = setting.parts(file)
        match = _CANVAS.fullmatch(first)
        if not match:
            yield f"{shown(file.name)}: is no file of a Canvas export"
            continue
        who = PersonRef(match["id"], (match["id"],), match["name"] or "")
        if match["entry"]:
            entry = {"text": "a text", "link": "a link"}[match["entry"]]
            yield f"{who}: handed in {entry} in place of a file: {shown(file.name)}"
            continue
        notes = ("handed in late, says Canvas",) if match["late"] else ()
        own = _own_name([match["file"], *rest], file)
        yield SubmittedFile(file, who, own, newer=int(match["attachment"]), notes=notes)


# Moodle ------------------------------------------------------------------------------------------

_MOODLE = re.compile(
    r"(?P<name>[^_]*)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?",
    re.S,
)


def moodle(files: Sequence[File], setting: LayoutContext) -> Iterator[SubmittedFile | str]:
    """`Jane Doe_123_assignsubmission_file/softmax.py`, or without folders, with "_" for the "/".

    Before Moodle 4.1 the folder's name ended with "_".
    """
    for file in files:
        first, *rest = setting.parts(file)
        match = _MOODLE.fullmatch(first)
        id = (match["id"] or match["name"]) if match else ""
        if not match or not id:
            yield f"{shown(file.name)}: is no file of a Moodle export"
            continue
        who = PersonRef(id, (id,), match["name"])
        if match["plugin"] != "file":
            what = "a text in place of a file" if match["plugin"] == "onlinetext" else "no file"
            yield f"{who}: handed in {what}: {shown(file.name)}"
            continue
        yield SubmittedFile(
            file, who, _own_name([*([match["file"]] if match["file"] else []), *rest], file)
        )


# Gradescope --------------------------------------------------------------------------------------

_LIST = "submission_metadata.yml"


def gradescope(files: Sequence[File], setting: LayoutContext) -> Iterator[SubmittedFile | str]:
    """`submission_123/softmax.py`, and a list of whose each folder is. A group's is everybody's."""
    listed = next((file for file in files if setting.parts(file) == [_LIST]), None)
    if listed is None:
        raise UsageError(f"there is no {_LIST}, which a Gradescope export has")
    records = _records(listed)
    seen = set()
    for file in files:
        folder, *rest = setting.parts(file)
        if file is listed:
            continue
        seen.add(folder)
        record = records.get(folder)
        submitters = _submitters(folder, record)
        if not submitters:
            yield f"{shown(file.name)}: {_LIST} does not say who handed it in"
        when, notes = _time(_of(record, "created_at"))
        history = _of(record, "history")
        if isinstance(history, list) and history:
            notes += (f"the export lacks {len(history)} earlier submissions",)
        for who in submitters:
            own = _own_name(rest, file)
            yield SubmittedFile(file, who, own, hand_in=folder, when=when, notes=notes)
    for folder in sorted(records.keys() - seen):
        for named in map(str, _submitters(folder, records[folder])):
            yield f"{named}: the export has no folder {shown(folder)}, which {_LIST} names"


def _records(listed: File) -> dict[str, Any]:
    import yaml  # only this layout needs it

    content, flaw = read_at(listed.locator, most=64 << 20)
    if flaw:
        raise UsageError(f"{listed.locator} cannot be read: {flaw}")
    try:
        # The C parser is ten times faster, and as safe.
        records = yaml.load(content, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{listed.locator} cannot be read: {error}") from None
    if not isinstance(records, dict):
        raise UsageError(f"{listed.locator} is no list of submissions")
    return {str(folder): record for folder, record in records.items()}


def _of(record: object, key: str) -> Any:
    """A value of a record; its keys are Ruby's symbols, and begin with a colon."""
    if not isinstance(record, dict):
        return None
    return record.get(f":{key}", record.get(key))


def _submitters(folder: str, record: object) -> list[PersonRef]:
    found = []
    people = _of(record, "submitters")
    for person in people if isinstance(people, list) else []:
        known = [_of(person, key) for key in ("sid", "email")]
        ids = tuple(str(each).strip() for each in known if each not in (None, ""))
        name = str(_of(person, "name") or "").strip()
        # Two may have one name: without an id only the folder tells them apart.
        id = ids[0] if ids else f"{name} in {folder}" if name else folder
        found.append(PersonRef(id, ids, name))
    return list(dict.fromkeys(found))


# GitHub Classroom --------------------------------------------------------------------------------

_REPOSITORIES = "-submissions"


def classroom(files: Sequence[File], setting: LayoutContext) -> Iterator[SubmittedFile]:
    """`softmax-submissions/softmax-octocat/…`: the assignment, and who it is."""
    prefixes = [setting.top.removesuffix(_REPOSITORIES), *sorted(setting.slugs, key=len)[::-1]]
    for file in files:
        repository, *rest = setting.parts(file)
        logins = [
            repository[len(prefix) + 1 :]
            for prefix in prefixes
            if repository.lower().startswith(f"{prefix.lower()}-") and repository[len(prefix) + 1 :]
        ][:1]
        # Both parts may hold hyphens: of an unknown assignment the roster must tell where it ends.
        words = repository.split("-")
        tails = ["-".join(words[first:]) for first in range(len(words))]
        who = PersonRef(logins[0], tuple(logins)) if logins else PersonRef(repository, tuple(tails))
        yield SubmittedFile(file, who, _own_name(rest, file))


def _looks_like_classroom(beside: set[str], setting: LayoutContext) -> bool:
    folders = bool(beside) and all(name.endswith("/") for name in beside)
    return folders and setting.top.endswith(_REPOSITORIES)


# A layout of one's own ---------------------------------------------------------------------------

_GROUPS = ("student", "problem", "number", "timestamp", "file", "name", "email")


def regex(files: Sequence[File], setting: LayoutContext) -> Iterator[SubmittedFile | str]:
    """Whatever the user's pattern says of the whole path of each file."""
    try:
        pattern = re.compile(setting.pattern or "")
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"the pattern {setting.pattern!r} is not right: {error}") from None
    for group in pattern.groupindex:
        if group not in _GROUPS:
            hint = did_you_mean(group, _GROUPS)
            raise UsageError(f"a pattern has no group {group!r}" + hint)
    if "student" not in pattern.groupindex:
        raise UsageError("the pattern needs a group (?P<student>...)")
    return _by(pattern, files)


def _by(pattern: re.Pattern[str], files: Sequence[File]) -> Iterator[SubmittedFile | str]:
    for file in files:
        match = pattern.fullmatch(file.name)
        said = {key: text for key, text in match.groupdict().items() if text} if match else {}
        if not said.get("student"):
            yield f"{shown(file.name)}: does not fit the pattern"
            continue
        number = 0
        notes: tuple[str, ...] = ()
        if "number" in said:
            number, notes = _number(said["number"])
        when, late = _time(said.get("timestamp"))
        ids = tuple(said[key] for key in ("student", "email") if key in said)
        yield SubmittedFile(
            file,
            PersonRef(said["student"], ids, said.get("name", said["student"])),
            _own_name([said.get("file", file.name.rpartition("/")[2])], file),
            hand_in=f"{said.get('number', '')} {said.get('timestamp', '')}".strip(),
            problem=said.get("problem", ""),
            number=number,
            when=when,
            notes=notes + late,
        )


def _number(text: str) -> tuple[int, tuple[str, ...]]:
    if text.isdecimal() and len(text) < 19:
        return int(text), ()
    return 0, (f"{shown(text)!r} is no number of an attempt",)


# Times -------------------------------------------------------------------------------------------


def _time(said: object) -> tuple[datetime | None, tuple[str, ...]]:
    """A time as a system writes it, and a note if it cannot be read. Without a zone it is UTC."""
    if said is None or said == "":
        return None, ()
    when: datetime | None = None
    if isinstance(said, datetime):
        when = said
    elif isinstance(said, date):
        when = datetime(said.year, said.month, said.day)
    elif isinstance(said, str):
        when = _time_of(said.strip())
    if when is None:
        return None, (f"the time {shown(str(said)[:60])!r} cannot be read",)
    return when if when.tzinfo else when.replace(tzinfo=UTC), ()


def _time_of(text: str) -> datetime | None:
    tidy = re.sub(r"\s*(?:UTC|Z)$", "+00:00", re.sub(r"\s+([+-][0-9:]+)$", r"\1", text))
    try:
        return datetime.fromisoformat(tidy)
    except ValueError:
        pass
    # As names of files have it: 2024-01-31_23-59-00.
    digits = "".join(re.findall("[0-9]+", text))
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    try:
        return datetime.strptime(digits, form) if form else None
    except ValueError:
        return None


LAYOUTS: Mapping[str, tuple[Layout, Detector]] = {
    "gradescope": (gradescope, lambda beside, setting: _LIST in beside),
    "moodle": (moodle, _most(_MOODLE)),
    "canvas": (canvas, _most(_CANVAS)),
    "classroom": (classroom, _looks_like_classroom),
    "students": (students, lambda beside, setting: False),
}
