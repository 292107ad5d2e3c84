"""Lists the files of a folder or an archive, and reads them by their locators.

Students' own archives are opened, one level deep. Nothing is unpacked to disk. A file that may not
be read (a link, an encrypted file, a path with `..`, a zip bomb, …) is a `File` with a flaw. Files
that systems leave behind are skipped: names that begin with a dot, anything in such a folder, and
the names in `filenames.SKIPPED`. So are output folders of the grader, if they contain no program.
"""

from __future__ import annotations

import io
import os
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from grader.errors import UsageError
from grader.submissions.archives import (
    DAMAGED,
    EMPTY_FOLDER_FLAW,
    LINK_FLAW,
    MAX_MEMBERS,
    MAX_TOTAL_BYTES,
    NOT_A_FILE_FLAW,
    Archive,
    cached_archive,
    cached_inner_archive,
    cached_tar,
    file_stamp,
    open_students_archive,
)
from grader.submissions.books import is_book, read_submit, submits_in
from grader.submissions.filenames import (
    ENVIRONMENT,
    OF_ENVIRONMENT,
    empty_folders,
    file_name,
    is_archive,
    is_program,
    is_skipped,
    is_tar,
    kind_of_foreign,
    label,
    limit_name,
    make_locator,
    may_be_work,
    natural_key,
    split_locator,
)
from grader.submissions.source import max_bytes_of, read_file, too_large
from grader.values.dataclasses import dataclass

MAX_FILES = 100_000  # of a class
_MAX_CLASHES = 3  # that a note lists
# In each output folder are the lock and, if something was written, one of the others. The package
# `course` names them. A lock alone is also beside the book of a practice page.
OUTPUT = ".grader.lock"
RECORDS = (".grader-files.jsonl", "store.sqlite")


@dataclass(frozen=True, slots=True)
class File:
    """A submitted file.

    Attributes:
        name: its path in the folder or archive of the class, with "/"; the name of a folder
            without files ends with "/"
        locator: where to read it; see `filenames`
        inside: its path in the student's own archive, if `name` is such an archive
        flaw: why it may not be read; empty if it may
        notes: remarks for the student and the instructor
    """

    name: str
    locator: str
    inside: str = ""
    flaw: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_archive(self) -> bool:
        """Whether it should be an archive of a student's files, judging by its name."""
        return not self.inside and is_archive(self.name)

    @property
    def is_program(self) -> bool:
        """Whether it should be a program or a notebook, judging by its name."""
        return is_program(self.inside or self.name)

    @property
    def may_be_work(self) -> bool:
        """Whether it may hold a student's program: by its name, or a folder that is not read."""
        is_unread = self.name.endswith("/") and self.flaw != EMPTY_FOLDER_FLAW
        return is_unread or may_be_work(self.name)


def list_files(path: str) -> list[File]:
    """Return all files of a folder or an archive, always in the same order.

    Raises:
        UsageError: if it is neither, or contains too many files
    """
    if os.path.isdir(path):
        found = _within_limits(path, _in_folder(path), _tops_of_folder(path))
    elif os.path.isfile(path) and path.lower().endswith(".zip"):
        archive = _class_archive(path)
        found = _within_limits(path, _in_class_archive(path, archive), archive.tops())
    elif os.path.isfile(path) and is_book(path):
        found = (File(each.name, make_locator(path, each.name)) for each in submits_in(path))
    elif os.path.exists(path):
        raise UsageError(f"{path}: expected a folder or a .zip archive of submissions")
    else:
        raise UsageError(f"there is no folder or archive {path}")
    return _note_clashes(sorted(found, key=lambda file: (natural_key(file.name), file.name)))


