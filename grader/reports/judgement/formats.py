"""The table of report formats: what `--report FORMAT:PATH` knows.

A new format is a file with a function `write` that writes judgements, and a row here; the property
in tests/test_reports.py then holds it to the points of all the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import NamedTuple, Protocol, TextIO

from grader.errors import UsageError, nearest
from grader.model.judgement import Judgement


class Writer(Protocol):
    """Writes judgements as they are given: what a student must not see has been taken out."""

    def __call__(self, judgements: Iterable[Judgement], out: TextIO) -> None: ...


class Format(NamedTuple):
    """One format.

    Attributes:
        module: of this package, where its function `write` is; loaded when it is called for
        many: whether one document holds several judgements; if not, `write` takes exactly one
        about: what reads it, in a line
    """

    module: str
    many: bool
    about: str


FORMATS = {
    "html": Format("html", False, "students, in a browser"),
    "json": Format("json", False, "programs, by schemas/judgement-1.schema.json"),
    "junit": Format("junit", True, "Jenkins, GitLab and other CI systems"),
    "gradescope": Format("gradescope", False, "Gradescope, as results.json"),
    "github-summary": Format("github_summary", True, "GitHub Actions, as a step's summary"),
    "github-annotations": Format("github_annotations", True, "GitHub Actions, in a job's log"),
    "github-classroom": Format("github_classroom", True, "GitHub Classroom, as a runner's result"),
    "exercism": Format("exercism", False, "Exercism, as results.json of version 3"),
    "prairielearn": Format("prairielearn", False, "PrairieLearn, as results.json"),
}


class Report(NamedTuple):
    """A report that is asked for: the name of its format, and where to write it.

    The path - is standard output.
    """

    format: str
    path: str

    @property
    def holds_many(self) -> bool:
        """Whether one document of the format holds several judgements."""
        return FORMATS[self.format].many

    def writer(self) -> Writer:
        """What writes it."""
        writer: Writer = import_module(
            f"grader.reports.judgement.{FORMATS[self.format].module}"
        ).write
        return writer


def report_of(text: str) -> Report:
    """What is asked for by FORMAT:PATH, or by a path that ends in .html.

    Raises:
        UsageError: if there is no such format, or no path
    """
    name, colon, path = text.partition(":")
    if name in FORMATS:
        if not path:
            raise UsageError(f"where to? say {name}:PATH, or {name}:- for standard output")
        return Report(name, path)
    # In C:\me.html and in out/10:30.html a place stands before the colon, and no format.
    is_place = not colon or len(name) == 1 or "/" in name or "\\" in name
    if is_place and text.lower().endswith(".html"):
        return Report("html", text)
    known = f"the formats are {', '.join(FORMATS)}"
    if is_place:
        raise UsageError(f"in which format? say FORMAT:{text}; {known}")
    near = nearest(name, list(FORMATS))
    meant = f"; did you mean {near!r}?" if near else ""
    raise UsageError(f"there is no report format {name!r}{meant}\n{known}")
