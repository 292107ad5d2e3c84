"""How a complaint reads, and how many are told at once."""

from __future__ import annotations

import pytest

from grader.errors import (
    Complaint,
    Complaints,
    GraderError,
    Location,
    SandboxError,
    SpecError,
    UsageError,
    complain,
    did_you_mean,
)

A, B = Location("a.yaml", 2, 3), Location("b.yaml", 1, 1)


def test_a_complaint_begins_with_its_place() -> None:
    error = complain(Location("problems/softmax/cases.yaml", 3, 17), "this is wrong")
    assert str(error) == "problems/softmax/cases.yaml:3:17: this is wrong"
    assert error.complaints == (
        Complaint(Location("problems/softmax/cases.yaml", 3, 17), "this is wrong"),
    )


def test_a_place_without_line_is_the_beginning_of_the_file() -> None:
    assert str(Location("a.yaml")) == "a.yaml:1:1"


def test_complaints_are_told_together_in_order_and_once() -> None:
    complaints = Complaints()
    complaints.add(B, "the last")
    with complaints.gather():
        raise SpecError([Complaint(A, "two"), Complaint(A, "one")])
    with complaints.gather():
        raise complain(A._replace(line=10), "ten comes behind two")
    complaints.add(B, "the last")
    with pytest.raises(SpecError) as caught:
        complaints.raise_any()
    assert str(caught.value).splitlines() == [
        "a.yaml:2:3: one",
        "a.yaml:2:3: two",
        "a.yaml:10:3: ten comes behind two",
        "b.yaml:1:1: the last",
    ]


def test_without_complaints_nothing_is_raised() -> None:
    complaints = Complaints()
    with complaints.gather():
        pass
    complaints.raise_any()


def test_only_complaints_are_gathered() -> None:
    with pytest.raises(UsageError), Complaints().gather():
        raise UsageError("no such problem")


def test_all_our_errors_have_one_root() -> None:
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


def test_where_nothing_is_known_nothing_is_offered() -> None:
    assert did_you_mean("rtol", []) == ""
