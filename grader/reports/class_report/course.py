"""The grades of a course: a row per student, with the total of each assignment and of the course.

As CSV for spreadsheets and as JSON for programs; see `class_report.csv` and `class_report.json`.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from grader.model.judgement import points_number
from grader.model.term import Standing, TermBook, TermColumn, TermGrade, TermRow
from grader.reports.class_report.csv import STANDARD, Dialect, text_cell
from grader.reports.class_report.json import exact_points
from grader.reports.grades import NOT_GRADED

FORMAT = 1


def write_csv(book: TermBook, out: TextIO, dialect: Dialect = STANDARD) -> None:
    """Write a row per student: the points of each assignment, and the percentage of the course."""
    rows = dialect.writer(out)
    slip_days = ["slip days used", "slip days left"] if book.term.slip_days else []
    titles = [text_cell(title) for title in titles_of(book)]
    rows.writerow(["id", "name", *titles, "dropped", *slip_days, "percent"])
    for row in book.rows:
        dropped = [
            title
            for title, grade in zip(titles_of(book), row.grades, strict=True)
            if grade.standing is Standing.DROPPED
        ]
        rows.writerow(
            [
                text_cell(row.student.id),
                text_cell(row.student.name),
                *map(_cell, row.grades),
                text_cell("; ".join(dropped)),
                *(_slip_days(row) if slip_days else []),
                NOT_GRADED if row.share is None else points_number(100 * row.share),
            ]
        )


def _slip_days(row: TermRow) -> tuple[int, int]:
    return sum(grade.slip_days for grade in row.grades), row.slip_days_left or 0


def titles_of(book: TermBook) -> list[str]:
    """Return the titles of the assignments, with their numbers where several have the same."""
    titles = [column.title for column in book.columns]
    return [
        f"{title} ({number})" if titles.count(title) > 1 else title
        for number, title in enumerate(titles, 1)
    ]


def _cell(grade: TermGrade) -> int | float | str:
    return grade.standing.value if grade.points is None else points_number(grade.points)


def write_json(book: TermBook, out: TextIO) -> None:
    """Write the document; numbers are also given as exact fractions."""
    term = book.term
    slip_days = (
        {"total": term.slip_days.total, "most": term.slip_days.most} if term.slip_days else None
    )
    document = {
        "format": FORMAT,
        "title": term.title,
        "drop_lowest": term.drop_lowest,
        "slip_days": slip_days,
        "assignments": [
            _column(column, title)
            for column, title in zip(book.columns, titles_of(book), strict=True)
        ],
        "students": [_row(row) for row in book.rows],
        "notes": list(book.notes),
    }
    json.dump(document, out, indent=2, allow_nan=False)
    out.write("\n")


def _column(column: TermColumn, title: str) -> dict[str, Any]:
    return {
        "title": title,
        **exact_points("max_points", column.max_points),
        **exact_points("weight", column.weight),
    }


def _row(row: TermRow) -> dict[str, Any]:
    return {
        "id": row.student.id,
        "name": row.student.name,
        "ids": list(row.student.ids),
        **exact_points("share", row.share),
        "slip_days_left": row.slip_days_left,
        "assignments": [
            {
                "standing": grade.standing.value,
                **exact_points("points", grade.points),
                "slip_days": grade.slip_days,
            }
            for grade in row.grades
        ],
    }
