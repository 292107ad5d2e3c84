"""The files of a course beside its problems: course.yaml, the assignments, the roster.

They are read when the server starts. Gradebooks are made of what they say now, so pages tell those
who teach when the two differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from grader.errors import shown_path
from grader.site.classroom import Classroom


class CourseFiles:
    """The files of a course; as they are when this is made, the server knows them."""

    def __init__(self, classroom: Classroom) -> None:
        works = (work.path for work in classroom.works)
        paths = dict.fromkeys((classroom.term.path, *works, classroom.roster.path))
        self._known: Mapping[str, str] = {path: _digest(path) for path in paths}

    def changed(self) -> list[str]:
        """Return the paths, for readers, of those that have changed since, or cannot be read."""
        return [shown_path(path) for path, known in self._known.items() if _digest(path) != known]


def _digest(path: str) -> str:
    """Return the digest of a file's content; empty if it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""
