"""Find the bank: the folder with `problems/` and, for instructors, `solutions/`.

A student's first commands (`grader list`, completion of a problem's name) use this module and must
answer at once. It therefore imports little, and `heading` reads the four keys that a listing shows
without a YAML parser if they are simple, as they nearly always are.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from grader.model.entry_point import EntryPoint
    from grader.model.problem import Problem

_SHOWN = ("title", "difficulty", "category", "function")
# A text that means the same to a YAML parser: double-quoted without escapes, or plain and simple.
_SIMPLE = re.compile(r'(\w+):[ ]+(?:"([^"\\]*)"|(\w[\w .,;()\'-]*))[ ]*')


class Heading(NamedTuple):
    """The fields of a problem that a listing shows."""

    slug: str
    title: str
    difficulty: str
    category: str
    function: str

    @property
    def entry_point(self) -> EntryPoint:
        """The entry point, without its parameters."""
        from grader.model.entry_point import EntryPoint  # `grader list` does not need it

        return EntryPoint(self.function)


class Bank(NamedTuple):
    """Paths of the folders with the problems and, unless None, their solutions."""

    problems: str
    solutions: str | None

    def slugs(self) -> list[str]:
        """Return the names of all problems, sorted."""
        found = []
        with os.scandir(self.problems) as entries:
            for entry in entries:
                if os.path.isfile(os.path.join(entry.path, "spec.md")):
                    found.append(entry.name)
        return sorted(found)

    def folder(self, slug: str) -> str:
        """Return the path of a problem's folder.

        Raises:
            UsageError: if there is no problem of this name; the text offers the nearest one
        """
        slugs = self.slugs()
        if slug not in slugs:
            raise UsageError(f"there is no problem {slug!r}{did_you_mean(slug, slugs)}")
        return os.path.join(self.problems, slug)

    def load(self, slug: str, *, with_solutions: bool = True) -> Problem:
        """Return a problem, complete or as students have it.

        Args:
            with_solutions: whether to read its solutions, if the bank has any

        Raises:
            UsageError: if there is no problem of this name; the text offers the nearest one
            SpecError: with every error in the problem's files
        """
        from grader.bank.load import load_problem  # `grader list` does not need it

        solutions = self.solutions_of(slug) if with_solutions else None
        return load_problem(self.folder(slug), solutions)

    def solutions_of(self, slug: str) -> str | None:
        """Return the path of the folder with a problem's solutions, or None if it has none."""
        folder = os.path.join(self.solutions, slug) if self.solutions else None
        return folder if folder and os.path.isdir(folder) else None

    def headings(self) -> list[Heading]:
        """Return the headings of all problems, sorted by slug.

        Raises:
            SpecError: if the front matter of a problem is invalid
        """
        return [heading(os.path.join(self.problems, slug), slug) for slug in self.slugs()]


def find_bank(given: str | None = None) -> Bank:
    """Return the bank in `given`, else in the nearest folder upward, else in the package.

    Raises:
        UsageError: if `given` is not a bank, or if none is given and none is found
    """
    if given is not None:
        bank = _bank_in(given)
        if bank is None:
            raise UsageError(
                f"{given} is not a bank: it has no folder `problems` with problems in it"
            )
        return bank
    here = os.getcwd()
    while True:
        bank = _bank_in(here)
        if bank is not None:
            return bank
        above = os.path.dirname(here)
        if above == here:
            break
        here = above
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # Installed, the package contains the problems; in a checkout they are beside it.
    for folder in (os.path.join(package, "data"), os.path.dirname(package)):
        bank = _bank_in(folder)
        if bank is not None:
            return bank
    raise UsageError("no bank found in this folder or above it; name its folder with --bank")


def _bank_in(folder: str) -> Bank | None:
    problems = os.path.join(folder, "problems")
    solutions = os.path.join(folder, "solutions")
    if not os.path.isdir(problems):
        return None
    bank = Bank(problems, solutions if os.path.isdir(solutions) else None)
    return bank if bank.slugs() else None


def heading(folder: str, slug: str) -> Heading:
    """Return the fields of the problem in `folder` that a listing shows.

    Raises:
        SpecError: if its front matter is invalid
    """
    path = os.path.join(folder, "spec.md")
    found: dict[str, str] = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        file.readline()
        for line in file:
            if line.rstrip() == "---":
                break
            match = _SIMPLE.fullmatch(line.rstrip("\n"))
            if match:
                found[match[1]] = match[2] if match[2] is not None else match[3]
    if all(key in found for key in _SHOWN):
        return Heading(slug, *(found[key].strip() for key in _SHOWN))
    from grader.bank.load import read_spec  # slow: it imports the YAML parser

    spec = read_spec(folder)
    return Heading(slug, spec.title, spec.difficulty, spec.category, spec.function)
