"""A file is written completely or not at all, without leaving a temporary file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.reports.files import whole_file

FAILURES = {"an interrupt": KeyboardInterrupt(), "a full disk": OSError(28, "No space left")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.txt"


def write(path: str | Path, text: str) -> None:
    with whole_file(path) as part:
        Path(part).write_text(text)


@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_leaves_what_was_there(
    failure: BaseException, before: str | None, path: Path
) -> None:
    if before is not None:
        path.write_text(before)
    with pytest.raises(type(failure)), whole_file(path) as part:
        Path(part).write_text("half")
        raise failure
    assert [each.read_text() for each in path.parent.iterdir()] == ([before] if before else [])


def test_readers_see_the_old_file_or_the_new_one(path: Path) -> None:
    path.write_text("old")
    with whole_file(path) as part:
        Path(part).write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and os.listdir(path.parent) == ["out.txt"]


def test_permissions_are_kept_and_those_of_a_new_file_are_usual(path: Path) -> None:
    write(path, "new")
    usual = path.with_name("usual.txt")
    usual.touch()
    assert path.stat().st_mode == usual.stat().st_mode
    path.chmod(0o640)
    write(path, "newer")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path.symlink_to(tmp_path / "elsewhere" / "file.txt")
    write(path, "new")
    assert path.is_symlink() and path.read_text() == "new"


def test_a_pipe_is_written_directly(path: Path) -> None:
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    write(path, "new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert os.listdir(path.parent) == ["out.txt"]


def test_standard_output_is_written_directly_where_it_is_a_file(path: Path) -> None:
    code = (
        "from grader.reports.files import whole_file\n"
        "with whole_file('/dev/stdout') as part, open(part, 'a') as out:\n"
        "    out.write('report')\n"
        "print(', printed', flush=True)\n"
    )
    with path.open("a") as out:
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert path.read_text() == "report, printed\n"


def test_a_file_in_a_closed_folder_is_written_directly(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("old")
    # Root may write to any folder, so that `chmod` would test nothing if root runs the tests.
    monkeypatch.setattr(os, "access", lambda asked, mode: Path(asked) != path.parent)
    with whole_file(path) as part:
        assert part == str(path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "none" / "out.txt", "new")
