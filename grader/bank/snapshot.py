"""The files of a problem at one moment: whether they have changed, and a copy of them.

Editors save by renaming, or in several writes, and leave files of their own beside those of the
author. So a copy is taken only of files that are the same before and after they are read, and
without hidden files and backups. Links are followed, as they are when a problem is loaded; what is
neither a file nor a folder is an error, and never opened, as reading a pipe would not end.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from grader.bank.locate import Bank
from grader.errors import Location, shown_path, spec_error
from grader.values.dataclasses import dataclass

MAX_BYTES = 64 << 20
MAX_FILES = 2_000
_MAX_DEPTH = 8  # of folders
_PARTS = ("problems", "solutions")
_TRIES = 3

# By the path of each file in the bank: size, time and identity, which change when the file does.
Look: TypeAlias = Mapping[str, tuple[int, ...]]


class Unsettled(Exception):
    """The files are being written at the moment."""


@dataclass(frozen=True)
class Snapshot:
    """The files of a problem, by their paths in the bank: "problems/mean/spec.md"."""

    slug: str
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 of all paths and contents, as hexadecimal digits."""
        whole = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            whole.update(f"{len(path)} {path} {len(content)} ".encode("utf-8", "surrogateescape"))
            whole.update(content)
        return whole.hexdigest()

    def packed(self) -> bytes:
        """Return the files as a .zip archive."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in sorted(self.files.items()):
                archive.writestr(path, content)
        return out.getvalue()

    @classmethod
    def unpacked(cls, slug: str, content: bytes) -> Snapshot:
        """Return the snapshot that was packed.

        Raises:
            ValueError: if it is damaged
        """
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return cls(slug, {name: archive.read(name) for name in archive.namelist()})
        except (zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(str(error)) from None

    def write(self, folder: Path) -> Bank:
        """Write the files to a new folder that only its owner can read.

        Returns:
            the bank in it, with this problem alone

        Raises:
            OSError: if they cannot be written; the folder is then incomplete
        """
        folder.mkdir(mode=0o700)
        for part in _PARTS:
            (folder / part).mkdir(mode=0o700)
        for path, content in self.files.items():
            place = folder / path
            _make(place.parent)
            with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        solutions = folder / "solutions"
        return Bank(str(folder / "problems"), str(solutions) if any(solutions.iterdir()) else None)


def look_at(bank: Bank, slug: str) -> Look:
    """Return size, time and identity of each file, without reading it; empty if there are none."""
    return {
        name: (found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)
        for name, _, found in _files(bank, slug)
    }


def take(bank: Bank, slug: str) -> Snapshot:
    """Return a copy of a problem's files.

    Raises:
        SpecError: if they are too many or too large, or one cannot be read or is not a file
        Unsettled: if they are being written
    """
    for _ in range(_TRIES):
        before = look_at(bank, slug)
        files: dict[str, bytes] = {}
        size = 0
        for name, path, found in _files(bank, slug):
            if not stat.S_ISREG(found.st_mode):
                message = "expected a file or a folder, found something else; remove it"
                raise spec_error(Location(shown_path(path)), message)
            if not _is_utf8(name):
                shown = name.encode("utf-8", "backslashreplace").decode()
                at = Location(shown_path(os.path.dirname(path)))
                raise spec_error(at, f"the name of the file {shown} is not UTF-8; rename it")
            size += found.st_size
            if size > MAX_BYTES or len(files) == MAX_FILES:
                at = Location(shown_path(path))
                most = f"{MAX_FILES:,} files and {MAX_BYTES >> 20} MiB"
                raise spec_error(
                    at, f"the problem has more than {most}; remove those that it does not need"
                )
            files[name] = _read(path)
        if before == look_at(bank, slug):
            return Snapshot(slug, files)
    raise Unsettled(slug)


def _files(bank: Bank, slug: str) -> Iterator[tuple[str, str, os.stat_result]]:
    """Yield the files of a problem, each with its path in the bank, its path and its state."""
    for part, root in zip(_PARTS, (bank.problems, bank.solutions), strict=True):
        if root is not None:
            yield from _below(os.path.join(root, slug), f"{part}/{slug}", ())


def _below(
    folder: str, name: str, above: tuple[tuple[int, int], ...]
) -> Iterator[tuple[str, str, os.stat_result]]:
    """Yield the files in a folder and below it.

    Args:
        above: device and number of the folders that it is in, which a link may lead back to
    """
    try:
        entries = sorted(os.listdir(folder))
        found = os.stat(folder)
    except OSError:  # it was removed meanwhile
        return
    here = (found.st_dev, found.st_ino)
    if here in above or len(above) == _MAX_DEPTH:
        return
    for entry in entries:
        if entry.startswith(".") or entry.endswith("~") or entry == "__pycache__":
            continue
        path, below = os.path.join(folder, entry), f"{name}/{entry}"
        try:
            found = os.stat(path)
        except OSError:  # removed meanwhile, or a link to nothing
            continue
        if stat.S_ISDIR(found.st_mode):
            yield from _below(path, below, (*above, here))
        else:
            yield below, path, found


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _make(folder: Path) -> None:
    """Make a folder and those above it, for their owner alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700)


def _read(path: str) -> bytes:
    try:
        # Not blocking: what was a file a moment ago may be a pipe now.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return b""
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return b""  # the look afterwards differs
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise spec_error(Location(shown_path(path)), message) from None
