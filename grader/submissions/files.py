"""The files of a folder or an archive, found without reading them.

Students' own archives are looked into, one level deep. Nothing is ever unpacked to a disk, and no
more is read of a file than one may hold, whatever an archive says of its size. What may not be
read (a link, an encrypted file, a path with `..`, a bomb, …) is a `File` with a flaw.

The `place` of a file is its path, and in an archive the paths of archive and member joined by "!";
see `words` for what is written with a backslash. Files that systems leave behind are skipped:
whatever begins with a dot or lies in a folder that does, and the names of `SKIPPED`.
"""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.errors import UsageError
from grader.submissions.archives import (
    DAMAGED,
    LINK_FLAW,
    MAX_MEMBERS,
    MAX_TOTAL_BYTES,
    NOT_A_FILE_FLAW,
    cached_archive,
    cached_inner_archive,
    file_stamp,
    open_students_archive,
)
from grader.submissions.filenames import (
    empty_folders,
    is_program,
    is_skipped,
    make_locator,
    natural,
    shown,
    split_locator,
)
from grader.submissions.source import most_bytes, read_file, too_large

MAX_FILES = 100_000  # of a class


@dataclass(frozen=True)
class File:
    """A file that was handed in.

    Attributes:
        name: its path in what was handed in, with "/"; of a folder without files it ends with "/"
        inside: its path in the student's own archive, which is then what `name` names
        flaw: why it may not be read; empty if it may
        notes: what is odd about it
    """

    name: str
    locator: str
    inside: str = ""
    flaw: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_program(self) -> bool:
        return is_program(self.inside or self.name)


def files_in(path: str) -> list[File]:
    """All files of a folder or an archive, in an order that is always the same.

    Raises:
        UsageError: if it is neither, or if there are too many
    """
    if os.path.isdir(path):
        found = _in_folder(path)
    elif os.path.isfile(path) and path.lower().endswith(".zip"):
        found = _in_class_archive(path)
    elif os.path.exists(path):
        raise UsageError(f"{path} is neither a folder nor a .zip archive of what was handed in")
    else:
        raise UsageError(f"there is no folder or archive {path}")
    files: list[File] = []
    for file in found:
        files.append(file)
        if len(files) > MAX_FILES:
            raise UsageError(f"{path} holds more than {MAX_FILES} files")
    opened = [each for file in files for each in _looked_into(file)]
    ordered = sorted(opened, key=lambda file: (natural(file.name), natural(file.inside), file.name))
    return _with_clashes(ordered)


def read_at(place: str, most: int = 0) -> tuple[bytes, str]:
    """What is in the file at a place, and what kept it from being read."""
    path, *members = split_locator(place)
    if not members:
        content, flaw = read_file(path, most)
        return content, flaw.replace(path, shown(path))
    if not os.path.isfile(path):
        return b"", f"there is no file {shown(path)}"
    most = most or most_bytes(members[-1])
    try:
        archive = cached_archive(path, file_stamp(path))
        if len(members) == 1:
            with open(path, "rb") as file:
                return archive.content(file, members[0], most)
        inner, content = cached_inner_archive(path, file_stamp(path), members[0])
        return inner.content(io.BytesIO(content), members[1], most)
    except DAMAGED:
        return b"", "the archive is damaged; make it anew"


# Folders -----------------------------------------------------------------------------------------


def _in_folder(top: str) -> Iterator[File]:
    waiting = [""]
    folders: list[str] = []
    names: list[str] = []
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(top, folder)) as entries:
                found = list(entries)
        except OSError as error:
            if not folder:
                raise UsageError(f"{top} cannot be read: {error.strerror}") from None
            names.append(folder)
            flaw = f"the folder cannot be read: {error.strerror}"
            yield File(folder, make_locator(os.path.join(top, folder)), flaw=flaw)
            continue
        for entry in found:
            name = folder + entry.name
            if is_skipped(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name + "/")
                folders.append(name + "/")
                continue
            flaw = "" if entry.is_file(follow_symlinks=False) else NOT_A_FILE_FLAW
            flaw = LINK_FLAW if entry.is_symlink() else flaw
            names.append(name)
            if not flaw and is_program(name) and entry.stat().st_size > most_bytes(name):
                flaw = f"the file is {too_large(name)}"
            yield File(name, make_locator(os.path.join(top, name)), flaw=flaw)
    for name in empty_folders(folders, names):
        place = make_locator(os.path.join(top, name))
        yield File(name, place, flaw="the folder holds no file")


def _in_class_archive(path: str) -> Iterator[File]:
    try:
        archive = cached_archive(path, file_stamp(path))
    except DAMAGED as error:
        raise UsageError(f"{path} cannot be read as a .zip archive: {error}") from None
    for name, flaw, notes in archive.files():
        yield File(name, make_locator(path, name), flaw=flaw, notes=notes)


def _looked_into(file: File) -> Iterator[File]:
    """The files in a student's archive, or the file itself if it is none."""
    if file.flaw or not file.name.lower().endswith(".zip"):
        yield file
        return
    try:
        archive, flaw = open_students_archive(file.locator)
    except DAMAGED:
        yield replace(file, flaw="the archive is damaged, or no .zip archive; make it anew")
        return
    found = list(archive.files()) if archive else []
    # Of those that are too large each has its own flaw.
    programs = [name for name, unreadable, _ in found if is_program(name) and not unreadable]
    together = sum(archive.members[name].file_size for name in programs) if archive else 0
    if not flaw and len(found) > MAX_MEMBERS:
        flaw = f"the archive holds more than {MAX_MEMBERS} files"
    if not flaw and together > MAX_TOTAL_BYTES:
        flaw = f"the programs in the archive are larger than {MAX_TOTAL_BYTES >> 20} MiB together"
    if not flaw and not found:
        flaw = "the archive holds no file"
    if flaw:
        yield replace(file, flaw=flaw)
        return
    for name, flaw, notes in found:
        if name.lower().endswith(".zip"):
            flaw = flaw or "the file is an archive in an archive; hand in the files in it"
        place = f"{file.locator}!{make_locator(name)}"
        yield File(file.name, place, name, flaw, (*file.notes, *notes))


# Oddities ----------------------------------------------------------------------------------------


def _with_clashes(files: list[File]) -> list[File]:
    """The same files; those whose names differ only in case, or in how accents are made, say so."""
    clashes: dict[tuple[str, str], list[File]] = {}
    for file in files:
        clashes.setdefault((_folded(file.name), _folded(file.inside)), []).append(file)
    noted = []
    for file in files:
        others = [
            shown(other.inside or other.name)
            for other in clashes[_folded(file.name), _folded(file.inside)]
            if other is not file
        ]
        note = f"its name differs only in case or accents from {', '.join(others[:3])}"
        noted.append(replace(file, notes=(*file.notes, note)) if others else file)
    return noted


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
