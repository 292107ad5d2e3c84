"""Errors, by who has to correct them, and the exit codes of the commands.

    GraderError
    ├── UsageError      the command or call cannot be carried out as given (exit code 2)
    │   └── PreloadError         a module under `preload` cannot be loaded on this machine
    ├── SpecError       a problem's files are invalid (exit code 2)
    ├── NeedsMoreTime   a program was given less time than its problem allows, and needs more
    └── SandboxError    the grader failed to run a submission (verdict JUDGE_ERROR, exit code 3)
        └── OutOfResources       the machine has too few resources, for now
            ├── TooManyOpenFiles     file descriptors
            └── TooManyProcesses     processes or memory

A student's mistake is not an exception but a verdict, which is data (see `model.judgement`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

EXIT_ACCEPTED = 0  # or done, if the command judges nothing
EXIT_NOT_ACCEPTED = 1
EXIT_USAGE = 2  # the command or a problem's files are invalid, or a disk cannot be used
EXIT_INTERNAL_ERROR = 3
EXIT_INTERRUPTED = 130  # as shells report SIGINT


class Location(NamedTuple):
    """A location in a file; lines and columns count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Diagnostic(NamedTuple):
    """An error at a location: what was expected and what was found."""

    at: Location
    text: str

    def __str__(self) -> str:
        return f"{self.at}: {self.text}"


class GraderError(Exception):
    """Base class of the grader's exceptions; the text is a message for users."""


class UsageError(GraderError):
    """A command or call cannot be carried out as given; the text says why, or what to do."""


class PreloadError(UsageError):
    """Modules that a problem wants to be loaded in advance cannot be loaded on this machine."""

    def __init__(self, modules: Sequence[str], reason: str) -> None:
        of_several = "and not all of these modules can be loaded here"
        why = "which cannot be loaded here" if len(modules) == 1 else of_several
        super().__init__(
            f"the key `preload` names {', '.join(modules)}, {why}: {reason}; install what is"
            " missing, or correct `preload` in spec.md"
        )


class NeedsMoreTime(GraderError):
    """A program was given less time than its problem allows, and needs more: judge it again."""


class SandboxError(GraderError):
    """The grader failed, not the submission: nobody loses a point for it."""


class OutOfResources(SandboxError):
    """The machine, a container or a limit grants no more resources; a later try may succeed."""


class TooManyOpenFiles(OutOfResources):
    """No file descriptors are left."""


class TooManyProcesses(OutOfResources):
    """No more processes can be started, or no memory is left."""


class SpecError(GraderError):
    """All errors in a problem's files, each with its location."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


def spec_error(at: Location, text: str) -> SpecError:
    """Return a SpecError with a single error, to be raised."""
    return SpecError([Diagnostic(at, text)])


class Diagnostics:
    """Collects errors from many steps, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def add(self, at: Location, text: str) -> None:
        """Add an error."""
        self.found.append(Diagnostic(at, text))

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Add the errors of a SpecError raised inside the block, and continue after the block."""
        try:
            yield
        except SpecError as error:
            self.found.extend(error.diagnostics)

    def raise_any(self) -> None:
        """Raise the errors found so far, sorted by file and line.

        Raises:
            SpecError: if there are any
        """
        if self.found:
            raise SpecError(sorted(set(self.found)))


def shown_path(path: str) -> str:
    """Return a path for a message: relative to the current folder if inside it, else unchanged."""
    import os

    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # the current folder was removed
        return path
    full = os.path.realpath(path)
    if full == here:
        return os.curdir
    inside = here.rstrip(os.sep) + os.sep
    return full.removeprefix(inside) if full.startswith(inside) else path


def describe_failure(error: BaseException) -> str:
    """Return the kind of an unexpected exception and where it was raised, for a report or a log.

    The text of the exception is left out, as it may quote a hidden case.
    """
    import traceback  # only failures need it

    where = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.split(".")[0] == __name__.split(".")[0]:
            where = f" in {module}, line {line}"
    return type(error).__name__ + where


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the end of a message about an unknown word: the nearest known word, else all."""
    near = nearest(word, known)
    if near is not None:
        return f"; did you mean {near!r}?"
    return f"; known: {', '.join(known)}" if known else ""


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that was probably meant, or None."""
    from difflib import get_close_matches  # slow to import, and only failing commands need it

    lower = {each.lower(): each for each in known}
    near = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near else None
