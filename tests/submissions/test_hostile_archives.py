"""Archives and folders made to cost time or memory: each is reported, and the others are read.

Work is counted in calls and memory in bytes allocated, never in seconds.
"""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from grader.bank.locate import Heading
from grader.submissions import budget, read_attempt
from grader.submissions.filenames import (
    MAX_LEVELS,
    MAX_NAME_BYTES,
    MAX_PART_BYTES,
    label,
    limit_name,
)
from tests._support.steps import count_calls
from tests._support.submissions import (
    IDLE,
    OTHER,
    SOLVED,
    archive,
    collect,
    folder,
    notebook,
    zipped,
)

MAX_SENTENCE = 500  # characters of a sentence about a file


def named(names: Iterable[str], content: bytes = SOLVED) -> bytes:
    """Return an archive whose members have these names, as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            made.writestr(info, content)
    return buffer.getvalue()


def spelled(number: int, bits: int = 8) -> str:
    return "".join("aA"[number >> bit & 1] for bit in range(bits))


def with_directory(entries: Iterable[tuple[bytes, bytes, int]], content: bytes) -> bytes:
    """Return an archive of members that are all the same bytes of the file.

    Args:
        entries: the name, the extra field and the declared size of each member
    """
    packed = zlib.compress(content, 9)[2:-4]
    crc = zlib.crc32(content)
    sizes = (crc, len(packed), len(content))
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, *sizes, 1, 0)
    body = head + b"x" + packed
    listed = b""
    count = 0
    for name, extra, size in entries:
        lengths = (size, len(name), len(extra), 0, 0, 0, 0, 0)
        about = (20, 20, 0, 8, 0, 33, crc, len(packed), *lengths)
        listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", *about) + name + extra
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), len(body), 0)
    return body + listed + end


BIG = IDLE + b"#" * ((1 << 20) - len(IDLE))
ZIP64 = struct.pack("<2H3Q", 1, 24, 1 << 60, 1 << 60, 1 << 60)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "deep paths": (
        lambda: named(f"{number}/" + "a/" * 32_000 + "b.py" for number in range(4)),
        f"longer than {MAX_NAME_BYTES} bytes",
    ),
    "deep paths of folders": (
        lambda: named(f"{number}/" + "a/" * 32_000 for number in range(4)),
        f"longer than {MAX_NAME_BYTES} bytes",
    ),
    "a path one folder too deep": (
        lambda: named(["a/" * (MAX_LEVELS + 1) + "b.py"]),
        f"more than {MAX_LEVELS} folders deep",
    ),
    "names alike": (
        lambda: named(spelled(number) + "b" * 16_000 + ".py" for number in range(200)),
        f"longer than {MAX_NAME_BYTES} bytes",
    ),
    "a part one byte too long": (
        lambda: named(["b" * (MAX_PART_BYTES - 2) + ".py"]),
        f"longer than {MAX_PART_BYTES} bytes",
    ),
    "long parts outside of ASCII": (lambda: named(["ä" * 127 + ".py"]), "longer than 255 bytes"),
    "marks that reverse the line": (
        lambda: named(["\u202e" * 340 + ".py"]),
        "longer than 255 bytes",
    ),
    "a null character": (lambda: named(["x\0.py"]), "leads out of its archive"),
    "overlapping members": (
        lambda: with_directory(((b"%d.py" % n, b"", len(BIG)) for n in range(1900)), BIG),
        "larger than 32 MiB together",
    ),
    "overlapping members that lie about their sizes": (
        lambda: with_directory(((b"%d.py" % n, b"", 10) for n in range(1900)), BIG),
        "larger than the archive says",
    ),
    "sizes of 64 bits": (
        lambda: with_directory([(b"x.py", ZIP64, 0xFFFFFFFF)], SOLVED),
        "larger than 1 MiB",
    ),
    "half an extra field": (
        lambda: with_directory([(b"x.py", ZIP64[:9], 0xFFFFFFFF)], SOLVED),
        "damaged",
    ),
    "much data about each file": (
        lambda: with_directory(
            ((b"%d.py" % n, bytes(8000), len(SOLVED)) for n in range(3)), SOLVED
        ),
        "too much data about its files",
    ),
    "a name that is not UTF-8": (
        lambda: named(["ä.py"]).replace("ä.py".encode(), b"\xff\xff.py"),
        "damaged",
    ),
    "a bomb in a bomb": (
        lambda: zipped({"x.zip": zipped({"x.zip": zipped({"x.py": bytes(1 << 20)})})}),
        "archive in an archive",
    ),
}


@pytest.mark.parametrize("packed", ["folder", "archive"])
@pytest.mark.parametrize("make, message", HOSTILE.values(), ids=HOSTILE)
def test_archive_is_reported_and_the_others_are_read(
    make: Callable[[], bytes], message: str, packed: str, tmp_path: Path
) -> None:
    files = {"ada.py": SOLVED, "eve.zip": make(), "zoe.zip": zipped({"x.py": SOLVED})}
    path = (
        folder(tmp_path / "in", files)
        if packed == "folder"
        else archive(tmp_path / "in.zip", files)
    )
    tracemalloc.start()
    found = collect(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    ada, eve, zoe = found.attempts
    assert (ada.student, eve.student, zoe.student) == ("ada", "eve", "zoe")
    assert read_attempt(ada).source == read_attempt(zoe).source == SOLVED
    assert message in eve.flaw and eve.flaw.isprintable()
    sentences = [*found.unmatched, *eve.notes, eve.flaw]
    assert len(sentences) < 30 and max(map(len, sentences)) < MAX_SENTENCE
    assert peak < 64 << 20


@pytest.mark.parametrize("packed", ["folder", "archive"])
def test_path_in_a_class_is_cut_and_still_belongs_to_its_student(
    packed: str, tmp_path: Path
) -> None:
    files = {"ada/x.py": SOLVED, "eve/" + "a/" * 40 + "x.py": SOLVED}
    if packed == "folder":
        path = folder(tmp_path / "in", files)
    else:
        path = tmp_path / "in.zip"
        path.write_bytes(named([*files, "mal/" + "b" * 5000 + ".py"]))
    found = collect(path, layout="students")
    flaws = {each.student: each.flaw for each in found.attempts}
    assert flaws["ada"] == "" and "folders deep" in flaws["eve"]
    assert packed == "folder" or "longer than 1024 bytes" in flaws["mal"]


GROWING: dict[str, Callable[[int], dict[str, bytes]]] = {
    "names alike": lambda n: {"eve.zip": named(f"{spelled(i, 10)}.py" for i in range(n))},
    "one prefix": lambda n: {"eve.zip": named(f"{'a/' * 30}x{i}.py" for i in range(n))},
    "folders": lambda n: {"eve.zip": named(f"{'a/' * 30}x{i}/" for i in range(n))},
    "long names": lambda n: {"eve.zip": named(f"{i}/" + "a" * 5000 for i in range(n))},
    "files of one folder": lambda n: {f"eve/{spelled(i, 10)}.py": IDLE for i in range(n)},
    "folders of one folder": lambda n: {f"eve/{i}/x.py": IDLE for i in range(n)},
    "files for one problem": lambda n: {f"eve/{i}.py": SOLVED for i in range(n)},
}


@pytest.mark.parametrize("make", GROWING.values(), ids=GROWING)
def test_work_grows_like_the_number_of_files(
    make: Callable[[int], dict[str, bytes]], tmp_path: Path
) -> None:
    paths = [folder(tmp_path / str(count), make(count)) for count in (100, 200)]
    few, many = [count_calls(lambda: collect(path)) for path in paths]  # noqa: B023
    assert many < 2.3 * few


USUAL = {
    "some data about each file": with_directory(
        ((b"%d.py" % n, struct.pack("<2H", 9, 1000) + bytes(1000), len(SOLVED)) for n in range(3)),
        SOLVED,
    ),
    "the first bytes of an entry in a file": named(["x.py"], SOLVED + b"# PK\1\2" + b"x" * 200),
}


@pytest.mark.parametrize("content", USUAL.values(), ids=USUAL)
def test_usual_archive_is_read(content: bytes, tmp_path: Path) -> None:
    found = collect(folder(tmp_path, {"eve.zip": content})).attempts
    assert found[0].flaw == "" and read_attempt(found[0]).source.startswith(SOLVED)


NAMES = {
    "short": "a/b.py",
    "as long as it may be": "/".join(["b" * 254] * 4),
    "as deep as it may be": "a/" * MAX_LEVELS + "b",
    "a part as long as it may be": "a/" + "b" * MAX_PART_BYTES,
    "half a character": "\udcff.py",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_within_the_limits_stay(name: str) -> None:
    assert limit_name(name) == (name, "")


@pytest.mark.parametrize("files", [40, 400])
def test_notes_on_many_files_with_long_names_are_short(files: int, tmp_path: Path) -> None:
    same = {f"eve/{n}{'b' * 200}.py": SOLVED for n in range(files)}
    same |= {f"eve/{n}{'b' * 200}.png": b"" for n in range(files)}
    found = collect(folder(tmp_path, same))
    (attempt,) = found.attempts
    (note,) = attempt.notes
    assert f"and {files - 2} more all define softmax" in note
    assert max(map(len, (note, *found.unmatched))) < MAX_SENTENCE and len(found.unmatched) <= 22


def test_labels_are_short_and_printable() -> None:
    for name in ("\u202e" * 1000, "a" * 100_000, "\0" * 300, "\n" * 81, "\\" * 500):
        assert len(label(name)) <= 91 and label(name).isprintable()
    assert label("a/b c.py") == "a/b c.py"
    assert label("a" * 200 + ".py") == "a" * 60 + "…" + "a" * 27 + ".py"


# What one student may cost ------------------------------------------------------------------------


def test_files_beyond_the_budget_are_a_flaw_of_this_student_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MAX_FILES", 3)
    files = {f"eve/attempt{n}/softmax.py": IDLE + b"#" * n for n in range(1, 6)}
    found = collect(folder(tmp_path, files | {"zoe.py": SOLVED}))
    flaws = [each.flaw for each in found.attempts]
    assert flaws[:3] == ["", "", ""] and flaws[5] == ""
    assert all("you submitted more than 3 files" in flaw for flaw in flaws[3:5])


def test_bytes_are_counted_over_all_archives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MAX_MIB", 2)
    files = {f"eve/{n}.zip": zipped({"x.py": BIG}) for n in range(4)}
    found = collect(folder(tmp_path, files | {"zoe.py": SOLVED}))
    assert [each.flaw for each in found.attempts] == ["", ""]
    (sentence,) = [each for each in found.unmatched if "2.zip" in each]
    assert "your files are larger than 2 MiB together" in sentence


def test_files_beyond_the_time_are_a_flaw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_SECONDS", 1e-6)
    files = {f"eve/{n}.ipynb": notebook("x = 1") for n in range(3)}
    found = collect(folder(tmp_path, files | {"zoe.py": SOLVED}))
    assert [(each.student, each.flaw) for each in found.attempts] == [("eve", ""), ("zoe", "")]
    late = [each for each in found.unmatched if "took more than 1e-06 seconds" in each]
    assert len(late) == 2


def test_folder_of_many_files_does_not_end_the_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.submissions.files.MAX_MEMBERS", 5)
    monkeypatch.setattr("grader.submissions.files.MAX_FILES", 20)
    files = {f"export/eve/{n:03}.txt": b"" for n in range(100)}
    files |= {"export/eve/000.py": SOLVED, "export/zoe/x.py": SOLVED}
    for path in (folder(tmp_path / "in", files), archive(tmp_path / "in.zip", files)):
        top = path / "export" if path.is_dir() else path
        found = collect(top)
        assert {each.student for each in found.attempts} == {"eve", "zoe"}
        assert any("contains more than 5 files" in each for each in found.unmatched)


def test_folder_in_folders_is_walked_once(tmp_path: Path) -> None:
    at = tmp_path / "in"
    at.mkdir()
    (at / "ada.py").write_bytes(SOLVED)
    os.makedirs(at / "eve" / "/".join(["d"] * 200))
    (at / "eve" / "x.py").write_bytes(OTHER)
    found = collect(at)
    assert {each.student: each.flaw for each in found.attempts} == {"ada": "", "eve": ""}
    (sentence,) = found.unmatched
    assert f"more than {MAX_LEVELS} folders deep" in sentence and len(sentence) < MAX_SENTENCE


def test_work_of_a_hand_in_hardly_grows_with_the_number_of_problems(tmp_path: Path) -> None:
    """A course may have hundreds of problems, of which each file answers one."""
    headings = [Heading(f"sum-{n}", "", "", "", f"sum_{n}") for n in range(80)]
    files = {f"s{n}.py": b"def sum_0(a, b):\n    return a\n" for n in range(50)}
    path = folder(tmp_path, files)
    few, many = [
        count_calls(lambda: collect(path, *headings[:count]))  # noqa: B023
        for count in (40, 80)
    ]
    # A few calls for each problem, none of which reads, sorts or compares names.
    assert (many - few) / (40 * len(files)) < 4
