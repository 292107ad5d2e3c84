"""A student's file decides neither the layout of a class nor whose work another file is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from grader.submissions import read_attempt
from tests._support.submissions import SOLVED, Files, collect, folder

ADA, BOB, CY, EVE = (SOLVED + b"# %s\n" % name for name in (b"ada", b"bob", b"cy", b"eve"))
LIST = (
    b"ada.py:\n  :submitters:\n  - :name: Eve\n    :sid: eve\n"
    b"bob:\n  :submitters:\n  - :name: Nobody\nsubmission_1:\n  :submitters:\n  - :sid: ada\n"
)
ROSTER = "id,name\nada,Ada Lovelace\nbob,Bob Roe\ncy,Cy Poe\neve,Eve Doe\n"
BRIGHTSPACE = "12-3{} - {} - Nov 30, 2026 1130 PM - "
BLACKBOARD = "HW 3_{}_attempt_2026-11-30-23-30-00_"


class Class(NamedTuple):
    """What a class submitted, and whose each source is; Eve chose the names of her files.

    Attributes:
        whose: the student of each source

    A source that is not in `whose` must be no student's.
    """

    files: Files
    whose: dict[bytes, str]
    layout: str = "auto"


ALL = {ADA: "ada", BOB: "bob", CY: "cy"}
CLASSES = {
    "a list among files": Class(
        {"ada.py": ADA, "bob.py": BOB, "cy.py": CY, "submission_metadata.yml": LIST}, ALL
    ),
    "a list among folders": Class(
        {"ada/x.py": ADA, "bob/x.py": BOB, "cy/x.py": CY, "submission_metadata.yml": LIST}, ALL
    ),
    "a list and a folder like Gradescope's": Class(
        {
            "ada.py": ADA,
            "bob.py": BOB,
            "cy.py": CY,
            "submission_metadata.yml": LIST,
            "submission_1/x.py": EVE,
        },
        {**ALL, EVE: "submission_1"},
    ),
    "a list among the files of Moodle": Class(
        {
            "Ada Lovelace_1_assignsubmission_file_x.py": ADA,
            "Bob Roe_2_assignsubmission_file_x.py": BOB,
            "submission_metadata.yml": LIST,
        },
        {ADA: "ada", BOB: "bob"},
    ),
    "a file that the list of Gradescope names": Class(
        {
            "submission_1/x.py": ADA,
            "submission_2/x.py": CY,
            "ada.py": BOB,
            "submission_metadata.yml": LIST,
        },
        {ADA: "ada"},
    ),
    "the same, with the layout named": Class(
        {"submission_1/x.py": ADA, "ada.py": BOB, "submission_metadata.yml": LIST},
        {ADA: "ada"},
        "gradescope",
    ),
    "names of Moodle in most files of Brightspace": Class(
        {
            BRIGHTSPACE.format(1, "Ada Lovelace") + "x.py": ADA,
            BRIGHTSPACE.format(2, "Bob Roe") + "x.py": BOB,
            **{
                BRIGHTSPACE.format(4, "Eve Doe") + f"{n}_2_assignsubmission_file_x.py": EVE
                for n in range(5)
            },
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "names of Blackboard in most files of Canvas": Class(
        {
            "lovelaceada_1_11_x.py": ADA,
            "roebob_2_12_x.py": BOB,
            **{f"doeeve_4_{n}_ada_attempt_2026-11-30-23-30-00_x.py": EVE for n in range(13, 19)},
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "names of Moodle in most files of Google": Class(
        {
            "Ada Lovelace - x.py": ADA,
            "Bob Roe - x.py": BOB,
            **{f"Eve Doe - {n}_2_assignsubmission_file_x.py": EVE for n in range(5)},
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "names of Canvas in the only folder": Class({"eve/lovelaceada_1_11_x.py": EVE}, {EVE: "eve"}),
    "a list of Gradescope in the only folder": Class(
        {"eve/submission_metadata.yml": LIST, "eve/submission_1/x.py": EVE}, {EVE: "eve"}
    ),
    "names of others behind the only name": Class(
        {"Eve Doe - Ada Lovelace.py": EVE, "Eve Doe - Bob Roe.py": EVE + b"#"},
        {EVE: "eve"},
    ),
    "repositories and a name of Moodle": Class(
        {
            "hw-submissions/hw-ada/x.py": ADA,
            "hw-submissions/hw-bob/x.py": BOB,
            "hw-submissions/hw-eve/1_2_assignsubmission_file_x.py": EVE,
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "repositories of which one ends like another": Class(
        {
            "work-submissions/my-hw-ada/x.py": ADA,
            "work-submissions/my-hw-bob/x.py": BOB,
            "work-submissions/my-hw-x-ada/softmax.py": EVE,  # Eve has chosen the login "x-ada"
        },
        {ADA: "ada", BOB: "bob"},
    ),
    "names of Canvas in the files of Blackboard": Class(
        {
            BLACKBOARD.format("ada") + "x.py": ADA,
            BLACKBOARD.format("bob") + "x.py": BOB,
            **{BLACKBOARD.format("eve") + f"1_2_{n}.py": EVE for n in range(5)},
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
}


@pytest.mark.parametrize("case", CLASSES.values(), ids=CLASSES)
def test_files_of_a_student_decide_about_nobody_else(case: Class, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER)
    found = collect(folder(tmp_path / "in", case.files), roster=str(roster), layout=case.layout)
    whose: dict[bytes, set[str]] = {}
    for attempt in found.attempts:
        source = read_attempt(attempt).source.rstrip(b"#")
        if attempt.flaw:  # no work of anybody
            continue
        whose.setdefault(source, set()).add(attempt.student)
    assert {source: whose.get(source) for source in case.whose} == {
        source: {student} for source, student in case.whose.items()
    }
    others = [each for source in whose.keys() - case.whose for each in whose[source]]
    assert not {"ada", "bob", "cy", "eve"} & set(others)


def test_a_name_in_canvas_may_end_with_the_number_of_another_student(tmp_path: Path) -> None:
    """Eve, whose number is 40, is called "Ada Lovelace_1"; Bob's file begins with a number."""
    files = {
        "lovelaceada_1_11_x.py": ADA,
        "lovelaceada_1_40_13_x.py": EVE,
        "roebob_2_12_7_x.py": BOB,
    }
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n1,Ada Lovelace\n2,Bob Roe\n40,Eve Doe\n")
    found = collect(folder(tmp_path / "in", files), roster=str(roster), layout="canvas")
    whose = {read_attempt(attempt).source: attempt.student for attempt in found.attempts}
    assert whose == {ADA: "1", BOB: "2", EVE: "lovelaceada (1)?"}
