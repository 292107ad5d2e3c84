"""Files of questions, which a stranger has written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.importers.deep_ml import find_questions, read_question
from grader.importers.questions import MAX_FILE
from tests._support.deep_ml import SmallQuestion, write_folders

HALF = SmallQuestion("1_half", "def half(x):\n    pass\n", "half = None\n", [("print(1)", "1")])


def write(folder: Path) -> Path:
    """Write a question; return its folder."""
    return write_folders(folder, [HALF]) / "questions" / HALF.name


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def content(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


HAZARDS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "missing": ("solution.py", Path.unlink, "solution.py cannot be read: No such file"),
    "a link": ("solution.py", link, "solution.py cannot be read: "),
    "a folder": ("solution.py", folder, "solution.py cannot be read: Is a directory"),
    "a pipe": ("solution.py", pipe, "solution.py is not a regular file"),
    "large": ("solution.py", content(b"#" * (MAX_FILE + 1)), "larger than 1 MiB"),
    "not UTF-8": ("description.md", content(b"\xff"), "description.md is not UTF-8"),
    "not JSON": ("meta.json", content(b"{"), "meta.json is not valid JSON: "),
    "deep JSON": ("tests.json", content(b"[" * 100_000), "nested too deeply"),
    "not an object": ("meta.json", content(b"[]"), "meta.json is not an object"),
    "not a list of tests": ("tests.json", content(b"{}"), "the tests are not a list"),
    "many tests": ("tests.json", content(b"[" + b"0," * 2000 + b"0]"), "at most 1000"),
    "a test without text": ("tests.json", content(b'[{"test": ""}]'), "test 1 has no texts"),
}


@pytest.mark.parametrize("name, change, reason", HAZARDS.values(), ids=HAZARDS)
def test_a_question_that_cannot_be_read(
    tmp_path: Path, name: str, change: Callable[[Path], object], reason: str
) -> None:
    folder = write(tmp_path)
    change(folder / name)
    free = free_descriptor()
    assert reason in read_question(folder).flaw
    assert free_descriptor() == free


def free_descriptor() -> int:
    """Return the number that the next open file gets."""
    with open(os.devnull, "rb") as file:
        return file.fileno()


def test_control_characters_are_visible(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "description.md").write_text("a\x1b[2J\r\nb\u202e", "utf-8")
    (folder / "meta.json").write_text(json.dumps({"title": "x\ny\x07"}), "utf-8")
    question = read_question(folder)
    assert (question.description, question.title) == ("a\ufffd[2J\nb\ufffd", "x y\ufffd")


def test_other_folders_and_links_are_no_questions(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder.parent / "2_link").symlink_to(folder)
    (folder.parent / "notes").mkdir()
    assert find_questions(tmp_path) == find_questions(folder) == [folder]
