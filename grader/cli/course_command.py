"""`grader course`: adds up the assignments of a course."""

from __future__ import annotations

import os

import click

from grader.cli.common import STORE
from grader.cli.gradebook_options import (
    DownloadsGiven,
    csv_dialect_option,
    downloads_options,
    fill_in,
    overwrite_option,
)
from grader.cli.output import say
from grader.errors import UsageError


@click.command()
@click.argument("course", metavar="COURSE.yaml")
@click.option("--out", required=True, metavar="DIR", help="Output folder.")
@overwrite_option
@csv_dialect_option("course.csv is")
@downloads_options
def command(
    course: str,
    out: str,
    overwrite: bool,
    csv_dialect: str,
    downloads: DownloadsGiven,
) -> None:
    """Add up the graded assignments of a course, without those that are dropped.

    Nothing is judged: the grades are read from the folders that COURSE.yaml names. An assignment
    that is not graded yet does not count. In files for other systems, such as Canvas, the
    percentage is filled in.
    """
    from grader.course.output_folder import TOTAL, output_folder
    from grader.course.term import load_term
    from grader.course.term_grades import build_term_book
    from grader.course.term_total import gradebook_of_totals
    from grader.reports.class_report import course as course_report
    from grader.reports.class_report.csv import DIALECTS

    book = build_term_book(load_term(course))
    totals = gradebook_of_totals(book)
    files = downloads.read(book.term.title, out)
    for download in files:
        download.fill(totals)
    dialect = DIALECTS[csv_dialect]
    with output_folder(out, STORE) as folder:
        if (folder.path / STORE).exists():
            raise UsageError(f"{out} has the grades of an assignment; choose another folder")
        planned = ["course.csv", TOTAL, *(each.target for each in files)]
        notes = [*book.notes, *folder.protect(planned, overwrite)]
        folder.write("course.csv", lambda file: course_report.write_csv(book, file, dialect))
        folder.write(TOTAL, lambda file: course_report.write_json(book, file))
        for download in files:
            fill_in(folder, totals, download)
        notes += folder.finish()
    for line in notes:
        say(f"note: {line}", err=True)
    say(f"course: {os.path.relpath(folder.path / 'course.csv')}")
