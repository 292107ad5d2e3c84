"""The key `exam` of an assignment: from when until when, and what is shown meanwhile.

    exam:
      from: 2026-12-14 10:00
      until: 2026-12-14 11:30
      extra_time: {"s123": 25%, "s124": 15 min}
      sections: [A, B]
      hints: no
      results: withheld              # or verdict, or full

The end is the due date of all problems, extra time is an extension, and without `until` in the key
`late` nothing counts after it and the time of `grace`: so every command grades it as the practice
page does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any, NamedTuple

from grader.course.by_student import ByName
from grader.course.late_fields import RawLate
from grader.course.time_fields import Minutes, Time
from grader.errors import Diagnostics, spec_error
from grader.model.practice import Exam, Results
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Record, Text, Truth
from grader.yaml_reader.nodes import JsonSchema, Node

_EXTRA = Text(r"[0-9]{1,4}%|[0-9]{1,5} (min|h)", "extra time, like 25% or 15 min")
_MINUTE = timedelta(minutes=1)


class ExtraTime(NamedTuple):
    """Extra time: a share of the time of the exam, or minutes."""

    share: Fraction = Fraction(0)
    minutes: int = 0

    def of(self, time: timedelta) -> timedelta:
        """Return the extra time of an exam of this length, rounded up to minutes."""
        share = Fraction(time // timedelta(seconds=1)) * self.share / 60
        return (-(-share // 1) + self.minutes) * _MINUTE


@dataclass(frozen=True)
class ExtraTimeField:
    """Extra time of a student: `25%` or `15 min`."""

    def read(self, node: Node) -> ExtraTime:
        """See `fields.Kind`."""
        text = _EXTRA.read(node)
        if not re.search("[1-9]", text):
            raise spec_error(node.at, f"{node.label} adds no time; remove the student")
        if text.endswith("%"):
            return ExtraTime(share=Fraction(int(text[:-1]), 100))
        return ExtraTime(minutes=Minutes().read(node))

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _EXTRA.schema()


@dataclass(frozen=True)
class RawExam:
    """An exam, as written."""

    node: Node
    exam: Exam
    extra_time: tuple[tuple[Node, ExtraTime], ...] = ()

    def extensions(self) -> Mapping[str, datetime]:
        """Return when the exam ends for the students with extra time, by their names."""
        length = in_utc(self.exam.ends) - in_utc(self.exam.starts)
        zone = self.exam.ends.tzinfo
        return {
            node.text or "": (in_utc(self.exam.ends) + extra.of(length)).astimezone(zone)
            for node, extra in self.extra_time
        }


def make_exam_record(zone: tzinfo | None) -> Record[RawExam]:
    """Return the fields of an exam.

    Args:
        zone: of times without one
    """
    return Record(
        "an exam",
        _make_exam,
        {
            "from": Field(
                Time(zone), "when it begins; students do not see the problems before", required=True
            ),
            "until": Field(Time(zone), "when it ends, in place of the key `due`", required=True),
            "extra_time": Field(
                ByName(ExtraTimeField()),
                "more time for individual students or teams, by any id or name: a share of the"
                " time, like `25%`, or `15 min`",
            ),
            "sections": Field(
                ListOf(Text(), min_items=1),
                "sections of the roster that take it; other students neither see it nor need to"
                " take it; all by default",
            ),
            "hints": Field(
                Truth(), "whether hints are shown before results are released; no by default"
            ),
            "results": Field(
                Text(one_of=tuple(each.value for each in Results)),
                "what the practice page shows of submits until the instructor releases the"
                " results: nothing (`withheld`, by default), the `verdict`, or as `feedback` says"
                " (`full`)",
            ),
        },
    )


def _make_exam(node: Node, **values: Any) -> RawExam:
    """Make an exam of its fields; a function, because `from` is not a name in Python."""
    starts, ends = values["from"], values["until"]
    if in_utc(ends) <= in_utc(starts):
        until = node.get("until") or node
        raise spec_error(until.at, "the exam ends before it begins; write a later time")
    exam = Exam(
        starts,
        ends,
        values.get("sections", ()),
        values.get("hints", False),
        Results(values.get("results", Results.WITHHELD.value)),
    )
    return RawExam(node, exam, values.get("extra_time", ()))


# Keys of the assignment that an exam replaces, with what to write instead.
_REPLACED = {"due": "its end is `until`", "opens": "it begins at `from`"}


def check_exam(raw: RawExam, late: RawLate | None, root: Node, diagnostics: Diagnostics) -> None:
    """Report keys of the assignment that say the same as its exam, or have no effect in one.

    Args:
        root: the whole file
    """
    for key, instead in _REPLACED.items():
        node = root.get(key)
        if node is not None:
            diagnostics.add(node.at, f"an exam has no `{key}`: {instead}; remove one of them")
    problems = root.get("problems")
    for part in problems.items() if problems is not None else ():
        node = part.get("due")
        if node is not None:
            diagnostics.add(node.at, "all problems of an exam are due at its end; remove this")
    if late is not None and late.per_day is not None and late.until is None:
        diagnostics.add(
            late.per_day.node.at,
            "late work in an exam does not count, so this penalty never applies; add a cut-off to"
            " `late`, like `until: 30 min`, or remove the penalty",
        )
    extended = root.get("extensions")
    known = {key.text for key, _ in extended.entries()} if extended is not None else set()
    for node, _ in raw.extra_time:
        if node.text in known:
            text = f"both extra time and an extension for {node.label}; keep one"
            diagnostics.add(node.at, text)
