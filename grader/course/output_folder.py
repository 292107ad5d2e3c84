"""The output folder of a class: what the grader wrote there, and from which submissions.

The folder is locked, and has a record of the grader's files in `.grader-files.jsonl`. The record
shows which files were changed by hand after the grader wrote them: these must not be overwritten.
It also shows which files an earlier grading wrote and this one does not: these must not be mistaken
for its results.

The record is a line of JSON for each file, added before the file takes its place, so that a grading
that is killed leaves no file that looks changed:

    {"file": "grades.csv", "sha256": "…", "size": 812, "mtime_ns": 1796000000000000000}
    {"source": "/home/me/submissions", "layout": "auto", "pattern": null}
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from grader.course.folder_lock import LOCK, folder_locked
from grader.errors import UsageError
from grader.model.course import Source
from grader.reports.files import whole_file
from grader.values.dataclasses import dataclass
from grader.values.show import listed

RECORD = ".grader-files.jsonl"
TOTAL = "course.json"  # of `grader course`
_MAX_LISTED = 5


@dataclass(frozen=True)
class _Written:
    """A file as the grader wrote it. It is read only if its size or modification time differs."""

    sha256: str
    size: int
    mtime_ns: int


class OutputFolder:
    """An output folder that is locked for this process.

    Attributes:
        sources: origins of the submissions whose grades the folder holds

    Args:
        is_older: whether the grader wrote to the folder before; without a record, any file may
            then be the grader's
    """

    def __init__(self, path: Path, is_older: bool) -> None:
        self.path = path
        self.sources: tuple[Source, ...] = ()
        self._files: dict[str, list[_Written]] = {}
        self._written: set[str] = set()
        record = path / RECORD
        self._adopts = is_older and not record.exists()
        for line in _lines(record):
            self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        try:
            if "source" in line:
                found = Source(str(line["source"]), str(line["layout"]), line["pattern"])
                self.sources = (*self.sources, found)
            else:
                written = _Written(line["sha256"], line["size"], line["mtime_ns"])
                self._files.setdefault(line["file"], []).append(written)
        except (KeyError, TypeError):
            raise UsageError(
                f"{self.path / RECORD} is damaged; remove it, or choose another folder with --out"
            ) from None

    # Before anything is run ----------------------------------------------------------------------

    def protect(self, planned: Iterable[str], overwrite: bool) -> list[str]:
        """Check the files that will be written, and return a sentence for each that was moved.

        Args:
            planned: their paths from the folder
            overwrite: move files that the grader did not write, or that were changed since, to
                another name, instead of refusing to go on

        Raises:
            UsageError: if there are such files, or a file cannot be written
        """
        planned = list(planned)
        folders = [each for each in planned if (self.path / each).is_dir()]
        if folders:
            raise UsageError(f"{self.path / folders[0]} cannot be written: it is a folder")
        changed = [each for each in planned if self._is_changed(each)]
        if changed and not overwrite:
            paths = [str(self.path / each) for each in changed]
            was, them = ("was", "it") if len(changed) == 1 else ("were", "them")
            raise UsageError(
                f"{listed(paths, _MAX_LISTED)} {was} changed since the grader wrote {them}, or"
                f" {was} not written by it, and would be overwritten. Move {them} away, or add"
                f" --overwrite, which keeps {them} under another name. To give a score by hand,"
                " write it under `adjust` in the assignment"
            )
        return [self._moved(each) for each in changed]

    def _is_changed(self, name: str) -> bool:
        """Return whether a file exists that the grader did not write, or that was changed since."""
        path = self.path / name
        try:
            found = path.stat()
        except OSError:
            return False
        known = self._files.get(name, [])
        if not known:
            return not self._adopts
        if any((found.st_size, found.st_mtime_ns) == (it.size, it.mtime_ns) for it in known):
            return False
        if all(found.st_size != it.size for it in known):
            return True
        return _digest(path) not in {it.sha256 for it in known}

    def _moved(self, name: str) -> str:
        path = self.path / name
        number = 1
        while (target := path.with_name(f"{path.stem}.changed-{number}{path.suffix}")).exists():
            number += 1
        try:
            os.rename(path, target)
        except OSError as error:
            raise UsageError(f"{path} cannot be moved: {error.strerror}") from None
        return f"{path} was changed, or was not written by the grader; it is kept as {target.name}"

    def set_sources(self, sources: Sequence[Source]) -> None:
        """Record the origins of the submissions whose grades will be written."""
        self.sources = tuple(sources)
        self._rewrite()

    # Writing -------------------------------------------------------------------------------------

    def write(self, name: str, write: Callable[[TextIO], object]) -> None:
        """Write a file of text, in UTF-8, completely or not at all.

        Raises:
            UsageError: if it cannot be written
        """
        # A name may have bytes that are not UTF-8, which Python reads as surrogates.
        with (
            self._part(name) as part,
            open(part, "w", encoding="utf-8", errors="backslashreplace", newline="") as file,
        ):
            write(file)

    def write_bytes(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        """Write a file of bytes completely or not at all.

        Raises:
            UsageError: if it cannot be written
        """
        with self._part(name) as part, open(part, "wb") as file:
            write(file)

    @contextmanager
    def _part(self, name: str) -> Iterator[str]:
        """Yield the path of a temporary file, which replaces the named one at the end."""
        path = self.path / name
        try:
            if "/" in name:
                path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as part:
                yield part
                self._add(name, Path(part))
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None

    def has_recorded(self, name: str) -> bool:
        """Return whether a file in the folder was written by an earlier command or by this one."""
        return name in self._files and (self.path / name).exists()

    def has_written(self, name: str) -> bool:
        """Return whether this grading has written a file."""
        return name in self._written

    def name_of(self, path: Path) -> str | None:
        """Return the path of a file from the folder; None if it is elsewhere, or is a pipe."""
        if os.path.exists(path) and not path.is_file() and not path.is_dir():
            return None
        try:
            return path.resolve().relative_to(self.path.resolve()).as_posix()
        except ValueError:
            return None

    def _add(self, name: str, path: Path) -> None:
        found = path.stat()
        written = _Written(_digest(path), found.st_size, found.st_mtime_ns)
        with open(self.path / RECORD, "a", encoding="utf-8") as record:
            record.write(_line({"file": name, **asdict(written)}))
        self._files.setdefault(name, []).append(written)
        self._written.add(name)

    # Afterwards ----------------------------------------------------------------------------------

    def finish(self) -> list[str]:
        """Remove files that only earlier gradings wrote; return notes on those removed and kept.

        A file that was changed by hand is kept.
        """
        removed, kept = [], []
        for name in sorted(self._files.keys() - self._written):
            path = self.path / name
            if not path.exists():
                del self._files[name]
            elif self._is_changed(name):
                kept.append(name)
            else:
                _remove(path)
                removed.append(name)
                del self._files[name]
        self._files = {name: known[-1:] for name, known in self._files.items()}
        self._rewrite()
        notes = [
            f"{self.path / name} is from an earlier command and was changed by hand; it is kept"
            for name in kept
        ]
        if removed:
            notes.append(
                f"files that only an earlier command wrote were removed from {self.path}:"
                f" {listed(removed, _MAX_LISTED)}"
            )
        return notes

    def _rewrite(self) -> None:
        lines: list[dict[str, Any]] = [
            {
                "source": os.path.realpath(each.path),
                "layout": each.layout,
                "pattern": each.pattern,
            }
            for each in self.sources
        ]
        for name, known in sorted(self._files.items()):
            lines += [{"file": name, **asdict(each)} for each in known]
        try:
            with whole_file(self.path / RECORD) as part, open(part, "w", encoding="utf-8") as file:
                file.writelines(map(_line, lines))
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written to: {error.strerror}") from None


def own_files(store: str) -> list[str]:
    """Return the names of the files in each output folder that are not in the record."""
    return [RECORD, LOCK, store, *(f"{store}-{end}" for end in ("wal", "shm", "journal"))]


@contextmanager
def output_folder(path: str, store: str) -> Iterator[OutputFolder]:
    """Open and lock an output folder, which is created if it does not exist.

    Args:
        store: name of the store in it

    Raises:
        UsageError: if it cannot be created, written to or locked
    """
    folder = make_folder(path)
    with ExitStack() as stack:
        stack.enter_context(folder_locked(folder))
        yield OutputFolder(folder, is_older=(folder / store).exists())


def recorded_sources(folder: Path) -> tuple[Source, ...]:
    """Return the origins of the submissions whose grades are in a folder; none if it is new.

    Raises:
        UsageError: if the folder cannot be read
    """
    return OutputFolder(folder, is_older=False).sources


def check_is_for_grades(folder: Path) -> None:
    """Check that a folder does not have the total of a course, which a grading would remove.

    Raises:
        UsageError: if it has, or cannot be read
    """
    if OutputFolder(folder, is_older=False).has_recorded(TOTAL):
        raise UsageError(f"{folder} has the total of a course; choose another folder with --out")


def make_folder(path: str | Path) -> Path:
    """Create a folder, with those above it, unless it exists.

    Raises:
        UsageError: if it cannot be created
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UsageError(f"{path} is a file; choose another folder") from None
    except OSError as error:
        raise UsageError(f"the folder {path} cannot be created: {error.strerror}") from None
    return folder


def _lines(record: Path) -> Iterator[dict[str, Any]]:
    try:
        text = record.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{record} cannot be read: {error}") from None
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:  # a power cut ended it
            continue
        if isinstance(found, dict):
            yield found


def _line(fields: dict[str, Any]) -> str:
    return json.dumps(fields) + "\n"


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise UsageError(f"{path} cannot be removed: {error.strerror}") from None
    with suppress(OSError):  # a folder of pages that is not empty
        path.parent.rmdir()


def _digest(path: Path) -> str:
    digest = sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