def _within_limits(path: str, found: Iterable[File], tops: Collection[str]) -> Iterator[File]:
    """Yield the files, of each folder no more than one student may submit.

    Args:
        tops: what is at the top; a folder alone there contains the folders of the students

    Raises:
        UsageError: if there are still too many
    """
    depth = 2 if len(tops) == 1 and all(name.endswith("/") for name in tops) else 1
    counts: Counter[tuple[str, bool]] = Counter()
    total = 0
    for file in found:
        parts = file.name.split("/", depth)
        folder = "/".join(parts[:depth]) if len(parts) > depth else ""
        # Pictures and data do not take the place of programs.
        key = folder, file.is_program or file.is_archive
        counts[key] += bool(folder)
        if counts[key] <= MAX_MEMBERS:
            total += 1
            yield file
        elif counts[key] == MAX_MEMBERS + 1:
            flaw = f"the folder contains more than {MAX_MEMBERS} files; the others were not read"
            yield File(f"{folder}/", file.locator, flaw=flaw)
        if total > MAX_FILES:
            raise UsageError(f"{path} contains more than {MAX_FILES} files")


def read_at(locator: str, max_bytes: int = 0) -> tuple[bytes, str]:
    """Return the content of a file, and why it could not be read.

    Args:
        max_bytes: its maximum size, by default that of a program or notebook of its name
    """
    path, *members = split_locator(locator)
    if not members:
        return read_file(path, max_bytes, file_name(locator))
    if is_book(path):
        return read_submit(path, members[0])
    if not os.path.isfile(path):
        return b"", f"there is no archive {file_name(make_locator(path))}"
    max_bytes = max_bytes or max_bytes_of(members[-1])
    try:
        if is_tar(path):
            archive, content = cached_tar(path, file_stamp(path))
            return archive.read(io.BytesIO(content), members[0], max_bytes)
        archive = cached_archive(path, file_stamp(path))
        if len(members) == 1:
            with open(path, "rb") as file:
                return archive.read(file, members[0], max_bytes)
        inner, content = cached_inner_archive(path, file_stamp(path), members[0])
        return inner.read(io.BytesIO(content), members[1], max_bytes)
    except DAMAGED:
        return b"", "the archive is damaged; create it again"


# Folders -----------------------------------------------------------------------------------------


def _tops_of_folder(path: str) -> list[str]:
    """Return the names at the top of a folder, those of folders with "/" at their end."""
    try:
        with os.scandir(path) as entries:
            return [
                each.name + ("/" if each.is_dir(follow_symlinks=False) else "")
                for each in entries
                if not is_skipped(each.name) and not _is_output(each.path)
            ]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


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
            names.append(folder)
            flaw = f"the folder cannot be read: {error.strerror}"
            yield File(folder, make_locator(os.path.join(top, folder)), flaw=flaw)
            continue
        is_skipped_whole = bool(folder) and _is_output(os.path.join(top, folder))
        if any(entry.name == ENVIRONMENT for entry in found):
            found = [entry for entry in found if entry.name not in OF_ENVIRONMENT]
            is_skipped_whole |= bool(folder) and not any(map(_may_have_work, found))
        if is_skipped_whole:
            folders.remove(folder)
            continue
        for entry in sorted(found, key=lambda entry: entry.name):
            name = folder + entry.name
            if is_skipped(entry.name):
                continue
            short, flaw = limit_name(name)
            if flaw:
                names.append(name)
                yield File(short, make_locator(os.path.join(top, short)), flaw=flaw)
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name + "/")
                folders.append(name + "/")
                continue
            names.append(name)
            yield File(name, make_locator(os.path.join(top, name)), flaw=_flaw_of(entry, name))
    for name in empty_folders(folders, names):
        locator = make_locator(os.path.join(top, name))
        yield File(name, locator, flaw=EMPTY_FOLDER_FLAW)


def _is_output(folder: str) -> bool:
    """Return whether a folder is an output folder, into which nobody has put a program.

    A student may have run the grader in the folder that they submit, with programs anywhere in it.
    """
    has_record = any(os.path.isfile(os.path.join(folder, name)) for name in RECORDS)
    if not has_record or not os.path.isfile(os.path.join(folder, OUTPUT)):
        return False
    try:
        return not any(map(may_be_work, _names_below(folder)))
    except OSError:
        return False


