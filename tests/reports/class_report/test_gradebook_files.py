"""The gradebook as CSV and JSON, with any name."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import partial

import click
import pytest

from grader.model.assignment import Assignment, Part
from grader.model.course import Student
from grader.reports.class_report import csv as gradebook_csv
from grader.reports.class_report.csv import DIALECTS
from tests._support.gradebooks import (
    FULL,
    SMALL,
    TRIES,
    a_class,
    make,
    text_of,
    written,
    written_cases,
    written_json,
)


def test_gradebook_as_csv() -> None:
    book = make(SMALL, TRIES, [Student("s1", "Doe, Jane"), Student("s2", 'Kim "K" Lee')])
    assert text_of(gradebook_csv.write, book).split("\r\n") == [
        '"id","name","p","p: attempt","p: minutes late","p: deduction","q","q: attempt",'
        '"q: minutes late","q: deduction","total","notes"',
        '"s1","Doe, Jane",4.5,1,1440,0.5,0.33,1,0,0,4.83,'
        '"q: the time of submission is not known; it counts as on time"',
        '"s2","Kim ""K"" Lee",0,"","","",0,"","","",0,'
        '"p: nothing was submitted; q: nothing was submitted"',
        "",
    ]


def test_every_text_is_quoted_and_no_number() -> None:
    """Also where the spreadsheet takes a semicolon as the separator, as in much of Europe."""
    book = make(SMALL, TRIES, [Student("s;=1", "A;=B")])
    for write in (gradebook_csv.write, gradebook_csv.write_cases):
        cells = re.findall(r'"(?:[^"]|"")*"|[^",\r\n]+', text_of(write, book))
        assert '"s;=1"' in cells or write is gradebook_csv.write_cases
        for cell in cells:
            assert cell.startswith('"') or float(cell) is not None


def test_a_course_of_many_problems_lists_only_those_with_an_attempt() -> None:
    parts = tuple(Part(f"p{number}", Fraction(1)) for number in range(9))
    book = make(Assignment("H", parts), [("s1", "p4", [(None, Fraction(1, 3))])], [Student("s2")])
    first, second = written(book)
    assert (first["p4"], first["p8"], first["total"]) == ("0.33", "0", "0.33")
    assert first["notes"] == "nothing was submitted for 8 of 9 problems"
    assert second["notes"] == "nothing was submitted for 9 of 9 problems"
    one, two = written_json(book)["students"]
    assert [each["problem"] for each in one["problems"]] == ["p4"] and two["problems"] == []
    assert (one["total_exact"], two["total_exact"], two["missing"]) == ("1/3", "0", True)


def test_notes_have_no_control_characters() -> None:
    """They may quote the text of an exception that a student has chosen."""
    book = make(SMALL, TRIES, [])
    row, *_ = book.rows
    part = replace(row.parts[0], notes=("\x1b[2J\x00\u202eleft",))
    changed = replace(book, rows=(replace(row, parts=(part, *row.parts[1:])),))
    assert "\ufffd[2J\ufffd\ufffdleft" in written(changed)[0]["notes"]


def test_cases_as_csv() -> None:
    assert [list(each.values()) for each in written_cases(make(SMALL, TRIES))] == [
        ["s1", "p", "one", "accepted", "1.67", "3.33"],
        ["s1", "p", "two", "accepted", "3.33", "6.67"],
        ["s1", "q", "one", "accepted", "0.11", "0.33"],
        ["s1", "q", "two", "accepted", "0.22", "0.67"],
    ]


def test_gradebook_as_json() -> None:
    found = written_json(make(SMALL, TRIES, [Student("s1", "Jane", ("jd1",))]))
    assert (found["format"], found["title"], found["max_points"]) == (3, "H", 11)
    assert found["due"] == "2026-11-30T23:59:00+01:00"
    (student,) = found["students"]
    assert (student["id"], student["ids"], student["missing"]) == ("s1", ["jd1"], False)
    assert (student["total"], student["total_exact"]) == (4.83, "29/6")
    part = student["problems"][0]
    assert (part["raw_points"], part["deduction"], part["points"]) == (5, 0.5, 4.5)
    assert (part["locator"], part["submitted_at"]) == ("s1/1.py", "2026-12-01T22:59:00+00:00")
    assert part["minutes_late"] == 1440 and part["cases"][0]["max_points_exact"] == "10/3"


NAMES = {
    "a formula": ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
    "plus": ("+1", "'+1"),
    "minus": ("-1", "'-1"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "a tab": ("\t=1", "'\t=1"),
    "a carriage return": ("\r=1", "'\r=1"),
    "an equals sign of full width": ("\uff1d1", "'\uff1d1"),
    "a plus sign of full width": ("\uff0b1", "'\uff0b1"),
    "a line feed": ("\n=1", "'\n=1"),
    "an equals sign inside": ("a=b", "a=b"),
    "a comma and quotes": ('O"Neil, "Ann"', 'O"Neil, "Ann"'),
    "two lines": ("Ann\r\nLee", "Ann\r\nLee"),
    "letters from elsewhere": ("Ångström 李 عمر\u200d\u00a0x", "Ångström 李 عمر\u200d\u00a0x"),
    "half a character": ("a\udc80b", "a?b"),
    "empty": ("", ""),
}


@pytest.mark.parametrize("name, cell", NAMES.values(), ids=NAMES)
def test_names_survive_csv_and_json(name: str, cell: str) -> None:
    book = make(SMALL, [], [Student("s" + name, name), Student(name or "x", "")])
    assert cell in {line["name"] for line in written(book)}
    assert (cell or "x") in {line["id"] for line in written(book)}
    of_cases = make(SMALL, [(name or "x", "p", [(None, FULL)])])
    assert written_cases(of_cases)[0]["student"] == (cell or "x")
    plain = name.replace("\udc80", "?")
    assert plain in {each["name"] for each in written_json(book)["students"]}


def test_excel_reads_accents_and_decimal_commas() -> None:
    book = a_class({"101": Fraction(22, 3), "s2": Fraction(5)})
    marked = text_of(partial(gradebook_csv.write, dialect=DIALECTS["excel"]), book)
    assert marked == "\ufeff" + text_of(gradebook_csv.write, book)
    text = text_of(partial(gradebook_csv.write, dialect=DIALECTS["excel-semicolon"]), book)
    header, jane, jose, _ = text.split("\r\n", 3)
    assert header.startswith('\ufeff"id";"name";"p";')
    assert jane.startswith('"101";"Jane Doe";7,33;1;0;0;')
    assert jose.startswith('"s2";"José O\'Neil";5;')
    cases = text_of(partial(gradebook_csv.write_cases, dialect=DIALECTS["excel-semicolon"]), book)
    assert ";2,44;" in cases and "." not in cases.replace("p.py", "")


def test_dialects_are_those_of_the_command() -> None:
    from grader.cli.batch_command import command

    (option,) = [each for each in command.params if each.name == "csv_dialect"]
    assert isinstance(option.type, click.Choice) and [*option.type.choices] == [*DIALECTS]
