"""A tar archive as a .zip archive in memory, so that it is read by the same rules and limits.

No more is unpacked than a student may submit. Links, devices and sparse files keep their kind, by
which they are refused.

The headers are read here and not by `tarfile`, whose work is not bounded by the archive's size: it
tries a quadratic pattern on an extended header (CVE-2024-6232), calls itself for each of several
extended headers in a row, and copies a global one for each file. Here, each block is read once.

Source: POSIX.1-2017, "pax Interchange Format" and "ustar Interchange Format"; GNU tar 1.35 manual,
"Basic Tar Format" and "Storing Sparse Files"
"""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple, Protocol

_XZ_MEMORY = 64 << 20  # bytes that a decompressor may ask for
_BLOCK = 512  # bytes of a header; contents are padded to a multiple
_RECORDS = 32  # in extended headers for each member; macOS writes about ten
_KINDS = {
    b"0": stat.S_IFREG,
    b"\0": stat.S_IFREG,
    b"1": stat.S_IFLNK,  # a hard link
    b"2": stat.S_IFLNK,
    b"5": stat.S_IFDIR,
}
_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"5", b"6")  # links, devices, folders, pipes
_LONG_NAME = b"L"  # of the next member
_PAX = (b"x", b"X")  # records about the next member
_IGNORED = (b"K", b"g")  # where a link leads to; records about all members
_SPARSE = b"S"


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class TooLargeError(ValueError):
    """More is packed in an archive than may be unpacked."""


class _Member(NamedTuple):
    """A file, folder or link in a tar archive.

    Attributes:
        kind: as in `stat`; that of a device if it is neither of the three
        start: where its content begins
        end: where its content ends
    """

    name: str
    kind: int
    start: int
    end: int


def as_zip(content: bytes, max_bytes: int, max_members: int) -> bytes:
    """Return a .zip archive with the members of a tar archive, not compressed.

    Args:
        max_bytes: maximum size of the tar archive when it is unpacked

    Raises:
        TooLargeError: if it is larger, or has more members
        ValueError, OSError, EOFError: if it is damaged
    """
    plain = _unpacked(content, max_bytes)
    buffer = io.BytesIO()
    members: dict[str, _Member] = {}  # of two with one name, the last
    for number, member in enumerate(_members(plain, _RECORDS * max_members)):
        if number >= max_members:
            raise TooLargeError
        members[member.name] = member
    try:
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, member in members.items():
                info = zipfile.ZipInfo(name)
                is_file = member.kind == stat.S_IFREG
                if member.kind != stat.S_IFDIR:
                    info.external_attr = (member.kind | 0o644) << 16
                archive.writestr(info, plain[member.start : member.end] if is_file else b"")
    except (zipfile.LargeZipFile, struct.error) as error:  # such as a name of 64 KiB
        raise ValueError(str(error)) from None
    return buffer.getvalue()


def _members(plain: bytes, max_records: int) -> Iterator[_Member]:
    """Yield the members of a tar archive.

    Args:
        max_records: maximum number of records in all extended headers together

    Raises:
        ValueError: if the archive is damaged
    """
    at = 0
    records = 0
    known: dict[bytes, bytes] = {}  # what extended headers say about the next member
    while _is_header(header := plain[at : at + _BLOCK]):
        kind = header[156:157]
        is_extended = kind == _LONG_NAME or kind in _PAX or kind in _IGNORED
        size = _number(header[124:136])
        if b"size" in known and not is_extended:
            size = int(known[b"size"])
        at += _BLOCK
        if kind == _SPARSE:
            at = _after_sparse_map(plain, at, header[482])
        end = at if kind in _WITHOUT_CONTENT else at + size
        after = end + -end % _BLOCK
        if end < at or after > len(plain):
            raise ValueError("a file is longer than the archive")
        if kind == _LONG_NAME:
            known.setdefault(b"path", _until_null(plain[at:end]))
        elif kind in _PAX:
            found: dict[bytes, bytes] = {}  # of one key in a header, the last record counts
            for key, value in _pax_records(plain[at:end]):
                found[key] = value
                records += 1
                if records > max_records:
                    raise ValueError("there are too many records")
            for key, value in found.items():
                known.setdefault(key, value)
        elif not is_extended:
            yield _member(header, known, at, end)
            known = {}
        at = after
    # Whatever follows the last header is ignored, as other programs do.
    if known or (at == 0 and plain[:_BLOCK] != bytes(_BLOCK)):
        raise ValueError("expected a header")


def _is_header(block: bytes) -> bool:
    """Return whether a block has the checksum of a header, as signed or unsigned bytes."""
    if len(block) < _BLOCK:
        return False
    summed = block[:148] + b" " * 8 + block[156:]
    try:
        return _number(block[148:156]) in (sum(summed), sum(memoryview(summed).cast("b")))
    except ValueError:
        return False


def _number(field: bytes) -> int:
    """Return the number in a field of a header: octal digits or, with the first bit set, binary.

    Raises:
        ValueError: if it is something else
    """
    if field[0] & 0x80:
        # A negative number becomes larger than any archive.
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    return int(_until_null(field).strip() or b"0", 8)


def _after_sparse_map(plain: bytes, at: int, has_more: int) -> int:
    """Return where the content of a sparse file begins, behind the blocks that list its parts."""
    while has_more and at + _BLOCK <= len(plain):
        has_more = plain[at + 504]
        at += _BLOCK
    return at


def _pax_records(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    r"""Yield key and value of each record of an extended header, written `length key=value\n`.

    Raises:
        ValueError: if a record is invalid
    """
    at = 0
    while at < len(content) and content[at]:
        digits = content[at : at + 20].partition(b" ")[0]
        end = at + int(digits) if digits.isdigit() else at
        key, equals, value = content[at + len(digits) + 1 : end - 1].partition(b"=")
        if not equals or content[end - 1 : end] != b"\n":
            raise ValueError("a record of an extended header is invalid")
        yield key, value
        at = end


def _member(header: bytes, known: dict[bytes, bytes], start: int, end: int) -> _Member:
    """Return the member that a header describes.

    Args:
        known: what the extended headers in front of it say
    """
    kind = _KINDS.get(header[156:157], stat.S_IFCHR)
    path = _until_null(header[:100])
    prefix = _until_null(header[345:500])
    if prefix and header[156:157] != _SPARSE:
        path = prefix + b"/" + path
    path = known.get(b"GNU.sparse.name") or known.get(b"path") or path
    if any(key.startswith(b"GNU.sparse.") for key in known):
        kind = stat.S_IFCHR
    # Before 1988, a folder was a file whose name ends in this way.
    if header[156:157] == b"\0" and path.endswith(b"/"):
        kind = stat.S_IFDIR
    text = path.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()
    name = text.replace("\0", "\ufffd")
    return _Member(f"{name.rstrip('/')}/" if kind == stat.S_IFDIR else name, kind, start, end)


def _until_null(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _unpacked(content: bytes, max_bytes: int) -> bytes:
    """Return the tar archive itself, whatever it is packed with."""
    unpack: _Decompressor
    if content.startswith(b"\x1f\x8b"):
        unpack = zlib.decompressobj(31)
    elif content.startswith(b"BZh"):
        unpack = bz2.BZ2Decompressor()
    elif content.startswith(b"\xfd7zXZ\0"):
        unpack = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    else:
        if len(content) > max_bytes:
            raise TooLargeError
        return content
    try:
        plain = unpack.decompress(content, max_bytes + 1)
    except (zlib.error, lzma.LZMAError) as error:
        raise ValueError(str(error)) from None
    if len(plain) > max_bytes:
        raise TooLargeError
    return plain
