"""Reads submissions: one file of a student, or everything that a class submitted.

    source      a file that may be a Python program
    single      what one person submits: a file, a folder or an archive
    ipynb       the code cells of a notebook as one program
    filenames   names that students chose, as text that can be printed
    archives    .zip archives, read within limits and without unpacking them
    tars        tar archives, read as .zip archives
    files       the files of a folder or an archive
    times       times as other systems write them
    books       the submits in a book of the practice page
    layouts     how Canvas, Moodle, Gradescope and others name and sort files
    people      which student is meant by an id or a name
    namesakes   signs that a name is not the student's who has it
    roster      the students and teams of a class
    worksheet   the columns of Moodle's worksheet in any language
    class_list  who a file is from: a student, a team, or nobody for certain
    matches     which problem a file answers
    modules     which files of a student a program can import
    repository  the path of a file from the root of its repository
    spool       the sources of a class, each read once
    looks       the files of one student, each read once
    bundle      which of them answers which problem
    questions   what an instructor must decide before a grade is a zero
    collect     the attempts of a class, and the files that belong to none

A file that cannot be a program is not an error. It becomes a submission with a flaw, which is
judged like any other and gets a verdict. A file that belongs to no student or problem is reported.
"""

from typing import TYPE_CHECKING, Any

from grader.submissions.single import read_submissions
from grader.submissions.source import MAX_BYTES, defined_names, flaw_of, read_submission

if TYPE_CHECKING:
    from grader.submissions.collect import (
        collect_from_folder,
        collect_submissions,
        read_attempt,
    )
    from grader.submissions.spool import SourceSpool

__all__ = [
    "MAX_BYTES",
    "SourceSpool",
    "collect_from_folder",
    "collect_submissions",
    "defined_names",
    "flaw_of",
    "read_attempt",
    "read_submission",
    "read_submissions",
]


def __getattr__(name: str) -> Any:
    """Import what only a class needs when it is first used: one file is graded without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from grader.submissions import collect, spool

    return getattr(spool if name == "SourceSpool" else collect, name)
