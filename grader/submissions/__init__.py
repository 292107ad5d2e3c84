"""Reads what students hand in: one file of one's own, or all that a class handed in.

    source      a file that may be a Python program
    ipynb       the code cells of a notebook as one program
    filenames   names that strangers chose, as text that can be printed
    files       the files of a folder, whatever they are called
    archives    the files of an archive
    layouts     whose file it is: how Canvas, Moodle, Gradescope, … name and sort files
    people      who is in the class, and which student a name refers to
    collect     which student's file answers which problem, and which files answer none

A file that cannot be a program is no exception but a submission with a flaw, told in the student's
words: it is judged like any other, and gets its verdict. What belongs to nobody is told as well.
"""

from typing import TYPE_CHECKING, Any

from grader.submissions.source import MAX_BYTES, defined_names, flaw_of, read_submission

if TYPE_CHECKING:
    from grader.submissions.collect import collect_from_folder, collect_submissions, read_attempt

__all__ = [
    "MAX_BYTES",
    "collect_from_folder",
    "collect_submissions",
    "defined_names",
    "flaw_of",
    "read_attempt",
    "read_submission",
]


def __getattr__(name: str) -> Any:
    """What `intake` has, once it is asked for: one file is graded without it."""
    if name not in ("collect_submissions", "collect_from_folder", "read_attempt"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from grader.submissions import collect as intake

    return getattr(intake, name)
