"""From what a system exports to the file that goes back: every student gets the right grade."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests._support.classes_of_systems import grade_class
from tests._support.round_trips import CLASS, ROUND_TRIPS, System, assignment


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("system", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_every_student_gets_the_grade_computed_by_hand(system: System, tmp_path: Path) -> None:
    graded = grade_class(
        tmp_path,
        system.files(),
        system.table(),
        assignment(with_teams=not system.has_teams),
        packed=True,
    )
    before, after, remarks = system.filled(graded.book)
    rows = cells(after)
    at = next(at for at, cell in enumerate(rows[0]) if cell.split(" ")[0] == system.column)
    found = [row[at] for row in rows[-len(CLASS) :]]
    expected = {f"{who.number} {who.name}": system.expected(who) for who in CLASS}
    assert dict(zip(expected, found, strict=True)) == expected
    # Nothing else in the file is changed, and every cell that stays empty is named.
    for old, new in zip(cells(before), rows, strict=False):
        assert old[:at] + old[at + 1 :] == new[:at] + new[at + 1 :]
    if before:
        unfilled = [name.partition(" ")[2] for name, grade in expected.items() if not grade]
        skipped = [line for line in remarks if " is " in line and "may be" not in line]
        assert len(skipped) == len(unfilled)
