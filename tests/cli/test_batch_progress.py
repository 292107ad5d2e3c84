"""Progress of a batch where there is no terminal: lines, with an estimate if one can be made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from grader.cli import batch_progress
from grader.course.batch import Progress


def test_nothing_is_said_about_the_time_left_before_anything_is_finished(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = count(0.0, 20.0)
    monkeypatch.setattr("grader.cli.batch_progress.time.monotonic", lambda: next(clock))

    def steps() -> Iterator[Progress]:
        yield Progress(total=10)
        yield Progress(total=10, judged=4, reused=1)

    batch_progress._print_lines(steps())
    assert capsys.readouterr().err.splitlines() == [
        "0 of 10 attempts: 0 judged, 0 reused",
        "5 of 10 attempts: 4 judged, 1 reused; about 40 s left",
    ]
