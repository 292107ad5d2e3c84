"""The table of report formats that `--report FORMAT:PATH` offers.

To add a format, add a module with a function `write`, and a row here;
`tests/reports/judgement/test_formats.py` then checks that it gives the same points as all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import NamedTuple, Protocol, TextIO

from grader.errors import UsageError, nearest
from grader.model.judgement import Judgement

PROBLEM = "{problem}"  # in the path of a report


class Writer(Protocol):
    """Writes judgements as they are: what a student must not see has been removed before."""

    def __call__(self, judgements: Iterable[Judgement], out: TextIO) -> None: ...


class Format(NamedTuple):
    """One format.

    Attributes:
        module: the module of this package with its function `write`, imported when it is used
        many: whether one document holds several judgements; if not, `write` takes exactly one
        about: its readers, in a line
        lists: whether `write` makes a list of the documents of several judgements
    """

    module: str
    many: bool
    about: str
    lists: bool = False


FORMATS = {
    "html": Format("html", False, "students, in a browser"),
    "json": Format("json", False, "programs, by schemas/judgement-2.schema.json", lists=True),
    "junit": Format("junit", True, "Jenkins, GitLab and other CI systems"),
    "gradescope": Format("gradescope", False, "Gradescope, as results.json"),
    "github-summary": Format("github_summary", True, "GitHub Actions, as a step's summary"),
    "github-annotations": Format("github_annotations", True, "GitHub Actions, in a job's log"),
    "github-classroom": Format("github_classroom", True, "GitHub Classroom, as a runner's result"),
    "exercism": Format("exercism", False, "Exercism, as results.json of version 3"),
    "prairielearn": Format("prairielearn", False, "PrairieLearn, as results.json"),
}


class Report(NamedTuple):
    """A requested report: the name of its format, and its path; - is standard output."""

    format: str
    path: str

    @property
    def holds_many(self) -> bool:
        """Whether one document of the format holds several judgements."""
        return FORMATS[self.format].many

    def paths(self, judgements: Iterable[Judgement]) -> dict[str, list[Judgement]]:
        """Return the documents of a report of one file: their judgements, by their paths."""
        found: dict[str, list[Judgement]] = {}
        for each in judgements:
            found.setdefault(self.path.replace(PROBLEM, each.problem.slug), []).append(each)
        return found

    def check_holds(self, slugs: Sequence[str]) -> None:
        """Check that a report of one file can hold its judgements for these problems.

        Raises:
            UsageError: if it cannot
        """
        format = FORMATS[self.format]
        if len(slugs) > 1 and not (format.many or format.lists or PROBLEM in self.path):
            raise UsageError(
                f"a report as {self.format} holds one judgement, and the file answers several"
                f" problems ({', '.join(slugs)}); name one of them, or add {PROBLEM} to the path"
                " of the report"
            )

    def writer(self) -> Writer:
        """Return the function that writes the format."""
        writer: Writer = import_module(
            f"grader.reports.judgement.{FORMATS[self.format].module}"
        ).write
        return writer


def report_of(text: str) -> Report:
    """Parse FORMAT:PATH, or a path that ends in .html.

    Raises:
        UsageError: if the format is unknown, or the path is missing
    """
    name, colon, path = text.partition(":")
    if name in FORMATS:
        if not path:
            raise UsageError(
                f"the path is missing: write {name}:PATH, or {name}:- for standard output"
            )
        return Report(name, path)
    # In C:\me.html and in out/10:30.html, what precedes the colon is part of a path.
    is_path = not colon or len(name) == 1 or "/" in name or "\\" in name
    if is_path and text.lower().endswith(".html"):
        return Report("html", text)
    known = f"the formats are {', '.join(FORMATS)}"
    if is_path:
        raise UsageError(f"the format is missing: write FORMAT:{text}; {known}")
    near = nearest(name, list(FORMATS))
    meant = f"; did you mean {near!r}?" if near else ""
    raise UsageError(f"there is no report format {name!r}{meant}\n{known}")
