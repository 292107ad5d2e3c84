"""Worksheets and gradebooks of Moodle are filled in, and nothing else in them changes."""

from __future__ import annotations

import pytest

from grader.course.lms import moodle as moodle_csv
from grader.errors import UsageError
from tests._support.gradebooks import (
    a_class,
    changed,
)

MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    '"Participant 101","Jane Doe",jane@x.org,Submitted,,"11,00",Yes,-,-,"a ""b"", c"\r\n'
    '"Participant 102","José O\'Neil",joneil,Submitted,"1,50","11,00",Yes,-,-,\r\n'
    '"Participant 103","Kim Lee",klee,"No submission",,"11,00",No,-,-,\r\n'
)


def test_moodle_column_is_filled_in() -> None:
    found = moodle_csv.fill(MOODLE, a_class())
    assert changed(MOODLE, found.text) == [
        '"Participant 101","Jane Doe",jane@x.org,Submitted,"7,33","11,00",Yes,-,-,"a ""b"", c"',
        '"Participant 102","José O\'Neil",joneil,Submitted,"5,00","11,00",Yes,-,-,',
    ]
    assert found.skipped == ("row 4 (Participant 103): Kim Lee (s3) is locked in Moodle",)
    assert found.notes == () and found.filled == 2


def test_moodle_with_points_and_a_tab() -> None:
    text = MOODLE.replace('"11,00"', "11.00").replace('"1,50"', "1.50").replace(",", "\t")
    found = moodle_csv.fill(text, a_class())
    assert "\t7.33\t" in found.text and "\t5.00\t" in found.text


def test_moodle_in_another_language() -> None:
    text = (
        "ID;Vollständiger Name;Bewertung;Bestwertung;Bewertung kann geändert werden\r\n"
        "Teilnehmer/in101;X;;12,00;Ja\r\nTeilnehmer/in102;Kim Lee;;12,00;Nein\r\n"
    )
    names = {
        "Identifier": "ID",
        "Full name": "Vollständiger Name",
        "Maximum Grade": "Bestwertung",
        "Grade can be changed": "Bewertung kann geändert werden",
        "No": "Nein",
    }
    found = moodle_csv.fill(text, a_class(), "Bewertung", names=names)
    assert changed(text, found.text) == ["Teilnehmer/in101;X;7,33;12,00;Ja"]
    assert len(found.skipped) == 1 and found.notes == (
        "the maximum is 12,00 in the file and 11 in the gradebook; points are not scaled",
    )


def test_moodle_gradebook_is_filled_in() -> None:
    text = (
        'First name,Surname,ID number,Email address,"Assignment: H (Real)"\n'
        "Jane,Doe,9,j@x.org,-\nX,Y,s2,x@x.org,1.00\n,,,,\n"
    )
    found = moodle_csv.fill(text, a_class(), "Assignment: H (Real)")
    assert found.text.split("\n")[1:3] == ["Jane,Doe,9,j@x.org,7.33", "X,Y,s2,x@x.org,5.00"]
    assert found.unmatched == ("Kim Lee (s3) is not in the file",)


def test_decimal_comma_of_an_existing_grade() -> None:
    text = 'ID number;A\ns2;"1,50"\n101;-\n'
    assert moodle_csv.fill(text, a_class(), "A").text == 'ID number;A\ns2;"5,00"\n101;7,33\n'


NOT_MOODLE = {
    "not of Moodle": ("a,b\n1,2\n", "Grade", "not a grading worksheet"),
    "no such column": (MOODLE, "Mark", "no column 'Mark'"),
    "two such columns": (MOODLE.replace("Status", "Grade"), "Grade", "several columns 'Grade'"),
}


@pytest.mark.parametrize("text, column, message", NOT_MOODLE.values(), ids=NOT_MOODLE)
def test_moodle_file_is_refused(text: str, column: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        moodle_csv.fill(text, a_class(), column)
