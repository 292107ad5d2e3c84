"""The gradebooks of Brightspace and Blackboard are filled in, and nothing else in them changes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from grader.course.lms.titled import BLACKBOARD, BRIGHTSPACE, Titled
from grader.errors import UsageError
from tests._support.bank import TEST_BANK, Command
from tests._support.gradebooks import a_class, changed, commented
from tests.cli.test_batch_command import QUICKLY
from tests.cli.test_output_folder import RIGHT, WRONG, hand_in

# Of the class: Jane Doe (101, jdoe) has 22/3 points, José O'Neil (s2, joneil) 5, Kim Lee (s3) none.
D2L = (
    "\ufeffOrgDefinedId,Username,Last Name,First Name,Email,"
    "Homework 3 Points Grade <Numeric MaxPoints:11 Weight:5 Category:HW CategoryWeight:40>,"
    "Quiz Points Grade <Numeric MaxPoints:4 Weight:5>,Adjusted Final Grade Numerator,"
    "End-of-Line Indicator\r\n"
    '#101,#jdoe,Doe,Jane,j@x,,"3,5",,#\r\n'
    "#900,#joneil,O'Neil,José,o@x,4,1,,#\r\n"
    "#901,#klee,Lee,Kim,k@x,,,,#\r\n"
    "#902,#nobody,Body,No,n@x,,,,#\r\n"
)
BB = (
    '"Last Name","First Name","Username","Student ID","Last Access","Availability",'
    '"Homework 3 [Total Pts: 11 Score] |123456","Total [Total Pts: up to 40 Score] |99"\r\n'
    '"Doe","Jane","jdoe","101","2026-11-30","Yes","Needs Grading","12.00"\r\n'
    '"O\'Neil","José","joneil","900","","Yes","4.00",""\r\n'
    '"Lee","Kim","klee","","","Yes","",""\r\n'
)


def test_brightspace_is_filled_in() -> None:
    found = BRIGHTSPACE.fill(D2L, a_class(), "Homework 3")
    assert changed(D2L, found.text) == [
        '#101,#jdoe,Doe,Jane,j@x,7.33,"3,5",,#',
        "#900,#joneil,O'Neil,José,o@x,5.00,1,,#",
        "#901,#klee,Lee,Kim,k@x,0.00,,,#",
    ]
    assert found.remarks == (
        "row 5 (#902) is not in the gradebook",
        "row 3 (#900): José O'Neil (s2) had 4, now 5.00",
    )


def test_blackboard_is_filled_in() -> None:
    found = BLACKBOARD.fill(BB, a_class(), "Homework 3")
    assert changed(BB, found.text) == [
        '"Doe","Jane","jdoe","101","2026-11-30","Yes","7.33","12.00"',
        '"O\'Neil","José","joneil","900","","Yes","5.00",""',
        '"Lee","Kim","klee","","","Yes","0.00",""',
    ]
    assert found.changed == (
        "row 2 (Doe): Jane Doe (101) had Needs Grading, now 7.33",
        "row 3 (O'Neil): José O'Neil (s2) had 4.00, now 5.00",
    )


def test_what_is_not_graded_stays_as_it_is() -> None:
    for system, text in ((BRIGHTSPACE, D2L), (BLACKBOARD, BB)):
        found = system.fill(text, a_class({"101": None, "s2": Fraction(5)}), "Homework 3")
        (line,) = found.skipped
        assert "Jane Doe (101) is not graded" in line
        assert len(changed(text, found.text)) == 2


def test_comments_of_blackboard() -> None:
    text = (
        '"Username","Homework 3 [Total Pts: 11 Score] |1","Grading Notes","Notes Format",'
        '"Feedback to Learner","Feedback Format"\r\n"jdoe","","","","",""\r\n'
        '"joneil","","","","well","PLAIN_TEXT"\r\n'
    )
    book = commented(a_class(), **{"101": 'say "why"', "s2": "well"})
    found = BLACKBOARD.fill(text, book, "Homework 3")
    assert changed(text, found.text) == [
        '"jdoe","7.33","","","say ""why""",""',
        '"joneil","5.00","","","well","PLAIN_TEXT"',
    ]
    assert found.changed == ()


@pytest.mark.parametrize("system, text", [(BRIGHTSPACE, D2L), (BLACKBOARD, BB)])
def test_ids_in_a_column_that_is_named(system: Titled, text: str) -> None:
    nobody = text.replace("joneil", "nobody").replace("O'Neil", "Name")
    assert system.fill(nobody, a_class(), "Homework 3").filled == 2
    named = nobody.replace("900", "joneil").replace("101", "jdoe").replace("901", "klee")
    named = named.replace('"klee",""', '"klee","klee"').replace("OrgDefinedId", "Number")
    named = named.replace("Student ID", "Number")
    found = system.fill(named, a_class(), "Homework 3", id_column="Number")
    assert found.filled == 3


