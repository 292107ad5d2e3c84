"""An interpreter for tests that run the grader as an ordinary user."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests._support.nobody import python_for_nobody


@pytest.fixture(scope="session")
def nobodys_python() -> Iterator[str]:
    """An interpreter with all dependencies that an ordinary user can run."""
    with python_for_nobody() as python:
        why = "there is no Python of this version that an ordinary user can run"
        if python is None and os.environ.get("CI"):
            pytest.fail(why)
        yield python or pytest.skip(why)
