"""A tar archive as a .zip archive in memory, so that it is read by the same rules and limits.

No more is unpacked than a student may submit. Links, devices and sparse files keep their kind, by
which they are refused.
"""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from typing import Protocol

_XZ_MEMORY = 64 << 20  # bytes that a decompressor may ask for
_KINDS = {
    tarfile.REGTYPE: stat.S_IFREG,
    tarfile.AREGTYPE: stat.S_IFREG,
    tarfile.SYMTYPE: stat.S_IFLNK,
    tarfile.LNKTYPE: stat.S_IFLNK,
}


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class TooLargeError(ValueError):
    """More is packed in an archive than may be unpacked."""


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
    try:
        with (
            tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar,
            zipfile.ZipFile(buffer, "w") as archive,
        ):
            members: dict[str, tarfile.TarInfo] = {}  # of two with one name, the last
            for number, member in enumerate(tar):
                if number >= max_members:
                    raise TooLargeError
                members[_name_of(member)] = member
            for name, member in members.items():
                _add(archive, tar, member, name)
    except (tarfile.TarError, zlib.error, UnicodeError, zipfile.LargeZipFile) as error:
        raise ValueError(str(error)) from None
    return buffer.getvalue()


def _name_of(member: tarfile.TarInfo) -> str:
    name = member.name.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    return f"{name}/" if member.isdir() else name


def _add(
    archive: zipfile.ZipFile, tar: tarfile.TarFile, member: tarfile.TarInfo, name: str
) -> None:
    info = zipfile.ZipInfo(name)
    if member.isdir():
        archive.writestr(info, b"")
        return
    kind = stat.S_IFCHR if member.issparse() else _KINDS.get(member.type, stat.S_IFCHR)
    info.external_attr = (kind | 0o644) << 16
    file = tar.extractfile(member) if kind == stat.S_IFREG else None
    archive.writestr(info, file.read() if file is not None else b"")


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
