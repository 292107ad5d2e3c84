"""Tar archives are read by the rules of .zip archives, within the same limits."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions import read_attempt
from grader.submissions.archives import MAX_ENTRIES
from grader.submissions.tars import as_zip
from tests._support.steps import count_calls
from tests._support.submissions import SOLVED, collect, folder

END = bytes(1024)  # of a tar archive


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


def extended(kind: bytes, content: bytes) -> bytes:
    """Return an extended header, which describes the member after it or all of them."""
    info = tarfile.TarInfo("header")
    info.type, info.size = kind, len(content)
    return info.tobuf() + content + bytes(-len(content) % 512)


def member(name: str = "x.py", content: bytes = SOLVED) -> bytes:
    return tar_of(file(name, content), packed="")[: 512 + len(content) + -len(content) % 512]


def record(key: bytes, value: bytes) -> bytes:
    """Return a record of an extended header, which begins with its own length of two digits."""
    return b"%d %s=%s\n" % (len(key) + len(value) + 5, key, value)


def sealed(header: bytes) -> bytes:
    """Return a header with the right checksum, whatever else is in it."""
    summed = header[:148] + b" " * 8 + header[156:]
    return header[:148] + b"%06o\0 " % sum(summed) + header[156:]


def headers_in_a_row(kind: bytes, content: bytes, number: int) -> bytes:
    return extended(kind, content) * number + member() + END


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
    "a sparse file, as in POSIX": (
        lambda: extended(b"x", record(b"GNU.sparse.map", b"0,1")) + member() + END,
        "not an ordinary file",
    ),
    # Of these, tarfile makes files, or an endless calculation.
    "digits in an extended header": (
        lambda: extended(b"x", b"1" * 2000) + member() + END,
        "the archive is damaged",
    ),
    "a record of length 0": (lambda: extended(b"x", b"0 a=b\n") + member() + END, "damaged"),
    "a record of negative length": (
        lambda: extended(b"x", b"-8 a=b\n-8 a=b\n") + member() + END,
        "damaged",
    ),
    "a record longer than its header": (
        lambda: extended(b"x", b"99 a=b\n") + member() + END,
        "damaged",
    ),
    "more records than honest members have": (
        lambda: gzip.compress(headers_in_a_row(b"x", record(b"a", b"bcd") * 50_000, 20)),
        "damaged",
    ),
    "a negative size": (
        lambda: extended(b"x", record(b"size", b"-512")) + member() + END,
        "damaged",
    ),
    "a binary negative size": (
        lambda: sealed(member()[:124] + b"\xff" * 10 + b"\xfe\0" + member()[136:512]) + END,
        "damaged",
    ),
    "a size that is not a number": (
        lambda: sealed(member()[:124] + b"x" * 12 + member()[136:512]) + END,
        "damaged",
    ),
    "a name of 70 kB": (lambda: extended(b"L", b"a" * 70_000) + member() + END, "damaged"),
    "an extended header at the end": (lambda: extended(b"L", b"x.py") + END, "damaged"),
}


@pytest.mark.parametrize("content, flaw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_tar_is_a_flaw_of_one_student(
    content: Callable[[], bytes], flaw: str, tmp_path: Path
) -> None:
    ada, eve = collect(folder(tmp_path, {"ada.py": SOLVED, "eve.tar.gz": content()})).attempts
    assert ada.flaw == "" and flaw in eve.flaw


# What comes before the member in an archive that is read.
READ = {
    "a global header": extended(b"g", record(b"path", b"y.txt")),
    "a long link": extended(b"K", b"a" * 200),
    "headers in a row": extended(b"x", record(b"path", b"x.py")) * 3000,
    "global headers in a row": extended(b"g", record(b"comment", b"a")) * 3000,
    "two records of a name": extended(b"x", record(b"path", b"y.txt") + record(b"path", b"x.py")),
    "long names in a row": extended(b"L", b"x.py\0") * 3000,
    "a folder of 1979": sealed(tarfile.TarInfo("old/").tobuf()[:156] + b"\0" + bytes(355)),
}


@pytest.mark.parametrize("before", READ.values(), ids=READ)
def test_file_behind_it_is_read(before: bytes, tmp_path: Path) -> None:
    files = {"ada.tar": before + member() + END}
    attempt = collect(folder(tmp_path, files)).attempts[0]
    assert attempt.locator.endswith("!x.py") and read_attempt(attempt).source == SOLVED


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K"])
def test_work_grows_like_the_number_of_headers(kind: bytes) -> None:
    tars = [headers_in_a_row(kind, record(b"path", b"x.py"), number) for number in (200, 400)]
    few, many = [count_calls(lambda: as_zip(tar, 1 << 20, 100)) for tar in tars]  # noqa: B023
    assert many < 2.1 * few


def test_global_header_is_not_copied_for_each_member() -> None:
    records = b"".join(record(b"%06d" % number, b"") for number in range(5000))
    content = extended(b"g", records) + b"".join(member(f"{n}.py") for n in range(200)) + END
    tracemalloc.start()
    as_zip(content, 1 << 20, 200)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


PART = st.text("aä日 .", min_size=1, max_size=60).filter(lambda part: part.strip("."))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.lists(PART, min_size=1, max_size=6), st.binary(max_size=1100))),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    st.sampled_from([0, 1.5, 1e12]),
)
def test_what_others_write_is_read(
    files: list[tuple[list[str], bytes]], form: int, modified: float
) -> None:
    written = {f"{'/'.join(parts)}.py": content for parts, content in files}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for name, content in written.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), modified
            tar.addfile(info, io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(as_zip(buffer.getvalue(), 1 << 24, 1000))) as archive:
        read = {info.filename: archive.read(info) for info in archive.infolist()}
    assert read == written


def test_long_name_cut_behind_a_folder_is_that_of_a_file(tmp_path: Path) -> None:
    """A header has the first 100 bytes, which may end with "/", as does the name of a folder."""
    name = "a" * 99 + "/x.py"
    info = tarfile.TarInfo(name)
    info.size, info.type = len(SOLVED), tarfile.AREGTYPE
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(info, io.BytesIO(SOLVED))
    (attempt,) = collect(folder(tmp_path, {"ada.tar": buffer.getvalue()})).attempts
    assert read_attempt(attempt).source == SOLVED


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
    changed = good[:at] + noise + good[at + len(noise) :]
    headers = (b"".join(sealed(changed[n : n + 512]) for n in (0, 512)), sealed(changed[:512]))
    for content in (noise, changed, b"\x1f\x8b" + noise, *headers):
        try:
            as_zip(content, 1 << 20, 100)
        except (ValueError, OSError, EOFError):
            continue
