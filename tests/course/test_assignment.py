"""Assignments are read from YAML, with all errors in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.course.assignment import load_assignment
from grader.course.assignment_fields import make_assignment_record
from grader.errors import SpecError, UsageError
from grader.model.assignment import Assignment, CountingAttempt, LatePolicy, Part, Penalty

TEXT = """\
title: Homework 3
timezone: Europe/Berlin
due: 2026-11-30 23:59
counts: best
late: {grace: 15 min, per_day: 12.5%, most: 50%}
problems:
  - {problem: dr-grpo, points: 10}
  - {problem: grpo, points: 1/3, due: 2026-12-07 12:00 America/New_York}
extensions: {"s123": 2026-12-02 23:59, 007: "2026-12-03T08:00+02:00"}
"""


def load(tmp_path: Path, text: str, known: Sequence[str] = ("dr-grpo", "grpo")) -> Assignment:
    path = tmp_path / "assignment.yaml"
    path.write_text(text, "utf-8")
    return load_assignment(str(path), known)


def test_assignment_is_read(tmp_path: Path) -> None:
    found = load(tmp_path, TEXT)
    assert (found.title, found.counts) == ("Homework 3", CountingAttempt.BEST)
    assert found.late == LatePolicy(15, Penalty(Fraction(1, 8)), Penalty(Fraction(1, 2)))
    assert found.due == datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    assert [(part.problem, part.points, part.due) for part in found.parts] == [
        ("dr-grpo", 10, None),
        ("grpo", Fraction(1, 3), datetime(2026, 12, 7, 17, tzinfo=UTC)),
    ]
    assert found.extensions == {
        "s123": datetime(2026, 12, 2, 22, 59, tzinfo=UTC),
        "007": datetime(2026, 12, 3, 6, tzinfo=UTC),
    }


def test_optional_keys(tmp_path: Path) -> None:
    found = load(tmp_path, "title: H\nproblems: [{problem: grpo, points: 1}]\n")
    assert found == Assignment("H", (Part("grpo", Fraction(1)),))


def test_byte_order_mark_and_hours_of_grace(tmp_path: Path) -> None:
    text = "\ufefftitle: Übung\nlate: {grace: 2 h}\nproblems: [{problem: x, points: 1}]\n"
    found = load(tmp_path, text, known=())
    assert (found.title, found.late) == ("Übung", LatePolicy(grace_minutes=120))


REFUSED = {
    "a problem that is not there": (
        "problem: grpo",
        "problem: gpro",
        "8:15: 'gpro' is not known; did you mean 'grpo'?",
    ),
    "a problem twice": (
        "problem: grpo",
        "problem: dr-grpo",
        "8:15: duplicate problem 'dr-grpo' (first used on line 7); keep one",
    ),
    "no zone": (
        "timezone: Europe/Berlin\n",
        "",
        "2:6: '2026-11-30 23:59' has no time zone; "
        "add one, such as Europe/Berlin or +01:00, or add the key `timezone`",
    ),
    "an unknown zone": (
        "Europe/Berlin",
        "Europe/Berlni",
        "2:11: there is no time zone 'Europe/Berlni'; did you mean 'Europe/Berlin'?",
    ),
    "half a zone": (
        "America/New_York",
        "America",
        "8:39: there is no time zone 'America'",
    ),
    "a path for a zone": (
        "America/New_York",
        "America/../../etc",
        "8:39: expected a time, like 2026-11-30 23:59 Europe/Berlin, "
        "found '2026-12-07 12:00 America/../../etc'",
    ),
    "a day without a time": (
        "2026-11-30 23:59",
        "2026-11-30",
        "3:6: expected a time, like 2026-11-30 23:59 Europe/Berlin, found '2026-11-30'",
    ),
    "a day that is not in the calendar": (
        "2026-11-30",
        "2026-11-31",
        "3:6: '2026-11-31 23:59' is not a valid time: day is out of range for month",
    ),
    "a time the clocks skip": (
        "2026-11-30 23:59",
        "2026-03-29 02:30",
        "3:6: the clocks of Europe/Berlin skip 02:30 on that day; write another time",
    ),
    "a time the clocks show twice": (
        "2026-11-30 23:59",
        "2026-10-25 02:30",
        "3:6: the clocks of Europe/Berlin show 02:30 twice on that day; "
        "add +02:00 or +01:00 to the time",
    ),
    "another way to count": (
        "counts: best",
        "counts: worst",
        "4:9: 'worst' is not known; did you mean 'first'?",
    ),
    "grace without a unit": (
        "15 min",
        "15",
        "5:15: expected a duration, like 15 min or 2 h, found '15'",
    ),
    "a share without a sign": (
        "12.5%",
        "0.125",
        "5:32: expected a penalty, like 10%, 10% of the maximum, or 2 points, found '0.125'",
    ),
    "more than all": ("50%", "101%", "5:45: '101%' is more than 100%"),
    "an extension into the past": (
        "2026-12-02 23:59",
        "2025-12-02 23:59",
        "9:14: the extension for the text 's123' has no effect; write a time after a due date",
    ),
    "an extension by nothing": (
        "2026-12-02 23:59",
        "2026-11-30T22:59Z",
        "9:14: the extension for the text 's123' has no effect",
    ),
    "no problems": (TEXT, "title: H\nproblems: []\n", "2:11: expected 1 or more items, found 0"),
}


@pytest.mark.parametrize("old, new, message", REFUSED.values(), ids=REFUSED)
def test_assignment_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = TEXT.replace(old, new, 1)
    with pytest.raises(SpecError) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'assignment.yaml'}:{message}")


def test_extension_without_a_due_date_is_refused(tmp_path: Path) -> None:
    text = TEXT.replace("due: 2026-11-30 23:59\n", "", 1)
    text = text.replace(", due: 2026-12-07 12:00 America/New_York", "")
    with pytest.raises(
        SpecError,
        match="8:14: an extension for the text 's123', but the assignment has no `due` date",
    ):
        load(tmp_path, text)


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    text = TEXT
    for old, new in (("Europe/B", "Europa/B"), ("best", "all"), ("problem: grpo", "problem: x")):
        text = text.replace(old, new)
    text = text.replace("50%", "half").replace("+02:00", "")
    with pytest.raises(SpecError) as caught:
        load(tmp_path, text)
    places = [(each.at.line, each.at.column) for each in caught.value.diagnostics]
    # If the zone of the file is wrong, times without a zone are not reported as well.
    assert places == [(2, 11), (4, 9), (5, 45), (8, 15)]


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load_assignment(str(tmp_path / "assignment.yaml"))


def test_fields_have_a_json_schema() -> None:
    schema = make_assignment_record().schema()
    Draft202012Validator.check_schema(schema)
    editor = Draft202012Validator(schema)
    part = {"problem": "grpo", "points": 5, "due": "2026-11-30 23:59"}
    right = {"title": "H", "problems": [part], "extensions": {"s1": "2026-11-30 23:59 UTC"}}
    assert editor.is_valid(right)
    assert not editor.is_valid({**right, "extensions": {"s1": "tomorrow"}})
