"""Tar archives are read by the rules of .zip archives, within the same limits."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions import read_attempt
from grader.submissions.archives import MAX_ENTRIES
from grader.submissions.tars import as_zip
from tests._support.submissions import SOLVED, collect, folder


def tar_of(*members: tuple[tarfile.TarInfo, bytes], packed: str = "gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{packed}") as tar:  # type: ignore[call-overload]
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def file(name: str, content: bytes = SOLVED) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), content


def special(name: str, kind: bytes, target: str = "/etc/passwd") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


# Made by the tests that need them: some are large.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a symbolic link": (lambda: tar_of(special("x.py", tarfile.SYMTYPE)), "the file is a link"),
    "a hard link": (lambda: tar_of(special("x.py", tarfile.LNKTYPE)), "the file is a link"),
    "a device": (lambda: tar_of(special("x.py", tarfile.CHRTYPE)), "not an ordinary file"),
    "a pipe": (lambda: tar_of(special("x.py", tarfile.FIFOTYPE)), "not an ordinary file"),
    "a sparse file": (lambda: tar_of(special("x.py", tarfile.GNUTYPE_SPARSE)), "not"),
    "a path that leads out": (lambda: tar_of(file("../x.py")), "leads out of its archive"),
    "an absolute path": (lambda: tar_of(file("/x.py")), "leads out of its archive"),
    "a bomb": (lambda: gzip.compress(bytes(100 << 20)), "larger than 64 MiB"),
    "more files than are read": (
        lambda: gzip.compress(tarfile.TarInfo("x.py").tobuf() * (MAX_ENTRIES + 1)),
        "the archive is larger than 64 MiB or 30000 files",
    ),
    "half of it": (lambda: tar_of(file("x.py"), packed="")[:700], "the archive is damaged"),
    "not a tar archive": (lambda: b"x" * 2000, "the archive is damaged, or not a tar archive"),
    "a folder": (
        lambda: tar_of(special("x", tarfile.DIRTYPE)),
        "the folder contains no file to grade",
    ),
    "an archive in it": (lambda: tar_of(file("x.tar.gz")), "an archive in an archive"),
}


@pytest.mark.parametrize("content, flaw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_tar_is_a_flaw_of_one_student(
    content: Callable[[], bytes], flaw: str, tmp_path: Path
) -> None:
    ada, eve = collect(folder(tmp_path, {"ada.py": SOLVED, "eve.tar.gz": content()})).attempts
    assert ada.flaw == "" and flaw in eve.flaw


def test_last_of_two_files_with_one_name_is_read(tmp_path: Path) -> None:
    content = tar_of(file("x.py", b"pass\n"), file("x.py"))
    (attempt,) = collect(folder(tmp_path, {"ada.tar.gz": content})).attempts
    assert read_attempt(attempt).source == SOLVED


# The name of an archive, another file, and the student and attempt in front of the ending.
NAMED = {
    "student": ("ada.tar.gz", "bob.py", ("ada", 1)),
    "student, in capitals": ("ada.TAR.XZ", "bob.py", ("ada", 1)),
    "student and problem": ("ada_softmax.tar.bz2", "bob.py", ("ada", 1)),
    "attempt of a student": ("ada_attempt2.tar.gz", "ada_attempt1.py", ("ada", 2)),
    "attempt in a folder": ("ada/attempt2.tar.gz", "ada/attempt1.py", ("ada", 2)),
    "Google": ("Ada Lovelace - x.tar.gz", "Bob Roe - x.py", ("Ada Lovelace", 1)),
    "Google, the name behind": ("HW - Ada Lovelace.tgz", "HW - Bob Roe.py", ("Ada Lovelace", 1)),
    "the same, of two words": ("HW - Ada Lovelace.tar.gz", "HW - B.py", ("Ada Lovelace", 1)),
}


@pytest.mark.parametrize("name, other, expected", NAMED.values(), ids=NAMED)
def test_ending_of_an_archive_is_not_part_of_a_name(
    name: str, other: str, expected: tuple[str, int], tmp_path: Path
) -> None:
    files = {name: tar_of(file("x.py")), other: SOLVED + b"#"}
    found = collect(folder(tmp_path, files)).attempts
    (attempt,) = [each for each in found if each.locator.endswith("!x.py")]
    assert (attempt.student, attempt.number) == expected


@settings(max_examples=60)
@given(st.binary(max_size=600), st.integers(0, 600))
def test_any_bytes_are_an_archive_or_damaged(noise: bytes, at: int) -> None:
    good = tar_of(file("x.py"), packed="")
    for content in (noise, good[:at] + noise + good[at + len(noise) :], b"\x1f\x8b" + noise):
        try:
            as_zip(content, 1 << 20, 100)
        except (ValueError, OSError, EOFError):
            continue
