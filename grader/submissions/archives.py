"""Reads .zip archives within limits, without unpacking them to disk.

A class's archive may be large; a student's may not. No more is read of a member than it may hold,
whatever the archive says about its size.
"""

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
    environments_in,
    is_left_behind,
    is_program,
    is_tar,
    is_within,
    label,
    limit_name,
    split_locator,
)
from grader.submissions.source import max_bytes_of, too_large
from grader.submissions.tars import TooLargeError, as_zip

MAX_MEMBERS = 2000  # of a student's archive
MAX_ENTRIES = 30_000  # with those that are skipped
MAX_TOTAL_BYTES = 32 << 20  # of a student's archive, and of all programs in it
EMPTY_FOLDER_FLAW = "the folder contains no file to grade"
LEADS_OUT_FLAW = "the file has a path that leads out of its archive"
LINK_FLAW = "the file is a link; submit the file itself"
NOT_A_FILE_FLAW = "the file is not an ordinary file"
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
_LEADS_OUT = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)|.*\0", re.S)
_ENTRY = b"PK\1\2"  # the first bytes of each entry of an archive's directory
_ENTRY_BYTES = 46  # without name, extra data and comment
# Of an entry. `zipfile` reads it in a time that grows with the square of its size.
_MAX_EXTRA_BYTES = 4096


