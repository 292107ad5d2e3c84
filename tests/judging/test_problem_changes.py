"""What has changed between two versions of a problem, for staff and for students."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.api import Grader
from grader.judging.problem_changes import find_changes
from tests._support.bank import TEST_BANK

PUBLIC, HIDDEN = "problems/mean/cases.yaml", "solutions/mean/cases.yaml"
SPEC, REFERENCE = "problems/mean/spec.md", "solutions/mean/reference.py"

# The file, a text in it, what takes its place; what staff read, and what students read.
CHANGES = {
    "nothing": (PUBLIC, "  - name: one", "  # alone\n  - name: one", [], []),
    "expected": (
        *(PUBLIC, "expected: 7.25", "expected: 7.5"),
        ["the case one has another expected answer: 7.5 in place of 7.25"],
        ["the case one has another expected answer: 7.5 in place of 7.25"],
    ),
    "tolerance": (
        *(PUBLIC, "expected: 7.25", "expected: 7.25\n    decimals: 1"),
        [
            "the case one has another tolerance: equal to 1 decimals, in place of within 0.01 % of"
            " the expected value plus 1e-9"
        ],
        None,
    ),
    "hidden tolerance": (
        *(HIDDEN, "points: 2", "points: 2\n    decimals: 1"),
        [
            "the hidden case secret has another tolerance: equal to 1 decimals, in place of within"
            " 0.01 % of the expected value plus 1e-9"
        ],
        ["the hidden case secret has another tolerance"],
    ),
    "hidden points": (
        *(HIDDEN, "points: 2", "points: 3"),
        ["the hidden case secret has other points: 3 in place of 2"],
        None,
    ),
    "hidden arguments": (
        *(HIDDEN, "496.5", "497.5"),
        ["the hidden case secret has other arguments"],
        None,
    ),
    "hidden expected": (
        *(HIDDEN, "points: 2", "points: 2\n    expected: 4312.5"),
        ["the hidden case secret has another expected answer: 4312.5 in place of 4312.3125"],
        ["the hidden case secret has another expected answer"],
    ),
    "another name": (
        *(PUBLIC, "name: one", "name: single"),
        ["the case one was removed", "the case single is new"],
        None,
    ),
    "statement": (SPEC, "of the values.", "of all values.", ["the statement changed"], None),
    "limits": (SPEC, "memory_mib: 256", "memory_mib: 300", ["the limits changed"], None),
    "reference": (REFERENCE, "return", "return 1.0 *", ["the reference changed"], []),
}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(TEST_BANK / "problems", TEST_BANK / "solutions") as opened:
        yield opened


@pytest.mark.parametrize("path, old, new, staff, students", CHANGES.values(), ids=CHANGES)
def test_changes_are_named(
    grader: Grader,
    tmp_path: Path,
    path: str,
    old: str,
    new: str,
    staff: list[str],
    students: list[str] | None,
) -> None:
    bank = Path(shutil.copytree(TEST_BANK, tmp_path / "bank"))
    text = (bank / path).read_text()
    assert old in text
    (bank / path).write_text(text.replace(old, new))
    with Grader(bank / "problems", bank / "solutions") as other:
        found = find_changes(grader.problem("mean"), other.problem("mean"))
    assert [each.for_staff for each in found if "misconceptions" not in each.text] == staff
    shown = [each.for_student for each in found if each.for_student]
    assert shown == (staff if students is None else students)
