"""`grader course`: adds up the assignments of a course."""

from __future__ import annotations

import os

import click

from grader.cli.common import STORE, downloads_options, fill_in
from grader.cli.output import say
from grader.errors import UsageError


@click.command()
@click.argument("course", metavar="COURSE.yaml")
@click.option("--out", required=True, metavar="DIR", help="Output folder.")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Write files again that were changed by hand; they are kept under another name.",
)
@click.option(
    "--csv-dialect",
    type=click.Choice(["standard", "excel", "excel-semicolon"]),
    default="standard",
    show_default=True,
    help="How course.csv is written: for programs, for Excel, or for Excel where numbers have a "
    "decimal comma.",
)
@downloads_options
def command(
    course: str,
    out: str,
    overwrite: bool,
    csv_dialect: str,
    canvas: str | None,
    moodle: str | None,
    brightspace: str | None,
    blackboard: str | None,
    column: str | None,
    id_column: str | None,
) -> None:
    """Add up the graded assignments of a course, without those that are dropped.

    Nothing is judged: the grades are read from the folders that COURSE.yaml names. An assignment
    that is not graded yet does not count. Into files of other systems goes the percentage.
    """
    from pathlib import Path

    from grader.course.lms.download import read_downloads
    from grader.course.output_folder import output_folder
    from grader.course.term import load_term
    from grader.course.term_grades import build_term_book
    from grader.course.term_total import gradebook_of_totals
    from grader.reports.class_report import course as course_report
    from grader.reports.class_report.csv import DIALECTS

    book = build_term_book(load_term(course))
    totals = gradebook_of_totals(book)
    downloads = read_downloads(
        {
            "canvas": canvas,
            "moodle": moodle,
            "brightspace": brightspace,
            "blackboard": blackboard,
        },
        column,
        book.term.title,
        Path(out),
        id_column,
    )
    for download in downloads:
        download.fill(totals)
    dialect = DIALECTS[csv_dialect]
    with output_folder(out, STORE) as folder:
        if (folder.path / STORE).exists():
            raise UsageError(f"{out} has the grades of an assignment; choose another folder")
        planned = ["course.csv", "course.json", *(each.target for each in downloads)]
        notes = [*book.notes, *folder.protect(planned, overwrite)]
        folder.write("course.csv", lambda file: course_report.write_csv(book, file, dialect))
        folder.write("course.json", lambda file: course_report.write_json(book, file))
        for download in downloads:
            fill_in(folder, totals, download)
    for line in notes:
        say(f"note: {line}", err=True)
    say(f"course: {os.path.relpath(folder.path / 'course.csv')}")
