"""Diagnostics: their text, order and collection; suggestions for misspelt words."""

from __future__ import annotations

import pytest

from grader.errors import (
    Diagnostic,
    Diagnostics,
    GraderError,
    Location,
    SandboxError,
    SpecError,
    UsageError,
    did_you_mean,
    spec_error,
)

A, B = Location("a.yaml", 2, 3), Location("b.yaml", 1, 1)


def test_a_diagnostic_begins_with_its_location() -> None:
    error = spec_error(Location("problems/softmax/cases.yaml", 3, 17), "this is wrong")
    assert str(error) == "problems/softmax/cases.yaml:3:17: this is wrong"
    assert error.diagnostics == (
        Diagnostic(Location("problems/softmax/cases.yaml", 3, 17), "this is wrong"),
    )


def test_the_default_location_is_the_start_of_the_file() -> None:
    assert str(Location("a.yaml")) == "a.yaml:1:1"


def test_diagnostics_are_raised_together_in_order_and_once() -> None:
    diagnostics = Diagnostics()
    diagnostics.add(B, "the last")
    with diagnostics.gather():
        raise SpecError([Diagnostic(A, "two"), Diagnostic(A, "one")])
    with diagnostics.gather():
        raise spec_error(A._replace(line=10), "ten comes behind two")
    diagnostics.add(B, "the last")
    with pytest.raises(SpecError) as caught:
        diagnostics.raise_any()
    assert str(caught.value).splitlines() == [
        "a.yaml:2:3: one",
        "a.yaml:2:3: two",
        "a.yaml:10:3: ten comes behind two",
        "b.yaml:1:1: the last",
    ]


def test_without_diagnostics_nothing_is_raised() -> None:
    diagnostics = Diagnostics()
    with diagnostics.gather():
        pass
    diagnostics.raise_any()


def test_only_spec_errors_are_gathered() -> None:
    with pytest.raises(UsageError), Diagnostics().gather():
        raise UsageError("no such problem")


def test_all_errors_have_one_base() -> None:
    assert all(issubclass(each, GraderError) for each in (SpecError, UsageError, SandboxError))


KNOWN = ["rtol", "atol", "Reference"]
MEANT = {
    "a letter too many": ("rtoll", "; did you mean 'rtol'?"),
    "letters exchanged": ("rotl", "; did you mean 'rtol'?"),
    "capitals": ("ATOL", "; did you mean 'atol'?"),
    "no capitals": ("reference", "; did you mean 'Reference'?"),
    "nothing like it": ("colour", "; known: rtol, atol, Reference"),
    "nothing at all": ("", "; known: rtol, atol, Reference"),
}


@pytest.mark.parametrize("word, text", MEANT.values(), ids=MEANT)
def test_did_you_mean(word: str, text: str) -> None:
    assert did_you_mean(word, KNOWN) == text


def test_without_known_words_nothing_is_suggested() -> None:
    assert did_you_mean("rtol", []) == ""
