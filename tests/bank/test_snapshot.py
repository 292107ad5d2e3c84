"""Copies of a problem's files, taken while editors write them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.bank import snapshot
from grader.bank.locate import Bank, find_bank
from grader.bank.snapshot import Snapshot, Unsettled, look_at, take
from grader.errors import SpecError
from tests._support.bank import TEST_BANK


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    shutil.copytree(TEST_BANK, tmp_path / "bank")
    return find_bank(str(tmp_path / "bank"))


def spec(bank: Bank) -> Path:
    return Path(bank.problems, "mean", "spec.md")


def test_a_copy_is_the_same_problem(bank: Bank, tmp_path: Path) -> None:
    copied = take(bank, "mean").write(tmp_path / "copy")
    assert take(copied, "mean").digest == take(bank, "mean").digest
    old, new = bank.load("mean"), copied.load("mean")
    assert [case.name for case in new.cases] == [case.name for case in old.cases]
    assert new.reference == old.reference
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "copy").rglob("*")}
    assert modes == {0}


def save_in_place(path: Path) -> None:
    path.write_text(path.read_text() + "More.\n")


def save_by_renaming(path: Path) -> None:
    other = path.with_name("other")
    other.write_text(path.read_text())
    other.replace(path)


def link_to_another_file(path: Path) -> None:
    other = path.parents[3] / "elsewhere.md"
    other.write_text(path.read_text())
    path.unlink()
    path.symlink_to(other)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [save_in_place, save_by_renaming, link_to_another_file, remove])
def test_a_change_is_seen(bank: Bank, change: Callable[[Path], None]) -> None:
    before = look_at(bank, "mean")
    assert look_at(bank, "mean") == before
    change(spec(bank))
    assert look_at(bank, "mean") != before


def test_what_editors_leave_is_no_file_of_the_problem(bank: Bank) -> None:
    before, digest = look_at(bank, "mean"), take(bank, "mean").digest
    folder = spec(bank).parent
    (folder / ".spec.md.swp").write_bytes(b"half")
    (folder / "spec.md~").write_bytes(b"old")
    (folder / ".#spec.md").symlink_to("ada@host.1234")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "starter.pyc").write_bytes(b"")
    assert look_at(bank, "mean") == before
    assert take(bank, "mean").digest == digest


def test_what_is_neither_file_nor_folder_is_never_opened(bank: Bank) -> None:
    folder = spec(bank).parent
    (folder / "nowhere.py").symlink_to("nothing")
    (folder / "given").mkdir()
    (folder / "given" / "circle").symlink_to(folder)
    (folder / "given" / "again").symlink_to(folder / "given")
    assert not [name for name in take(bank, "mean").files if "/given/" in name]
    os.mkfifo(folder / "pipe.py")
    with pytest.raises(SpecError, match=r"pipe\.py:1:1: expected a file or a folder"):
        take(bank, "mean")


def test_files_that_are_written_meanwhile_are_not_copied(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = snapshot._read
    saved = 0

    def read_while_saved(path: str) -> bytes:
        nonlocal saved
        content = read(path)
        if path.endswith("spec.md"):
            saved += 1
            save_in_place(spec(bank))
        return content

    monkeypatch.setattr(snapshot, "_read", read_while_saved)
    with pytest.raises(Unsettled):
        take(bank, "mean")
    assert saved == 3
    monkeypatch.undo()
    assert take(bank, "mean").files["problems/mean/spec.md"].endswith(b"More.\nMore.\nMore.\n")


def test_a_pipe_in_place_of_a_file_does_not_block(bank: Bank) -> None:
    path = spec(bank)
    path.unlink()
    os.mkfifo(path)
    assert snapshot._read(str(path)) == b""


def test_too_many_files_are_refused(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MAX_FILES", 3)
    with pytest.raises(SpecError, match="more than 3 files"):
        take(bank, "mean")


def test_a_name_that_is_not_text_is_refused(bank: Bank) -> None:
    name = os.fsencode(spec(bank).parent) + b"/caf\xe9.py"
    with open(name, "wb"):
        pass
    with pytest.raises(SpecError, match=r"caf\\udce9\.py is not UTF-8"):
        take(bank, "mean")


def test_a_packed_copy_is_the_same() -> None:
    bank = find_bank(str(TEST_BANK))
    whole = take(bank, "mean")
    assert Snapshot.unpacked("mean", whole.packed()) == whole
    for damaged in (b"", b"x", whole.packed()[:-30]):
        with pytest.raises(ValueError):
            Snapshot.unpacked("mean", damaged)