class Archive(NamedTuple):
    """The directory of an archive: its members by name, and the names that it lists twice."""

    members: Mapping[str, zipfile.ZipInfo]
    repeated: frozenset[str]

    def read(self, file: BinaryIO, name: str, max_bytes: int) -> tuple[bytes, str]:
        """Return the content of a member, and why it could not be read."""
        info = self.members.get(name)
        if info is None:
            return b"", f"there is no file {label(name)} in the archive"
        return _read_member(file, info, name, max_bytes)

    def tops(self) -> set[str]:
        """Return the names at the top, those of folders with "/" at their end."""
        names = (name for name in self.members if not is_left_behind(name))
        return {"".join(name.partition("/")[:2]) for name in names}

    def files(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield name, flaw and notes of each file that is not skipped."""
        names: list[str] = []
        folders: list[str] = []
        environments = environments_in(self.members)
        for name, info in self.members.items():
            if is_left_behind(name) or (environments and is_within(f"{name}/", environments)):
                continue
            short, flaw = limit_name(name)
            if flaw:
                yield short, flaw, ()
                continue
            if name.endswith("/"):
                folders.append(name)
                continue
            names.append(name)
            twice = name in self.repeated
            notes = ("the archive has two files of this name; the last is used",) if twice else ()
            yield name, _flaw_of(info, name), notes
        for name in empty_folders(folders, names):
            yield name, EMPTY_FOLDER_FLAW, ()


def _open_archive(file: BinaryIO) -> Archive:
    members: dict[str, zipfile.ZipInfo] = {}
    repeated = set()
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            name = _name_of(info)
            if name in members:
                repeated.add(name)
            members[name] = info
    return Archive(members, frozenset(repeated))


def open_content(name: str, content: bytes) -> tuple[Archive, bytes]:
    """Return the directory of a student's archive, and the .zip archive that it is in.

    Args:
        name: of the file, which says whether it is a tar archive

    Raises:
        one of `DAMAGED`: if it is damaged or too large
    """
    if is_tar(name):
        content = as_zip(content, 2 * MAX_TOTAL_BYTES, MAX_ENTRIES)
    return _open_archive(io.BytesIO(content)), content


@lru_cache(maxsize=1)
def cached_tar(path: str, stamp: tuple[int, ...]) -> tuple[Archive, bytes]:
    """Return the directory of a tar archive, and its content as a .zip archive."""
    with open(path, "rb") as file:
        return open_content(path, file.read(MAX_TOTAL_BYTES))


# An archive's directory is read once, not for each of its files. The archive is not kept open,
# because the last attempt may be judged hours after the first.
@lru_cache(maxsize=2)
def cached_archive(path: str, stamp: tuple[int, ...]) -> Archive:
    """Return the directory of an archive; `stamp` changes when the file does."""
    with open(path, "rb") as file:
        return _open_archive(file)


@lru_cache(maxsize=1)
def cached_inner_archive(path: str, stamp: tuple[int, ...], name: str) -> tuple[Archive, bytes]:
    """Return the directory and the content of a .zip archive inside an archive."""
    with open(path, "rb") as file:
        content, flaw = cached_archive(path, stamp).read(file, name, MAX_TOTAL_BYTES)
    if flaw:
        raise zipfile.BadZipFile(flaw)
    return open_content(name, content)


def file_stamp(path: str) -> tuple[int, ...]:
    """Return numbers that change when the file does."""
    about = os.stat(path)
    return about.st_ino, about.st_size, about.st_mtime_ns


def open_students_archive(locator: str) -> tuple[Archive | None, str]:
    """Return a student's archive, or why it is not read.

    Raises:
        one of `DAMAGED`: if it is damaged
    """
    path, *members = split_locator(locator)
    too_large = f"the archive is larger than {MAX_TOTAL_BYTES >> 20} MiB"
    with open(path, "rb") as file:
        if members:
            archive = cached_archive(path, file_stamp(path))
            info = archive.members.get(members[0])
            if info is not None and info.file_size > MAX_TOTAL_BYTES:
                return None, too_large
            content, flaw = archive.read(file, members[0], MAX_TOTAL_BYTES)
        else:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_TOTAL_BYTES:
                return None, too_large
            content, flaw = file.read(size), ""
    if flaw:
        return None, flaw
    # Before its directory is read, because a small archive may list millions of files. Those that
    # are skipped, such as installed packages, count for nothing else.
    if content.count(_ENTRY) > MAX_ENTRIES:
        return None, f"the archive contains more than {MAX_ENTRIES} files and folders"
    if any(size > _MAX_EXTRA_BYTES for size in _extra_sizes(content)):
        return None, "the archive has too much data about its files; make an ordinary .zip archive"
    try:
        return open_content(split_locator(locator)[-1], content)[0], ""
    except TooLargeError:
        limit = f"{2 * MAX_TOTAL_BYTES >> 20} MiB or {MAX_ENTRIES} files"
        return None, f"the archive is larger than {limit} when it is unpacked"


def _extra_sizes(content: bytes) -> Iterator[int]:
    """Yield the size of the extra data of each entry but the last of an archive's directory.

    By chance, a file has the first bytes of an entry, too, but not those of another one behind it.
    """
    at = content.find(_ENTRY)
    while at >= 0:
        sizes = struct.unpack("<3H", content[at + 28 : at + 34].ljust(6, b"\0"))
        if content.startswith(_ENTRY, at + _ENTRY_BYTES + sum(sizes)):
            yield sizes[1]
        at = content.find(_ENTRY, at + 1)


def _name_of(info: zipfile.ZipInfo) -> str:
    """Return the name of a member. Many programs write UTF-8 without declaring it."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):  # then it is in the declared encoding, that of MS-DOS
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/").removeprefix("./")


def _flaw_of(info: zipfile.ZipInfo, name: str) -> str:
    """Return why a member may not be read, judging by the archive's directory."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if _LEADS_OUT.match(name):
        return LEADS_OUT_FLAW
    if kind == stat.S_IFLNK:
        return LINK_FLAW
    if kind not in (0, stat.S_IFREG):
        return NOT_A_FILE_FLAW
    if info.flag_bits & 1:
        return "the file is encrypted; submit it without a password"
    if is_program(name) and info.file_size > max_bytes_of(name):
        return f"the file is {too_large(name)}"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The decompressors of zipfile for bzip2 and LZMA cannot be stopped at a size.
        return "the file is compressed in an unusual way; make an ordinary .zip archive"
    return ""


def _read_member(
    file: BinaryIO, info: zipfile.ZipInfo, name: str, max_bytes: int
) -> tuple[bytes, str]:
    """Unpack a member, up to the size that the archive declares and up to `max_bytes`."""
    if flaw := _flaw_of(info, name):
        return b"", flaw
    if info.file_size > max_bytes:
        return b"", f"the file is larger than {max_bytes >> 20} MiB"
    file.seek(info.header_offset)
    header = file.read(30)
    file.seek(sum(struct.unpack("<HH", header[26:30])), os.SEEK_CUR)
    # The worst that "deflate" makes of a file is an eighth larger.
    content = file.read(min(info.compress_size, info.file_size + info.file_size // 4 + 1024))
    if info.compress_type == zipfile.ZIP_DEFLATED:
        content = zlib.decompressobj(-15).decompress(content, info.file_size + 1)
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        return b"", "the file is damaged in its archive, or larger than the archive says"
    return content, ""
