"""The files of a problem as checks need them: locations in them, and what their lists contain."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from grader.bank.partial_fields import PARTIAL, RawPartial
from grader.bank.problem_files import read_text
from grader.bank.raw import RawExcuse, RawExcusedWarning, RawExcuses
from grader.bank.schema import MUTANTS
from grader.errors import Location, shown_path
from grader.yaml_reader.nodes import Node, parse


class AuthorFiles:
    """The files that the author of a problem wrote.

    Attributes:
        folder: of the problem
        solutions: the folder of its solutions; None without one
    """

    def __init__(self, folder: str, solutions: str | None) -> None:
        self.folder = folder
        self.solutions = solutions

    # Locations -----------------------------------------------------------------------------------

    @property
    def spec(self) -> Location:
        return self.at("spec.md")

    @property
    def reference(self) -> Location:
        return self.at("reference.py", hidden=True)

    def at(self, name: str, hidden: bool = False, line: int = 1, column: int = 1) -> Location:
        """Return a location in a file of the problem, or of its solutions."""
        folder = self.solutions if hidden and self.solutions else self.folder
        return Location(os.path.relpath(os.path.join(folder, name)), line, column)

    def at_misconception(self, slug: str) -> Location:
        return self._slugs.get(slug, self.at("wrong.yaml", hidden=True))

    @cached_property
    def _slugs(self) -> dict[str, Location]:
        nodes = self.listed("wrong.yaml", "misconceptions", hidden=True)
        slugs = [slug for node in nodes if (slug := node.get("slug")) is not None]
        return {slug.text or "": slug.at for slug in slugs}

    # Lists ---------------------------------------------------------------------------------------

    def listed(self, name: str, key: str, hidden: bool) -> list[Node]:
        """Return the entries of a list in a YAML file; [] if the file does not exist."""
        root = self._yaml(name, hidden)
        listed = root.get(key) if root is not None else None
        return listed.items() if listed is not None else []

    @cached_property
    def partial(self) -> tuple[RawPartial, ...]:
        """The entries of partial.yaml."""
        root = self._yaml("partial.yaml", hidden=True)
        return PARTIAL.read(root) if root is not None else ()

    @property
    def excuses(self) -> tuple[RawExcuse, ...]:
        """The mutants that the author says are equivalent to the reference, with the reason."""
        return self._excused.mutants

    @property
    def excused_warnings(self) -> tuple[RawExcusedWarning, ...]:
        """The warnings that the author has looked into, with the reason why they do not apply."""
        return self._excused.warnings

    @cached_property
    def _excused(self) -> RawExcuses:
        root = self._yaml("mutants.yaml", hidden=True)
        return MUTANTS.read(root) if root is not None else RawExcuses()

    def _yaml(self, name: str, hidden: bool) -> Node | None:
        folder = self.solutions if hidden else self.folder
        path = Path(folder or "", name)
        if folder is None or not path.exists():
            return None
        return parse(read_text(path), shown_path(str(path)))