# Files of the systems in which the ids of a row are empty, and the title of a column with ids.
WITHOUT_IDS: dict[str, tuple[Titled, str, str]] = {
    "Brightspace": (BRIGHTSPACE, D2L.replace("#900,#joneil", ","), ""),
    "Brightspace, only the signs in front": (BRIGHTSPACE, D2L.replace("#900,#joneil", "#,#"), ""),
    "Brightspace, by a column": (BRIGHTSPACE, D2L.replace("#900,", ","), "OrgDefinedId"),
    "Blackboard": (BLACKBOARD, BB.replace('"joneil","900"', '"",""'), ""),
    "Blackboard, by a column": (BLACKBOARD, BB.replace('"900"', '""'), "Student ID"),
}


@pytest.mark.parametrize("system, text, id_column", WITHOUT_IDS.values(), ids=WITHOUT_IDS)
def test_row_without_ids_is_found_by_name(system: Titled, text: str, id_column: str) -> None:
    text = text.replace(",o@x,", ",,")
    found = system.fill(text, a_class(), "Homework 3", id_column=id_column)
    assert "5.00" in found.text.splitlines()[2]
    assert not any("José" in each for each in found.unmatched)
    stranger = text.replace("José", "Josefa").replace("O'Neil", "Nil")
    found = system.fill(stranger, a_class(), "Homework 3", id_column=id_column)
    assert "5.00" not in found.text
    assert "José O'Neil (s2) is not in the file" in found.unmatched
    assert any(each.startswith("row 3") for each in found.unmatched)
    nobody = stranger.replace("Josefa", "").replace("Nil", "")
    found = system.fill(nobody, a_class(), "Homework 3", id_column=id_column)
    assert not any(each.startswith("row 3") for each in found.unmatched)


SHORT = D2L.replace(" <Numeric MaxPoints:4 Weight:5>", "")
TITLES: dict[str, tuple[Titled, str, str]] = {
    "Brightspace, whole": (BRIGHTSPACE, D2L, "Quiz Points Grade <Numeric MaxPoints:4 Weight:5>"),
    "Brightspace, short": (BRIGHTSPACE, D2L, "Quiz"),
    "Brightspace, made by hand": (BRIGHTSPACE, SHORT, "Quiz"),
    "Blackboard, whole": (BLACKBOARD, BB, "Homework 3 [Total Pts: 11 Score] |123456"),
    "Blackboard, older": (BLACKBOARD, BB.replace(" Score] |123456", "] |123456"), "Homework 3"),
    "semicolons": (BLACKBOARD, BB.replace('",', '";'), "Homework 3"),
    "tabs": (BLACKBOARD, BB.replace('",', '"\t'), "Homework 3"),
}  # fmt: skip


@pytest.mark.parametrize("system, text, column", TITLES.values(), ids=TITLES)
def test_columns_are_found(system: Titled, text: str, column: str) -> None:
    assert system.fill(text, a_class(), column).filled == 3


REFUSED: dict[str, tuple[Titled, str, str, str]] = {
    "no such column": (BRIGHTSPACE, D2L, "Homwork 3", "did you mean 'Homework 3'?"),
    "a column that is computed": (BRIGHTSPACE, D2L, "Adjusted Final Grade", "no column of points"),
    "a file of Canvas": (
        BLACKBOARD,
        "Student,ID,Section,H\n",
        "H",
        "not a gradebook of Blackboard",
    ),
    "a file of the other": (BRIGHTSPACE, BB, "Homework 3", "not a gradebook of Brightspace"),
    "two columns": (
        BLACKBOARD,
        BB.replace("Total [Total Pts: up to 40 Score] |99", "Homework 3 [Total Pts: 4 Score] |9"),
        "Homework 3",
        "several columns are named",
    ),
}


@pytest.mark.parametrize("system, text, column, message", REFUSED.values(), ids=REFUSED)
def test_other_files_are_refused(system: Titled, text: str, column: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        system.fill(text, a_class(), column)
    assert message in str(caught.value)


def test_another_maximum_is_noted() -> None:
    found = BRIGHTSPACE.fill(D2L, a_class(), "Quiz")
    assert found.notes == (
        "the maximum is 4 in the file and 11 in the gradebook; points are not scaled",
    )


def test_files_are_filled_in_by_the_command(grader: Command, tmp_path: Path) -> None:
    hand_in(tmp_path / "in", jdoe=RIGHT, joneil=WRONG)
    (tmp_path / "d2l.csv").write_text(D2L, "utf-8", newline="")
    (tmp_path / "bb.xls").write_bytes(b"\xff\xfe" + BB.replace('",', '"\t').encode("utf-16-le"))
    words = ["--brightspace", "d2l.csv", "--blackboard", "bb.xls", "--column", "Homework 3"]
    done = grader("batch", "mean", "in", "--out", "out", *words, *QUICKLY, bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    read = (tmp_path / "out" / "brightspace.csv").read_bytes()
    assert b"#101,#jdoe,Doe,Jane,j@x,4.00," in read and b"o@x,1.00,1,,#\r\n" in read
    read = (tmp_path / "out" / "blackboard.xls").read_bytes()
    assert read.startswith(b"\xff\xfe")
    assert '"2026-11-30"\t"Yes"\t"4.00"\t"12.00"\r\n' in read.decode("utf-16")
