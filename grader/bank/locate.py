"""The bank: the folder that holds `problems/` and, for those who may see them, `solutions/`.

A student's first commands (`grader list`, completion of a problem's name) come through here and
should answer at once. So this module is sparing with what it imports, and `heading` reads the four
lines a listing shows without YAML, where they are as simple as they nearly always are.
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
# A text that needs no YAML: in double quotes without escapes, or bare and of harmless characters.
_SIMPLE = re.compile(r'(\w+):[ ]+(?:"([^"\\]*)"|(\w[\w .,;()\'-]*))[ ]*')


class Heading(NamedTuple):
    """What a listing tells of a problem."""

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
    """Where the problems are, and the solutions: None where there are none."""

    problems: str
    solutions: str | None

    def slugs(self) -> list[str]:
        """The names of all problems, in order."""
        found = []
        with os.scandir(self.problems) as entries:
            for entry in entries:
                if os.path.isfile(os.path.join(entry.path, "spec.md")):
                    found.append(entry.name)
        return sorted(found)

    def folder(self, slug: str) -> str:
        """The folder of a problem.

        Raises:
            UsageError: if there is none of that name; the text offers the nearest
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
            SpecError: with everything that is wrong with the problem's files
        """
        from grader.bank.load import load_problem  # `grader list` does not need it

        solutions = self.solutions_of(slug) if with_solutions else None
        return load_problem(self.folder(slug), solutions)

    def solutions_of(self, slug: str) -> str | None:
        """The folder of a problem's solutions, if it has one."""
        folder = os.path.join(self.solutions, slug) if self.solutions else None
        return folder if folder and os.path.isdir(folder) else None

    def headings(self) -> list[Heading]:
        return [heading(os.path.join(self.problems, slug), slug) for slug in self.slugs()]


def find_bank(given: str | None = None) -> Bank:
    """The bank in `given`; else the nearest one upward from here; else the one of the package.

    Raises:
        UsageError: if `given` holds no problems
    """
    if given is not None:
        bank = _bank_in(given)
        if bank is None:
            raise UsageError(f"{given} is no bank: it has no folder `problems` with problems in it")
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
    # Installed, the package brings the problems; in a checkout they stand beside it.
    for place in (os.path.join(package, "data"), os.path.dirname(package)):
        bank = _bank_in(place)
        if bank is not None:
            return bank
    raise UsageError("there is no bank here; name its folder with --bank")


def _bank_in(folder: str) -> Bank | None:
    problems = os.path.join(folder, "problems")
    solutions = os.path.join(folder, "solutions")
    if not os.path.isdir(problems):
        return None
    bank = Bank(problems, solutions if os.path.isdir(solutions) else None)
    return bank if bank.slugs() else None


def heading(folder: str, slug: str) -> Heading:
    """What a listing tells of the problem in `folder`.

    Raises:
        SpecError: if its front matter cannot be read
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
    from grader.bank.load import read_spec  # the careful way, with YAML

    spec = read_spec(folder)
    return Heading(slug, spec.title, spec.difficulty, spec.category, spec.function)
