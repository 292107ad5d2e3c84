"""Every file of a class is read once, and what is judged is what was collected."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from grader.model.entry_point import Module
from grader.model.problem import Submission
from grader.submissions import SourceSpool, files, ipynb, source
from grader.submissions.spool import digest_of
from tests._support.submissions import (
    IDLE,
    MEAN,
    OTHER,
    SOFTMAX,
    SOLVED,
    collect,
    folder,
    notebook,
    zipped,
)


def test_submissions_come_back_without_their_files(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "in",
        {
            "ada.py": SOLVED + OTHER,
            "bob.zip": zipped({"x.py": SOLVED}),
            "cy.ipynb": notebook(SOLVED.decode()),
            "dot_softmax.py": b"",
            "eve.py": SOLVED + OTHER,
        },
    )
    with SourceSpool() as sources:
        found = collect(path, SOFTMAX, MEAN, sources=sources).attempts
        for file in path.iterdir():
            file.unlink()
        submissions = {(each.student, each.problem): sources.submission(each) for each in found}
    assert submissions["ada", "softmax"].source == SOLVED + OTHER
    assert submissions["ada", "stable-mean"].source == SOLVED + OTHER
    assert submissions["bob", "softmax"] == Submission(SOLVED, f"{path}/bob.zip!x.py", "bob")
    assert submissions["cy", "softmax"].source.startswith(b"# cell 1\ndef softmax")
    assert submissions["cy", "softmax"].cells == (1,)
    assert submissions["dot", "softmax"].flaw == "the file is empty"
    digests = {each.student: each.digest for each in found}
    assert digests["ada"] == digests["eve"] != digests["bob"]


def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that answers two problems, and a notebook."""
    path = folder(
        tmp_path / "in",
        {"ada.py": SOLVED + OTHER, "cy.ipynb": notebook(SOLVED.decode()), "dot.zip": b""},
    )
    calls: list[str] = []
    read_file, program_of = source.read_file, ipynb.program_of

    def counted(path: str, *others: object) -> tuple[bytes, str]:
        calls.append(Path(path).name)
        return read_file(path, *others)  # type: ignore[arg-type]

    def counted_cells(content: bytes, max_bytes: int) -> tuple[bytes, str, tuple[int, ...]]:
        calls.append("cells")
        return program_of(content, max_bytes)

    monkeypatch.setattr(files, "read_file", counted)
    monkeypatch.setattr(ipynb, "program_of", counted_cells)
    with SourceSpool() as sources:
        for attempt in collect(path, SOFTMAX, MEAN, sources=sources).attempts:
            for _ in range(3):  # to judge it, for its page, for the class report
                sources.submission(attempt)
    assert sorted(calls) == ["ada.py", "cells", "cy.ipynb"]


def test_memory_does_not_grow_with_the_sources(tmp_path: Path) -> None:
    big = b"#" * (1 << 19)
    with SourceSpool() as sources:
        tracemalloc.start()
        digests = [sources.add(Submission(big + b"%d" % number, "")) for number in range(60)]
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(set(digests)) == 60 and peak < 10 << 20


def test_many_large_files_of_one_student_are_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.submissions.looks._MAX_HELD_BYTES", 100)
    big = SOLVED + b"#" * 200
    path = folder(tmp_path, {"ada/a.py": IDLE * 50, "ada/softmax.py": big})
    with SourceSpool() as sources:
        (attempt,) = collect(path, sources=sources).attempts
        assert sources.submission(attempt).source == big


def test_digest_tells_sources_and_flaws_apart() -> None:
    submissions = [
        Submission(b"a", "x.py"),
        Submission(b"b", "x.py"),
        Submission(b"a", "x.py", flaw="odd \udc80"),
        Submission(b"", "x.py", flaw="odd"),
    ]
    submissions += [
        Submission(b"a", "x.py", cells=(1,)),
        Submission(b"a", "x.py", cells=(2,)),
        Submission(b"a", "x.py", modules=(Module("m", "m.py", b""),)),
        Submission(b"a", "x.py", modules=(Module("m", "m.py", b"x"),)),
        Submission(b"a", "x.py", modules=(Module("n", "m.py", b"x"),)),
        Submission(b"a", "x.py", modules=(Module("m", "m.py", b"", is_package=True),)),
    ]
    assert len({digest_of(each) for each in submissions}) == 10
    assert digest_of(Submission(b"a", "y.py", "ada")) == digest_of(submissions[0])
