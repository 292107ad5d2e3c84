"""A published text, cut into the values that a test prints."""

from __future__ import annotations

import pytest

from grader.importers.printed_text import Unprintable, printed_values

PRINTED: dict[str, tuple[list[str], str, list[object]]] = {
    "labels": (["a: ", "\nb: "], "a: [1, 2]\nb: 3", [[1, 2], 3]),
    "format": (["mu=", ", s="], "mu=0.50, s=2.00", [0.5, 2.0]),
    "with a comma": (["", " "], "0, 2.5", [0, 2.5]),
    "lists with spaces": (["", " "], "[1 2] [3 4]", [[1, 2], [3, 4]]),
    "texts with spaces in brackets": (["", " "], "P(a=1, b=2) P(a=3)", ["P(a=1, b=2)", "P(a=3)"]),
    "a tuple for two": (["", " "], "([1], 2)", [[1], 2]),
    "words": ([""], "hello there", ["hello there"]),
    "none": ([], "passed", []),
}


@pytest.mark.parametrize("before, text, values", PRINTED.values(), ids=PRINTED)
def test_printed_values(before: list[str], text: str, values: list[object]) -> None:
    tail = "\n" if before else "passed\n"
    assert [value for _, value in printed_values(before, tail, text)] == values


UNPRINTABLE = {
    "another number of values": (["", " "], "1", "the test prints 2 values"),
    "another fixed text": ([], "failed", "the test prints another text"),
}


@pytest.mark.parametrize("before, text, reason", UNPRINTABLE.values(), ids=UNPRINTABLE)
def test_texts_that_do_not_fit_are_refused(before: list[str], text: str, reason: str) -> None:
    with pytest.raises(Unprintable, match=reason):
        printed_values(before, "passed\n", text)
