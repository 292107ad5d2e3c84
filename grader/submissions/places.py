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
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import BinaryIO, NamedTuple

from grader.errors import UsageError
from grader.submissions.source import most_bytes, read_file, too_large
from grader.submissions.words import meant, natural, shown

SKIPPED = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "node_modules", "site-packages")
MOST_FILES = 100_000  # of a class
MOST_MEMBERS = 2000  # of a student's archive,
MOST_TOGETHER = 32 << 20  # the size of it, and of all programs in it
ASTRAY = "the file has a path that leads out of its archive"
PROGRAMS = (".py", ".ipynb")

_LEADS_OUT = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)|.*\0", re.S)
_LINK = "the file is a link; hand in the file itself"
_NO_FILE = "the file is not an ordinary file"
_ENTRY = b"PK\1\2"  # with which each entry of an archive's directory begins
# What reading a damaged archive may raise.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
)


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
    place: str
    inside: str = ""
    flaw: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_program(self) -> bool:
        return is_program(self.inside or self.name)


def is_program(name: str) -> bool:
    """Whether a file of this name should be a program, or a notebook."""
    return name.lower().endswith(PROGRAMS)


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
        if len(files) > MOST_FILES:
            raise UsageError(f"{path} holds more than {MOST_FILES} files")
    opened = [each for file in files for each in _looked_into(file)]
    ordered = sorted(opened, key=lambda file: (natural(file.name), natural(file.inside), file.name))
    return _with_clashes(ordered)


def read_place(place: str, most: int = 0) -> tuple[bytes, str]:
    """What is in the file at a place, and what kept it from being read."""
    path, *members = parts_of(place)
    if not members:
        content, flaw = read_file(path, most)
        return content, flaw.replace(path, shown(path))
    if not os.path.isfile(path):
        return b"", f"there is no file {shown(path)}"
    most = most or most_bytes(members[-1])
    try:
        archive = _archive(path, _stamp(path))
        if len(members) == 1:
            with open(path, "rb") as file:
                return archive.content(file, members[0], most)
        inner, content = _inner_archive(path, _stamp(path), members[0])
        return inner.content(io.BytesIO(content), members[1], most)
    except _DAMAGED:
        return b"", "the archive is damaged; make it anew"


def place_of(path: str, *members: str) -> str:
    """The place of a file, or of a member of an archive."""
    path = path.replace(os.sep, "/")
    return "!".join(shown(part, special="!") for part in (path, *members))


def parts_of(place: str) -> list[str]:
    """The path and the members a place was made of."""
    parts = re.findall(r"(?:\A|!)((?:[^\\!]|\\.)*)", place, re.S)
    return [meant(part) for part in parts]


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
            yield File(folder, place_of(os.path.join(top, folder)), flaw=flaw)
            continue
        for entry in found:
            name = folder + entry.name
            if _is_skipped(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name + "/")
                folders.append(name + "/")
                continue
            flaw = "" if entry.is_file(follow_symlinks=False) else _NO_FILE
            flaw = _LINK if entry.is_symlink() else flaw
            names.append(name)
            if not flaw and is_program(name) and entry.stat().st_size > most_bytes(name):
                flaw = f"the file is {too_large(name)}"
            yield File(name, place_of(os.path.join(top, name)), flaw=flaw)
    for name in _empty(folders, names):
        place = place_of(os.path.join(top, name))
        yield File(name, place, flaw="the folder holds no file")


def _empty(folders: Iterable[str], names: Iterable[str]) -> list[str]:
    """The folders below which there is no file; of one in another the outer."""
    full = {""}
    for name in names:
        # From the inside out, and no further than another file has come already.
        while (name := _above(name)) not in full:
            full.add(name)
    empty: dict[str, None] = {}
    for folder in folders:
        if folder not in full:
            # An archive need not name the outer one.
            while _above(folder) not in full:
                folder = _above(folder)
            empty[folder] = None
    return list(empty)


def _above(name: str) -> str:
    """The folder that something is in, with "/" at its end; "" for the outermost."""
    return name[: name.rstrip("/").rfind("/") + 1]


def _is_skipped(part: str) -> bool:
    return part in SKIPPED or (part.startswith(".") and part not in (".", ".."))


# Archives ----------------------------------------------------------------------------------------


