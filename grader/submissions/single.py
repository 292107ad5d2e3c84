"""What one person submits: a file, or a folder or archive of files that may import each other."""

from __future__ import annotations

import os

from grader.model.problem import Submission
from grader.submissions.source import read_submission


def read_submissions(path: str) -> list[Submission]:
    """Return the submission in a file, or those in a folder or an archive of one person.

    Each program and notebook in a folder is one, and may import the other programs. One that cannot
    be read has a flaw.
    """
    if os.path.isdir(path) or (path.lower().endswith(".zip") and os.path.isfile(path)):
        from grader.submissions.collect import read_several  # one file is graded without it

        return read_several(path)
    if "!" in path and not os.path.exists(path):
        from grader.submissions.collect import read_in_book

        return [read_in_book(path)]
    return [read_submission(path)]
