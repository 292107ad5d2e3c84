"""Loads an assignment, several problems with one gradebook, from a file `assignment.yaml`.

    title: Homework 3
    timezone: Europe/Berlin            # for times without a zone
    due: 2026-11-30 23:59
    counts: last                       # or best, or first
    late: {grace: 15 min, per_day: 10%, most: 50%}
    problems:
      - {problem: dr-grpo, points: 10}
      - {problem: grpo, points: 5, due: 2026-12-07 23:59}
    extensions: {"s123": 2026-12-02 23:59}
    teams: {"Team A": [s123, ada@example.org]}
    adjust: {"s124": {dr-grpo: 9, why: regrade of 3 December}}
    excused: {"s125": all, "s126": [grpo]}

Every time has a zone, because a time of day alone is ambiguous. A time that clocks skip or show
twice, because daylight saving begins or ends, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from grader.bank.locate import Bank
from grader.course.by_student import ByName, Problems, RawScores, Scores
from grader.errors import (
    Diagnostics,
    Location,
    SpecError,
    UsageError,
    did_you_mean,
    nearest,
    spec_error,
)
from grader.model.course import Adjustment, Assignment, CountingAttempt, LatePolicy, Part
from grader.model.judgement import points_number
from grader.model.problem import Problem
from grader.submissions.times import in_utc
from grader.yaml_reader.fields import Field, ListOf, Points, Record, Text
from grader.yaml_reader.nodes import JsonSchema, Node, parse


def load_assignment(path: str, known: Sequence[str] = (), bank: str = "") -> Assignment:
    """Return the assignment in a file.

    Args:
        known: names of the existing problems; without them, any name is accepted
        bank: where they are, for messages

    Raises:
        SpecError: with all errors in the file
        UsageError: if the file cannot be read
    """
    root = parse(_read(path), path)
    diagnostics = Diagnostics()
    raw: RawAssignment | None = None
    with diagnostics.gather():
        raw = assignment_record(_zone_of(root), tuple(known), bank).read(root)
    _report_duplicates(root, diagnostics)
    diagnostics.raise_any()
    assert raw is not None
    parts = tuple(Part(each.problem, each.points, each.due) for each in raw.problems)
    dues = [each for each in (raw.due, *(part.due for part in parts)) if each is not None]
    for key, time in raw.extensions:
        if not dues:
            diagnostics.add(
                key.at, f"an extension for {key.label}, but the assignment has no `due` date"
            )
        elif in_utc(time) <= min(map(in_utc, dues)):
            diagnostics.add(
                key.at,
                f"the extension for {key.label} has no effect; write a time after a due date",
            )
    adjustments = {
        key.text or "": _adjustments(parts, scores, diagnostics) for key, scores in raw.adjust
    }
    excused = {
        key.text or "": _excused(parts, problems, diagnostics) for key, problems in raw.excused
    }
    diagnostics.raise_any()
    return Assignment(
        raw.title,
        parts,
        raw.due,
        CountingAttempt(raw.counts),
        raw.late,
        {key.text or "": time for key, time in raw.extensions},
        raw.timezone or next((due.tzinfo for due in dues), None),
        {key.text or "": members for key, members in raw.teams},
        adjustments=adjustments,
        excused=excused,
    )


def _adjustments(
    parts: Sequence[Part], scores: RawScores, diagnostics: Diagnostics
) -> dict[str, Adjustment]:
    """Return scores by hand by the problem; report those that the assignment cannot give."""
    found = {}
    for node, points in scores.points:
        part = _part_named(parts, node, diagnostics)
        if part is not None and points > part.points:
            maximum = points_number(part.points)
            diagnostics.add(node.at, f"more than the {maximum} points of {node.label}")
        found[node.text or ""] = Adjustment(points, scores.reason)
    return found


def _excused(
    parts: Sequence[Part], problems: Sequence[Node], diagnostics: Diagnostics
) -> tuple[str, ...]:
    """Return the problems that a student is excused from; report unknown ones."""
    for node in problems:
        _part_named(parts, node, diagnostics)
    return tuple(node.text or "" for node in problems) or tuple(part.problem for part in parts)


def _part_named(parts: Sequence[Part], node: Node, diagnostics: Diagnostics) -> Part | None:
    found = next((part for part in parts if part.problem == node.text), None)
    if found is None:
        known = did_you_mean(node.text or "", [part.problem for part in parts])
        diagnostics.add(node.at, f"the assignment has no problem {node.label}{known}")
    return found


def load_work(what: str, bank: Bank) -> tuple[Assignment, dict[str, Problem]]:
    """Return an assignment, which may be made of a single problem, and its problems by their names.

    Args:
        what: path of an assignment, or name of a problem

    Raises:
        UsageError: if the file or the problem does not exist
        SpecError: if the assignment or a problem has errors
    """
    if what.endswith((".yaml", ".yml")):
        assignment = load_assignment(
            what, [*bank.slugs(), *bank.unfinished()], f" in {bank.described}"
        )
        slugs = [part.problem for part in assignment.parts]
    else:
        slugs = [what]
    problems = {slug: bank.load(slug) for slug in slugs}
    if what not in problems:
        return assignment, problems
    problem = problems[what]
    return Assignment(problem.title, (Part(what, problem.max_score),)), problems


def _zone_of(root: Node) -> tzinfo | None:
    """Return the zone of times without one; None if the file has none either."""
    node = root.get("timezone")
    if node is None:
        return None
    try:
        return Zone().read(node)
    except SpecError:
        return UTC  # the error is reported once, not again at every time


def _report_duplicates(root: Node, diagnostics: Diagnostics) -> None:
    problems = root.get("problems")
    first: dict[str, Node] = {}
    for part in problems.items() if problems is not None else ():
        name = part.get("problem")
        if name is not None and name.text:
            if name.text in first:
                line = first[name.text].at.line
                message = f"duplicate problem {name.text!r} (first used on line {line}); keep one"
                diagnostics.add(name.at, message)
            first.setdefault(name.text, name)


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise spec_error(Location(path), "the file is not UTF-8; save it as UTF-8") from None


# Kinds of fields ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Time:
    """A date and time, in the zone that it names or else in `zone`."""

    zone: tzinfo | None = None

    def read(self, node: Node) -> datetime:
        """See `fields.Kind`."""
        found = re.fullmatch(_TIME_PARTS, _TIME.read(node))
        assert found is not None
        day, clock, offset, name = found.groups()
        try:
            time = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        except ValueError as error:
            raise spec_error(node.at, f"{node.label} is not a valid time: {error}") from None
        zone = _zone_named(node, name) if name else time.tzinfo or self.zone
        if zone is None:
            advice = "add one, such as Europe/Berlin or +01:00, or add the key `timezone`"
            raise spec_error(node.at, f"{node.label} has no time zone; {advice}")
        return _in_zone(node, time.replace(tzinfo=None), zone)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _TIME.schema()


_TIME_PARTS = (
    r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
    r"(?: ?(Z|[+-][0-9]{2}:[0-9]{2})| ([A-Za-z][A-Za-z0-9_+/-]*))?"
)
_TIME = Text(_TIME_PARTS, "a time, like 2026-11-30 23:59 Europe/Berlin")


def _in_zone(node: Node, clock: datetime, zone: tzinfo) -> datetime:
    time = clock.replace(tzinfo=zone)
    if in_utc(time).astimezone(zone).replace(tzinfo=None) != clock:
        message = f"the clocks of {zone} skip {clock:%H:%M} on that day"
        raise spec_error(node.at, f"{message}; write another time")
    if time.utcoffset() != time.replace(fold=1).utcoffset():
        message = f"the clocks of {zone} show {clock:%H:%M} twice on that day"
        offsets = f"{time:%z} or {time.replace(fold=1):%z}"
        advice = re.sub(r"(\d\d)(\d\d)", r"\1:\2", offsets)
        raise spec_error(node.at, f"{message}; add {advice} to the time")
    return time


@dataclass(frozen=True)
class Zone:
    """A time zone by its name: `Europe/Berlin`."""

    def read(self, node: Node) -> tzinfo:
        """See `fields.Kind`."""
        return _zone_named(node, Text().read(node))

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return Text().schema()


def _zone_named(node: Node, name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # "Europe" alone is a folder
        zones = sorted(available_timezones())
    message = f"there is no time zone {name!r}"
    if not zones:  # Windows has none
        raise spec_error(node.at, f"{message} on this computer; install the package tzdata")
    near = nearest(name, zones)
    advice = f"did you mean {near!r}?" if near else "write a name such as Europe/Berlin"
    raise spec_error(node.at, f"{message}; {advice}")


@dataclass(frozen=True)
class Minutes:
    """A duration: `15 min` or `2 h`."""

    def read(self, node: Node) -> int:
        """Return the minutes; see `fields.Kind`."""
        number, unit = _MINUTES.read(node).split()
        return int(number) * (60 if unit == "h" else 1)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _MINUTES.schema()


_MINUTES = Text(r"[0-9]{1,5} (min|h)", "a duration, like 15 min or 2 h")


@dataclass(frozen=True)
class Percent:
    """A share of at most 100%: `12.5%`."""

    def read(self, node: Node) -> Fraction:
        """Return the exact share; see `fields.Kind`."""
        share = Fraction(_PERCENT.read(node).removesuffix("%")) / 100
        if share > 1:
            raise spec_error(node.at, f"{node.label} is more than 100%")
        return share

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _PERCENT.schema()


_PERCENT = Text(r"[0-9]{1,3}(\.[0-9]{1,6})?%", "a share, like 10%")


# Fields ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RawPart:
    """A problem of the assignment, as written."""

    node: Node
    problem: str
    points: Fraction
    due: datetime | None = None


@dataclass(frozen=True)
class RawAssignment:
    """An assignment, as written."""

    node: Node
    title: str
    problems: tuple[RawPart, ...]
    timezone: tzinfo | None = None
    due: datetime | None = None
    counts: str = CountingAttempt.LAST.value
    late: LatePolicy = field(default_factory=LatePolicy)
    extensions: tuple[tuple[Node, datetime], ...] = ()
    teams: tuple[tuple[Node, tuple[str, ...]], ...] = ()
    adjust: tuple[tuple[Node, RawScores], ...] = ()
    excused: tuple[tuple[Node, tuple[Node, ...]], ...] = ()


def _late(
    node: Node, grace: int = 0, per_day: Fraction = Fraction(0), most: Fraction = Fraction(1)
) -> LatePolicy:
    return LatePolicy(grace_minutes=grace, per_day=per_day, max_share=most)


def assignment_record(
    zone: tzinfo | None = None, known: tuple[str, ...] = (), bank: str = ""
) -> Record[RawAssignment]:
    """Return the fields of the file.

    Args:
        zone: of times without one
        known: names of the existing problems; without them, any name is accepted
        bank: where they are, for messages
    """
    time = Time(zone)
    part = Record(
        "a problem of an assignment",
        RawPart,
        {
            "problem": Field(
                Text(one_of=known, one_of_where=bank), "name of the problem", required=True
            ),
            "points": Field(Points(), "points of all its cases together", required=True),
            "due": Field(time, "due date of this problem, if it differs"),
        },
    )
    late = Record(
        "a late policy",
        _late,
        {
            "grace": Field(
                Minutes(), "lateness without penalty, like 15 min or 1 h; none by default"
            ),
            "per_day": Field(
                Percent(),
                "penalty for each day begun, as a share of the points reached; none by default",
            ),
            "most": Field(
                Percent(), "maximum penalty, as a share of the points reached; 100% by default"
            ),
        },
    )
    return Record(
        "an assignment",
        RawAssignment,
        {
            "title": Field(Text(), "title of the assignment", required=True),
            "timezone": Field(Zone(), "time zone of times without one, like Europe/Berlin"),
            "due": Field(time, "due date, like 2026-11-30 23:59; without it, no attempt is late"),
            "counts": Field(
                Text(one_of=tuple(each.value for each in CountingAttempt)),
                "attempt that counts; last by default",
            ),
            "late": Field(late, "late policy; without it, lateness costs nothing"),
            "problems": Field(
                ListOf(part, min_items=1), "problems with their points", required=True
            ),
            "extensions": Field(
                ByName(time), "due dates of single students or teams, by any id or name"
            ),
            "teams": Field(
                ByName(ListOf(Text(), min_items=1)),
                "ids or names of the students who submit together, by the team's name",
            ),
            "adjust": Field(
                ByName(Scores()),
                "scores by hand, by any id or name: points of problems, and the reason as `why`",
            ),
            "excused": Field(
                ByName(Problems()),
                "students who need not submit: the problems, or `all`, by any id or name",
            ),
        },
    )
