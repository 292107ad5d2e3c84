"""Read .zip archives without unpacking them, within limits."""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import BinaryIO, NamedTuple

from grader.submissions.filenames import (
    empty_folders,
    is_program,
    is_skipped,
    shown,
    split_locator,
)
from grader.submissions.source import most_bytes, too_large

MAX_MEMBERS = 2000  # of a student's archive,
MAX_TOTAL_BYTES = 32 << 20  # the size of it, and of all programs in it
ASTRAY = "the file has a path that leads out of its archive"
_LEADS_OUT = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)|.*\0", re.S)
LINK_FLAW = "the file is a link; hand in the file itself"
NOT_A_FILE_FLAW = "the file is not an ordinary file"
_ENTRY = b"PK\1\2"  # with which each entry of an archive's directory begins
# What reading a damaged archive may raise.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
)


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
            if any(map(is_skipped, parts)):
                continue
            if name.endswith("/"):
                folders.append(name)
                continue
            names.append(name)
            twice = name in self.repeated
            notes = ("its name stands in the archive twice: the last is taken",) if twice else ()
            yield name, _flaw_of(info, name), notes
        for name in empty_folders(folders, names):
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
def cached_archive(path: str, stamp: tuple[int, ...]) -> _Archive:
    """Return the directory of an archive; `stamp` changes when the file does."""
    with open(path, "rb") as file:
        return _archive_of(file)


@lru_cache(maxsize=1)
def cached_inner_archive(path: str, stamp: tuple[int, ...], name: str) -> tuple[_Archive, bytes]:
    """Return the directory and the content of a zip file inside an archive."""
    with open(path, "rb") as file:
        content, flaw = cached_archive(path, stamp).content(file, name, MAX_TOTAL_BYTES)
    if flaw:
        raise zipfile.BadZipFile(flaw)
    return _archive_of(io.BytesIO(content)), content


def file_stamp(path: str) -> tuple[int, ...]:
    """What changes when the file does."""
    about = os.stat(path)
    return about.st_ino, about.st_size, about.st_mtime_ns


def open_students_archive(place: str) -> tuple[_Archive | None, str]:
    """A student's archive, or why it is not looked into."""
    path, *members = split_locator(place)
    large = f"the archive is larger than {MAX_TOTAL_BYTES >> 20} MiB"
    with open(path, "rb") as file:
        if members:
            archive = cached_archive(path, file_stamp(path))
            if archive.members[members[0]].file_size > MAX_TOTAL_BYTES:
                return None, large
            content, flaw = archive.content(file, members[0], MAX_TOTAL_BYTES)
        else:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_TOTAL_BYTES:
                return None, large
            content, flaw = file.read(size), ""
    if flaw:
        return None, flaw
    # Asked before its directory is read: a small archive may name millions of files.
    if content.count(_ENTRY) > 2 * MAX_MEMBERS:
        return None, f"the archive holds more than {MAX_MEMBERS} files"
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
        return LINK_FLAW
    if kind not in (0, stat.S_IFREG):
        return NOT_A_FILE_FLAW
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
