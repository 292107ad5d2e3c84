"""What the tests in a browser share: one browser and one server for each process of the suite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests._support.bank import copies
from tests._support.practice import Practice

PROBLEMS = 60


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    folder = tmp_path_factory.mktemp("practice")
    practice = Practice(copies(folder / "bank", PROBLEMS), folder / "book")
    yield practice
    practice.close()


@pytest.fixture(scope="session")
def _slugs() -> Iterator[str]:
    return (f"mean-{number}" for number in range(1, PROBLEMS + 1))


@pytest.fixture
def slug(_slugs: Iterator[str]) -> str:
    """A problem that nobody has begun."""
    return next(_slugs)
