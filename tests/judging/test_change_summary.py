"""Changes of a problem in a few sentences: cases that changed in the same way share one."""

from __future__ import annotations

import pytest

from grader.judging.change_summary import for_staff, for_students
from grader.judging.problem_changes import ProblemChange

TOLERANCE, WIDER = "has another tolerance", ": within 1 %, in place of within 0.01 %"
PUBLIC, HIDDEN = 3, 8


def _changes(*numbers: int, what: str = TOLERANCE, detail: str = WIDER) -> list[ProblemChange]:
    """Return the same change of some cases, of which the first three are public."""
    return [
        ProblemChange(what, f"c{number}", detail, number >= PUBLIC, public=PUBLIC, hidden=HIDDEN)
        for number in numbers
    ]


# The changes; what staff read, and what students read.
SUMMARIES = {
    "all cases": (
        _changes(*range(11)),
        [f"all 11 cases have another tolerance{WIDER}"],
        [
            f"all 3 public cases have another tolerance{WIDER}",
            "all 8 hidden cases have another tolerance",
        ],
    ),
    "some": (
        _changes(0, 1, 4),
        [
            f"the public cases c0 and c1 have another tolerance{WIDER}",
            f"the hidden case c4 has another tolerance{WIDER}",
        ],
        [
            f"the public cases c0 and c1 have another tolerance{WIDER}",
            "the hidden case c4 has another tolerance",
        ],
    ),
    "too many to name": (
        _changes(*range(3, 10)),
        [f"7 of 8 hidden cases have another tolerance{WIDER}"],
        ["7 of 8 hidden cases have another tolerance"],
    ),
    "one": (_changes(0), [f"the case c0 has another tolerance{WIDER}"], None),
    "different values": (
        [*_changes(0), *_changes(1, detail=": other")],
        [
            f"the case c0 has another tolerance{WIDER}",
            "the case c1 has another tolerance: other",
        ],
        None,
    ),
    "the problem": ([ProblemChange("the limits changed")], ["the limits changed"], None),
    "a secret": ([ProblemChange("it changed", is_secret=True)], ["it changed"], []),
    "removed": (
        _changes(0, 1, what="was removed", detail=""),
        ["the public cases c0 and c1 were removed"],
        None,
    ),
}


@pytest.mark.parametrize("changes, staff, students", SUMMARIES.values(), ids=SUMMARIES)
def test_equal_changes_share_a_sentence(
    changes: list[ProblemChange], staff: list[str], students: list[str] | None
) -> None:
    assert [words for words, _ in for_staff(changes)] == staff
    assert [is_secret for _, is_secret in for_staff(changes)] == [
        changes[0].is_secret for _ in staff
    ]
    assert for_students(changes) == (staff if students is None else students)