def _names_below(folder: str) -> Iterator[str]:
    """Yield the names of the files in a folder and below, without those that are skipped.

    Raises:
        OSError: if a folder cannot be read
    """

    def fail(error: OSError) -> None:
        raise error

    for _, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if not is_skipped(name)]
        yield from (name for name in names if not is_skipped(name))


def _may_have_work(entry: os.DirEntry[str]) -> bool:
    is_folder = entry.is_dir(follow_symlinks=False)
    return not is_skipped(entry.name) and (is_folder or may_be_work(entry.name))


def _flaw_of(entry: os.DirEntry[str], name: str) -> str:
    """Return why the entry of a folder may not be read; empty if it may."""
    if entry.is_symlink():
        return LINK_FLAW
    if not entry.is_file(follow_symlinks=False):
        return NOT_A_FILE_FLAW
    try:
        is_large = is_program(name) and entry.stat().st_size > max_bytes_of(name)
    except OSError as error:  # it has just been removed
        return f"the file cannot be read: {error.strerror}"
    return f"the file is {too_large(name)}" if is_large else ""


# Archives ----------------------------------------------------------------------------------------


def _class_archive(path: str) -> Archive:
    try:
        return cached_archive(path, file_stamp(path))
    except DAMAGED as error:
        raise UsageError(f"{path} cannot be read as a .zip archive: {error}") from None


def _in_class_archive(path: str, archive: Archive) -> Iterator[File]:
    for name, flaw, notes in archive.files():
        yield File(name, make_locator(path, name), flaw=flaw, notes=notes)


def open_archive(file: File) -> list[File]:
    """Return the files in a student's archive, or the file itself if it is not an archive."""
    opened = sorted(_open(file), key=lambda file: (natural_key(file.inside), file.inside))
    return _note_clashes(opened)


def _kind(file: File) -> str:
    return "tar" if is_tar(file.name) else ".zip"


def _open(file: File) -> Iterator[File]:
    if file.flaw or not file.is_archive:
        yield file
        return
    try:
        archive, flaw = open_students_archive(file.locator)
    except DAMAGED:
        yield replace(
            file, flaw=f"the archive is damaged, or not a {_kind(file)} archive; create it again"
        )
        return
    found = list(archive.files()) if archive else []
    # Programs that are too large each have their own flaw.
    programs = [name for name, unreadable, _ in found if is_program(name) and not unreadable]
    together = sum(archive.members[name].file_size for name in programs) if archive else 0
    if not flaw and len(found) > MAX_MEMBERS:
        flaw = f"the archive contains more than {MAX_MEMBERS} files"
    if not flaw and together > MAX_TOTAL_BYTES:
        flaw = f"the programs in the archive are larger than {MAX_TOTAL_BYTES >> 20} MiB together"
    if not flaw and not found:
        flaw = "the archive contains no file to grade"
    if flaw:
        yield replace(file, flaw=flaw)
        return
    for name, flaw, notes in found:
        if is_archive(name) or kind_of_foreign(name):
            flaw = flaw or "the file is an archive in an archive; submit the files in it"
        locator = f"{file.locator}!{make_locator(name)}"
        yield File(file.name, locator, name, flaw, (*file.notes, *notes))


# Names that look alike ---------------------------------------------------------------------------


def _note_clashes(files: list[File]) -> list[File]:
    """Return the files, with a note on those whose names look alike."""
    clashes: dict[tuple[str, str], list[File]] = {}
    for file in files:
        clashes.setdefault((_folded(file.name), _folded(file.inside)), []).append(file)
    noted = []
    for file in files:
        others = [
            label(other.inside or other.name)
            for other in clashes[_folded(file.name), _folded(file.inside)][: _MAX_CLASHES + 1]
            if other is not file
        ]
        names = ", ".join(others[:_MAX_CLASHES])
        note = f"its name differs only in case, or in how accents are written, from {names}"
        noted.append(replace(file, notes=(*file.notes, note)) if others else file)
    return noted


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
