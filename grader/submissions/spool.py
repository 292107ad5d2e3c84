"""The sources of a class: each file is read once, and what is judged is what was collected.

A file may change while the class is judged, and reading one again for judging, pages and the class
report would convert a notebook or unpack an archive's member each time. Sources are appended to one
temporary file, each after its size; memory holds a digest and a position for each.
"""

from __future__ import annotations

from dataclasses import astuple
from hashlib import sha256
from sys import intern
from tempfile import TemporaryFile
from typing import Any

from grader.model.course import Attempt
from grader.model.entry_point import Module
from grader.model.problem import Submission
from grader.values import Value
from grader.values.decode import decode
from grader.values.encode import encode

_SIZE_BYTES = 8


class SourceSpool:
    """The sources of a class, by the digests of their attempts."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115
        self._positions: dict[str, int] = {}  # by digest

    def __enter__(self) -> SourceSpool:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def add(self, submission: Submission) -> str:
        """Keep the source of a submission, and return the submission's digest."""
        digest = digest_of(submission)
        if digest not in self._positions:
            start = self._file.seek(0, 2)
            record = _record(submission)
            self._file.write(len(record).to_bytes(_SIZE_BYTES) + record)
            self._positions[digest] = start
        return digest

    def submission(self, attempt: Attempt) -> Submission:
        """Return the submission of an attempt that was collected into this spool."""
        self._file.seek(self._positions[attempt.digest])
        size = int.from_bytes(self._file.read(_SIZE_BYTES))
        record: Any = decode(self._file.read(size))
        source, cells, modules = record
        return Submission(
            source,
            attempt.locator,
            attempt.student,
            attempt.flaw,
            cells=tuple(cells),
            modules=tuple(Module(*module) for module in modules),
            notes=attempt.notes,
        )


def _record(submission: Submission) -> bytes:
    """Return everything that is run, as bytes."""
    modules: list[Value] = [[*astuple(module)] for module in submission.modules]
    return encode([submission.source, list(submission.cells), modules])


def digest_of(submission: Submission) -> str:
    """Return a digest that is equal for submissions that run the same, or have the same flaw."""
    # It may quote a name with half a character.
    flaw = submission.flaw.encode("utf-8", "surrogatepass")
    digest = sha256(flaw + b"\0" + submission.source)
    if submission.cells or submission.modules:
        # Of a fixed length, so that no source can end like it.
        digest = sha256(digest.digest() + _record(submission))
    return intern(digest.hexdigest())
