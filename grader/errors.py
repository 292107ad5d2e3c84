"""What can go wrong, by whose hand.

    GraderError
    ├── UsageError      the command was given something that does not exist (exit code 2)
    ├── SpecError       the author of a problem wrote something wrong (exit code 2)
    └── SandboxError    we failed to run a submission (verdict JUDGE_ERROR, exit code 3)
        ├── TooManyOpenFiles     the system gives no more descriptors
        └── TooManyProcesses     the system starts no more processes, for now

A student's mistake is none of these: it is a verdict, which is data (see `model.judgement`).

Here are also the exit codes of the commands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

EXIT_ACCEPTED = 0  # or done, where there is nothing to accept
EXIT_NOT_ACCEPTED = 1
EXIT_USAGE = 2  # the command or a problem's files are wrong
EXIT_INTERNAL_ERROR = 3
EXIT_INTERRUPTED = 130  # as shells report SIGINT


class Location(NamedTuple):
    """A place in a file an author wrote; lines and columns count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Diagnostic(NamedTuple):
    """What is wrong at a place, and what would be right."""

    at: Location
    text: str

    def __str__(self) -> str:
        return f"{self.at}: {self.text}"


class GraderError(Exception):
    """The root of our own exceptions; its text is fit to be shown to the reader."""


class UsageError(GraderError):
    """The reader asked for something that is not there; the text says what there is."""


class SandboxError(GraderError):
    """The machinery failed, not the submission: nobody loses a point for it."""


class TooManyOpenFiles(SandboxError):
    """The system gives this process no more descriptors: too many are open."""


class TooManyProcesses(SandboxError):
    """The system starts no more processes, or has no memory for one; worth another try later."""


class SpecError(GraderError):
    """All that is wrong with a problem folder, each with its place."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


def spec_error(at: Location, text: str) -> SpecError:
    """The SpecError of one complaint, to be raised."""
    return SpecError([Diagnostic(at, text)])


class Diagnostics:
    """Collects the complaints of many small steps, so that an author sees them all at once."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def add(self, at: Location, text: str) -> None:
        self.found.append(Diagnostic(at, text))

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Keep what a SpecError inside the block complains of, and go on behind the block."""
        try:
            yield
        except SpecError as error:
            self.found.extend(error.diagnostics)

    def raise_any(self) -> None:
        """Raise what was found, in the order of the files and lines.

        Raises:
            SpecError: if anything was.
        """
        if self.found:
            raise SpecError(sorted(set(self.found)))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The tail of a message about an unknown word: the nearest known one, else all of them."""
    near = nearest(word, known)
    if near is not None:
        return f"; did you mean {near!r}?"
    return f"; known: {', '.join(known)}" if known else ""


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was probably meant, if there is one."""
    from difflib import get_close_matches  # only a failing run needs it

    lower = {each.lower(): each for each in known}
    near = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near else None