class _Archive(NamedTuple):
    """What is in an archive: its members by name, and the names that stand in it more than once."""

    members: Mapping[str, zipfile.ZipInfo]
    repeated: frozenset[str]

    def content(self, file: BinaryIO, name: str, most: int) -> tuple[bytes, str]:
        """What is in a member, and what kept it from being read."""
        info = self.members.get(name)
        if info is None:
            return b"", f"there is no file {shown(name)} in the archive"
        return _content(file, info, name, most)

    def files(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Name, flaw and notes of each file in it that is not skipped."""
        names: list[str] = []
        folders: list[str] = []
        for name, info in self.members.items():
            parts = name.rstrip("/").split("/")
            if any(map(_is_skipped, parts)):
                continue
            if name.endswith("/"):
                folders.append(name)
                continue
            names.append(name)
            twice = name in self.repeated
            notes = ("its name stands in the archive twice: the last is taken",) if twice else ()
            yield name, _flaw_of(info, name), notes
        for name in _empty(folders, names):
            yield name, "the folder holds no file", ()


def _archive_of(file: BinaryIO) -> _Archive:
    members: dict[str, zipfile.ZipInfo] = {}
    repeated = set()
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            name = _name(info)
            if name in members:
                repeated.add(name)
            members[name] = info
    return _Archive(members, frozenset(repeated))


# An archive's directory is read once and not for each of its files. The archive is not kept open:
# the last attempt may be judged hours after the first.
@lru_cache(maxsize=2)
def _archive(path: str, stamp: tuple[int, ...]) -> _Archive:
    with open(path, "rb") as file:
        return _archive_of(file)


@lru_cache(maxsize=1)
def _inner_archive(path: str, stamp: tuple[int, ...], name: str) -> tuple[_Archive, bytes]:
    with open(path, "rb") as file:
        content, flaw = _archive(path, stamp).content(file, name, MOST_TOGETHER)
    if flaw:
        raise zipfile.BadZipFile(flaw)
    return _archive_of(io.BytesIO(content)), content


def _stamp(path: str) -> tuple[int, ...]:
    """What changes when the file does."""
    about = os.stat(path)
    return about.st_ino, about.st_size, about.st_mtime_ns


def _in_class_archive(path: str) -> Iterator[File]:
    try:
        archive = _archive(path, _stamp(path))
    except _DAMAGED as error:
        raise UsageError(f"{path} cannot be read as a .zip archive: {error}") from None
    for name, flaw, notes in archive.files():
        yield File(name, place_of(path, name), flaw=flaw, notes=notes)


def _looked_into(file: File) -> Iterator[File]:
    """The files in a student's archive, or the file itself if it is none."""
    if file.flaw or not file.name.lower().endswith(".zip"):
        yield file
        return
    try:
        archive, flaw = _students_archive(file.place)
    except _DAMAGED:
        yield replace(file, flaw="the archive is damaged, or no .zip archive; make it anew")
        return
    found = list(archive.files()) if archive else []
    # Of those that are too large each has its own flaw.
    programs = [name for name, unreadable, _ in found if is_program(name) and not unreadable]
    together = sum(archive.members[name].file_size for name in programs) if archive else 0
    if not flaw and len(found) > MOST_MEMBERS:
        flaw = f"the archive holds more than {MOST_MEMBERS} files"
    if not flaw and together > MOST_TOGETHER:
        flaw = f"the programs in the archive are larger than {MOST_TOGETHER >> 20} MiB together"
    if not flaw and not found:
        flaw = "the archive holds no file"
    if flaw:
        yield replace(file, flaw=flaw)
        return
    for name, flaw, notes in found:
        if name.lower().endswith(".zip"):
            flaw = flaw or "the file is an archive in an archive; hand in the files in it"
        place = f"{file.place}!{place_of(name)}"
        yield File(file.name, place, name, flaw, (*file.notes, *notes))


def _students_archive(place: str) -> tuple[_Archive | None, str]:
    """A student's archive, or why it is not looked into."""
    path, *members = parts_of(place)
    large = f"the archive is larger than {MOST_TOGETHER >> 20} MiB"
    with open(path, "rb") as file:
        if members:
            archive = _archive(path, _stamp(path))
            if archive.members[members[0]].file_size > MOST_TOGETHER:
                return None, large
            content, flaw = archive.content(file, members[0], MOST_TOGETHER)
        else:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_TOGETHER:
                return None, large
            content, flaw = file.read(size), ""
    if flaw:
        return None, flaw
    # Asked before its directory is read: a small archive may name millions of files.
    if content.count(_ENTRY) > 2 * MOST_MEMBERS:
        return None, f"the archive holds more than {MOST_MEMBERS} files"
    return _archive_of(io.BytesIO(content)), ""


def _name(info: zipfile.ZipInfo) -> str:
    """What a member is called. Many programs write UTF-8 and forget to say so."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):  # then it is what it says: the code page of MS-DOS
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/").removeprefix("./")


def _flaw_of(info: zipfile.ZipInfo, name: str) -> str:
    """Why a member may not be read, by what the archive says of it."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if _LEADS_OUT.match(name):
        return ASTRAY
    if kind == stat.S_IFLNK:
        return _LINK
    if kind not in (0, stat.S_IFREG):
        return _NO_FILE
    if info.flag_bits & 1:
        return "the file is encrypted; hand it in without a password"
    if is_program(name) and info.file_size > most_bytes(name):
        return f"the file is {too_large(name)}"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Those of zipfile for bzip2 and LZMA give all at once, however much it is.
        return "the file is compressed in an unusual way; make an ordinary .zip archive"
    return ""


def _content(file: BinaryIO, info: zipfile.ZipInfo, name: str, most: int) -> tuple[bytes, str]:
    """What is in a member; no more is unpacked than it says it holds, nor than `most`."""
    if flaw := _flaw_of(info, name):
        return b"", flaw
    if info.file_size > most:
        return b"", f"the file is larger than {most >> 20} MiB"
    file.seek(info.header_offset)
    header = file.read(30)
    file.seek(sum(struct.unpack("<HH", header[26:30])), os.SEEK_CUR)
    content = file.read(min(info.compress_size, most + (1 << 16)))
    if info.compress_type == zipfile.ZIP_DEFLATED:
        content = zlib.decompressobj(-15).decompress(content, info.file_size + 1)
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        return b"", "the file is damaged in its archive, or larger than the archive says"
    return content, ""


# Oddities ----------------------------------------------------------------------------------------


def _with_clashes(files: list[File]) -> list[File]:
    """The same files; those whose names differ only in case, or in how accents are made, say so."""
    alike: dict[tuple[str, str], list[File]] = {}
    for file in files:
        alike.setdefault((_folded(file.name), _folded(file.inside)), []).append(file)
    noted = []
    for file in files:
        others = [
            shown(other.inside or other.name)
            for other in alike[_folded(file.name), _folded(file.inside)]
            if other is not file
        ]
        note = f"its name differs only in case or accents from {', '.join(others[:3])}"
        noted.append(replace(file, notes=(*file.notes, note)) if others else file)
    return noted


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
