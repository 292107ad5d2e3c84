"""Find the bank: the folder with `problems/` and, for instructors, `solutions/`.

A student's first commands (`grader list`, completion of a problem's name) use this module and must
answer at once. It therefore imports little, and `heading` reads the keys that a listing shows
without a YAML parser if they are simple, as they nearly always are.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import Location, UsageError, did_you_mean, shown_path, spec_error

if TYPE_CHECKING:
    from grader.model.entry_point import EntryPoint
    from grader.model.problem import Problem

# The end of a message about a name that was not found.
ANOTHER = " (another bank: --bank DIR, or bank= in Python)"

_SHOWN = ("title", "difficulty", "category")
_LISTS = ("after", "tags", "functions")
# A text that means the same to a YAML parser: double-quoted without escapes, or plain and simple.
_SIMPLE = re.compile(r'(\w+):[ ]+(?:"([^"\\]*)"|(\w[\w .,;()@/+\'-]*))[ ]*')
_SIMPLE_LIST = re.compile(r"(after|tags|functions):[ ]+\[([\w -]*(?:,[ ]*[\w -]+)*)\][ ]*")


class Heading(NamedTuple):
    """The fields of a problem that a listing shows."""

    slug: str
    title: str
    difficulty: str
    category: str
    function: str  # or the functions, or the class
    after: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    is_class: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a submission must define."""
        return tuple(self.function.split(", "))

    @property
    def entry_point(self) -> EntryPoint:
        """The entry point, without its parameters."""
        return _entry_point(self.function, self.is_class)


@lru_cache(10_000)  # a class asks for each file and problem
def _entry_point(names: str, is_class: bool) -> EntryPoint:
    # `grader list` does not need these modules
    from grader.model.entry_point import Class, EntryPoint
    from grader.model.signature import Function

    if is_class:
        return EntryPoint((Class(names, None),))
    return EntryPoint(tuple(map(Function, names.split(", "))))


class Bank(NamedTuple):
    """Paths of the folders with the problems and, unless None, their solutions."""

    problems: str
    solutions: str | None

    def slugs(self) -> list[str]:
        """Return the names of all problems, sorted; without those that have no spec.md yet."""
        return [name for name, has_spec in self._folders() if has_spec]

    def unfinished(self) -> list[str]:
        """Return the names of the folders in `problems` that have no spec.md yet, sorted."""
        return [name for name, has_spec in self._folders() if not has_spec]

    def _folders(self) -> list[tuple[str, bool]]:
        found = []
        with os.scandir(self.problems) as entries:
            for entry in entries:
                if os.path.isfile(os.path.join(entry.path, "spec.md")):
                    found.append((entry.name, True))
                elif entry.is_dir() and not entry.name.startswith((".", "__")):
                    found.append((entry.name, False))
        return sorted(found)

    @property
    def described(self) -> str:
        """The bank in a message: "the bank homework/problems"."""
        return f"the bank {shown_path(self.problems)}"

    def folder(self, slug: str) -> str:
        """Return the path of a problem's folder.

        Raises:
            UsageError: if there is no problem of this name; the text offers the nearest one
            SpecError: if its folder has no spec.md
        """
        folder = os.path.join(self.problems, slug)
        # Listed, because some disks find a folder by a name in another case.
        if slug in os.listdir(self.problems) and os.path.isfile(os.path.join(folder, "spec.md")):
            return folder
        slugs, unfinished = self.slugs(), self.unfinished()
        if slug in unfinished:
            raise spec_error(Location(shown_path(f"{folder}/spec.md")), _without_spec(folder))
        if slug not in slugs:
            known = did_you_mean(slug, [*slugs, *unfinished]) or "; it has no problems"
            raise UsageError(f"there is no problem {slug!r} in {self.described}{known}{ANOTHER}")
        return folder

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
                f"{given} is not a bank: it has no folder `problems`{_parent_of_problems(given)}"
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
    return Bank(problems, solutions if os.path.isdir(solutions) else None)


def _parent_of_problems(given: str) -> str:
    """Return advice if the folder of problems was given, and not the one that contains it."""
    folder = os.path.abspath(given)
    is_one = os.path.basename(folder) == "problems" and os.path.isdir(folder)
    return f"; did you mean the folder {shown_path(os.path.dirname(folder))!r}?" if is_one else ""


def _without_spec(folder: str) -> str:
    """Return what is wrong with a problem's folder that has no spec.md, and what to do."""
    if os.path.isdir(os.path.join(folder, "spec.md")):
        return f"{shown_path(folder)}/spec.md is a folder; it must be a file, the statement"
    statements = sorted(name for name in os.listdir(folder) if name.lower().endswith(".md"))
    advice = "write it, or remove the folder; `grader new` shows what a problem consists of"
    if len(statements) == 1:
        advice = f"if {statements[0]} is the statement, rename it to spec.md"
    return f"{shown_path(folder)} has no spec.md, so the problem is unfinished; {advice}"


def heading(folder: str, slug: str) -> Heading:
    """Return the fields of the problem in `folder` that a listing shows.

    Raises:
        SpecError: if its front matter is invalid
    """
    path = os.path.join(folder, "spec.md")
    found: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = dict.fromkeys(_LISTS, ())
    is_simple = True
    with open(path, encoding="utf-8", errors="replace") as file:
        file.readline()
        for line in file:
            if line.rstrip() == "---":
                break
            if match := _SIMPLE.fullmatch(line.rstrip("\n")):
                found[match[1]] = (match[2] if match[2] is not None else match[3]).strip()
            elif match := _SIMPLE_LIST.fullmatch(line.rstrip("\n")):
                lists[match[1]] = tuple(part.strip() for part in match[2].split(",") if match[2])
            elif line.startswith(_LISTS):
                is_simple = False
    names = [found[key] for key in ("function", "class") if key in found]
    names += [", ".join(lists[key]) for key in ("functions",) if lists.get(key)]
    if is_simple and names and all(key in found for key in _SHOWN):
        title, difficulty, category = (found[key] for key in _SHOWN)
        after, tags = lists.get("after", ()), lists.get("tags", ())
        is_class = "class" in found
        return Heading(slug, title, difficulty, category, names[0], after, tags, is_class)
    from grader.bank.load import read_spec  # slow: it imports the YAML parser

    spec = read_spec(folder)
    return Heading(
        slug,
        spec.title,
        spec.difficulty,
        spec.category,
        ", ".join(spec.names),
        spec.after,
        spec.tags,
        bool(spec.class_name),
    )
