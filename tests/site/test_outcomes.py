"""Outcomes in the book: which one stays, and what is kept of those that were replaced."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from grader.model.judgement import Verdict
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind, Outcome, digest_of, now

FULL = Outcome(now(), Verdict.ACCEPTED, Fraction(4), Fraction(4), "old key")
LESS = Outcome(now(), Verdict.WRONG_ANSWER, Fraction(1), Fraction(4), "new key")
ERROR = Outcome(now(), Verdict.JUDGE_ERROR, Fraction(0), Fraction(4), "new key")
# What is kept one after the other, what stays, and what was replaced.
KEPT: dict[str, tuple[list[Outcome], Outcome, int]] = {
    "another outcome": ([FULL, LESS], LESS, 1),
    "the same outcome": ([FULL, FULL], FULL, 0),
    "an internal error alone": ([ERROR], ERROR, 0),
    "an outcome after an internal error": ([ERROR, LESS], LESS, 0),
    "an internal error after an outcome": ([FULL, ERROR], FULL, 0),
    "an internal error in between": ([FULL, ERROR, LESS], LESS, 1),
}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = Book(tmp_path)
    yield book
    book.close()


@pytest.mark.parametrize("outcomes, stays, replaced", KEPT.values(), ids=KEPT)
def test_an_internal_error_costs_nobody_an_outcome(
    book: Book, outcomes: list[Outcome], stays: Outcome, replaced: int
) -> None:
    attempt = Attempt("an-attempt", "ada", "mean", Kind.SUBMIT, digest_of(b"x"), now())
    book.begin(attempt, b"x", is_draft=False).result()
    for each in outcomes:
        book.finish(attempt.id, each).result()
    found = book.attempt(attempt.id)
    assert found is not None and found.outcome == stays
    assert len(book.read("SELECT 1 FROM outcome_before")) == replaced


def test_nothing_is_kept_of_an_attempt_that_was_forgotten(book: Book) -> None:
    book.finish("forgotten", FULL).result()
    assert book.read("SELECT 1 FROM outcome") == []
