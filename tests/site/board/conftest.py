"""A lesson for the tests in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests._support.five_mistakes import write_course
from tests._support.lesson import Lesson


@pytest.fixture
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    lesson = Lesson(tmp_path_factory.mktemp("lesson"), write_course)
    yield lesson
    lesson.close()
