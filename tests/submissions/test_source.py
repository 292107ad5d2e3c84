"""One file that a student names: where it is, and what it is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.submissions import read_submission

PATHS = {
    "in the current folder": ("me.py", "me.py"),
    "below it": ("src/me.py", os.path.join("src", "me.py")),
    "by a detour": ("src/../src/me.py", os.path.join("src", "me.py")),
    "above it": ("../me.py", ""),
    "beside it": ("../there/me.py", ""),
    "a name that begins with dots": ("..me.py", "..me.py"),
}


@pytest.mark.parametrize("path, below", PATHS.values(), ids=PATHS)
def test_path_from_the_current_folder(
    path: str, below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("here/src", "there"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    Path(path).write_text("x = 1\n")
    submission = read_submission(path)
    assert (submission.path, submission.origin, submission.source) == (below, path, b"x = 1\n")
    whole = read_submission(os.path.abspath(path))
    assert (whole.path, whole.origin) == (below, os.path.abspath(path))
