"""The files of a student's bundle, each read once, in the order in which they are preferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from grader.model.entry_point import Module
from grader.model.problem import Submission
from grader.submissions.budget import Budget
from grader.submissions.filenames import label, natural_key
from grader.submissions.files import open_archive, read_at
from grader.submissions.layouts import SubmittedFile
from grader.submissions.matches import FileEvidence, ProblemRef, is_starter, only_assigns
from grader.submissions.modules import first_words, imported_words, modules_of
from grader.submissions.source import (
    defined_names,
    flaw_of,
    possible_names,
    program_in,
)
from grader.values.dataclasses import dataclass

_MAX_HELD_BYTES = 8 << 20  # of a student's sources kept in memory while files are chosen


@dataclass(frozen=True)
class Look:
    """A file, and what reading it once has shown.

    Attributes:
        source: None if it was not kept; it is read again if the file is judged
        flaw: why the file cannot be read; empty if it can
    """

    file: SubmittedFile
    source: bytes | None = b""
    flaw: str = ""
    names: frozenset[str] = frozenset()
    possible_names: frozenset[str] = frozenset()
    cells: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The name of the file for notes."""
        return label(self.file.name or self.file.file.name)

    def is_starter_of(self, problem: ProblemRef) -> bool:
        """Return whether it has the problem's starter, unchanged."""
        return self.source is not None and is_starter(self.source, problem)

    def only_assigns(self, problem: ProblemRef) -> bool:
        """Return whether a file that defines the problem's function does so without a statement."""
        return self.source is not None and only_assigns(self.source, problem)

    @property
    def evidence(self) -> FileEvidence:
        file = self.file
        return FileEvidence(self.names, file.name, file.problem, not self.flaw, self.possible_names)


def may_be_judged(file: SubmittedFile) -> bool:
    """Return whether a file is a program or has a flaw, such as a broken archive."""
    return file.file.is_program or bool(file.file.flaw)


def opened(files: Iterable[SubmittedFile], budget: Budget) -> Iterator[SubmittedFile]:
    """Yield the files, with those of each archive in place of it."""
    for file in files:
        if not file.file.is_archive or file.file.flaw:
            yield file
            continue
        if budget.flaw:
            yield replace(file, file=replace(file.file, flaw=budget.flaw))
            continue
        with budget.timed():
            inner = open_archive(file.file)
        for each in inner:
            name = "/".join(filter(None, (file.name, each.inside)))
            yield replace(file, file=each, name=name)


def read_in_order_of_preference(files: Iterable[SubmittedFile], budget: Budget) -> list[Look]:
    """Read the files and sort them: readable ones first, then programs, the newest, by name.

    Of equally new programs, empty and damaged ones come last, such as an empty __init__.py.
    """
    looks = []
    held = 0
    for file in files:
        look = _look(file, budget)
        held += len(look.source or b"")
        looks.append(look if held <= _MAX_HELD_BYTES else replace(look, source=None))
    return sorted(looks, key=_preference)


def _look(file: SubmittedFile, budget: Budget) -> Look:
    if flaw := file.file.flaw or budget.flaw:
        return Look(file, flaw=flaw)
    with budget.timed():
        source, flaw, cells = _read(file)
        names = frozenset(defined_names(source))
        possible = frozenset(possible_names(source))
    budget.take_file(len(source))
    return Look(file, source, flaw, names, possible, cells)


def _read(file: SubmittedFile) -> tuple[bytes, str, tuple[int, ...]]:
    return program_in(*read_at(file.file.locator), file.file.locator)


def _preference(look: Look) -> tuple[object, ...]:
    name = look.file.name
    is_program = look.file.file.is_program
    is_damaged = look.source is not None and bool(flaw_of(look.source, look.cells))
    return bool(look.flaw), not is_program, -look.file.newer, is_damaged, natural_key(name), name


class Library:
    """The files of a bundle, as modules that the others may import."""

    def __init__(self, looks: Iterable[Look]) -> None:
        self._looks = {look.file.name: look for look in looks if not look.flaw and not look.cells}
        self._labels = {name: look.label for name, look in self._looks.items()}
        self._words = first_words(self._looks)
        self._lent: set[str] = set()

    def modules_for(self, look: Look, source: bytes) -> tuple[tuple[Module, ...], str]:
        """Return the modules that a program may import, and a note if some are left out."""
        if self._words.isdisjoint(imported_words(source)):
            return (), ""
        return modules_of(look.file.name, source, self._labels, self._read)

    def has_lent(self, look: Look) -> bool:
        """Return whether another file may import this one."""
        return look.file.name in self._lent

    def _read(self, name: str) -> bytes:
        self._lent.add(name)
        return _source_of(self._looks[name])[0]


def _source_of(look: Look) -> tuple[bytes, str]:
    return (look.source, look.flaw) if look.source is not None else _read(look.file)[:2]


def submission_of(look: Look, student: str, library: Library) -> Submission:
    """Return the submission in a file, with the modules that it may import."""
    source, flaw = _source_of(look)
    flaw = flaw or flaw_of(source, look.cells)
    modules, note = library.modules_for(look, source) if not flaw else ((), "")
    return Submission(
        source,
        look.file.file.locator,
        student,
        flaw,
        cells=look.cells,
        modules=modules,
        notes=(note,) if note else (),
    )
