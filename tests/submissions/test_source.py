"""One file that a student names: where it is, what it is called, and in which encoding."""

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


# The encoding that a file declares, and how its flaw begins; empty if it has none.
ENCODINGS = {
    "an encoding of Windows": ("cp1252", ""),
    "in capitals": ("CP1252", ""),
    "a slow one": ("punycode", "the file declares the encoding punycode; save"),
    "a slow one in capitals": ("PUNYCODE", "the file declares the encoding PUNYCODE; save"),
    "a slow one with hyphens": ("-Punycode-", "the file declares the encoding -Punycode-; save"),
    "another slow one": ("IDNA", "the file declares the encoding IDNA; save it as UTF-8"),
    "bytes": ("HEX", "the file declares HEX, which is not a text encoding; save it as UTF-8"),
    "a long name of bytes": (f"hex{'-' * 5000}", "the file declares hex---"),
    "an unknown one": ("klingon", "the file declares an unknown encoding: klingon; save"),
    "a long unknown one": ("a" * 5000, "the file declares an unknown encoding: aaa"),
}


@pytest.mark.parametrize("encoding, flaw", ENCODINGS.values(), ids=ENCODINGS)
def test_encoding_that_a_file_declares(encoding: str, flaw: str, tmp_path: Path) -> None:
    """Slow ones are refused without decoding the file, however their names are written."""
    path = tmp_path / "x.py"
    path.write_bytes(b"# coding: %s\nx = 1\n" % encoding.encode())
    found = read_submission(str(path)).flaw
    assert found.startswith(flaw) and bool(found) == bool(flaw) and len(found) < 200
