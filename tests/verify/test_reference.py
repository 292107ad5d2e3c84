"""What the checks of the reference report about an `expected` that it contradicts."""

from __future__ import annotations

import pytest

from grader.checkers import CHECKERS, CLOSE
from grader.errors import Location
from grader.model.checker import DEFAULT_TOLERANCE
from grader.model.problem import Case
from grader.values import Value
from grader.verify.checks.reference import disagreement

CASE = Case.of_call("one", {}, Location("cases.yaml"), CLOSE, has_expected=True)
NUMBERS: list[Value] = [float(n) for n in range(200)]
LONG: list[Value] = [*NUMBERS[:150], 0.5, *NUMBERS[151:]]
ROWS: list[Value] = [NUMBERS[n : n + 2] for n in range(60)]

# expected, the reference's answer, and what is above the caret in both lines
DISAGREEMENTS: dict[str, tuple[Value, Value, str, str]] = {
    "numbers": (5.0, 8.0, "5.0", "8.0"),
    "far back in a list": (NUMBERS, LONG, "150.0,", "0.5,"),
    "far down in a matrix": (ROWS, [*ROWS[:55], [55.0, 9.0], *ROWS[56:]], "56.0]", "9.0]"),
    "far back in lists in a dict": ({"a": [NUMBERS]}, {"a": [LONG]}, "150.0", "0.5"),
    "far back in a text": ("a" * 500 + "b", "a" * 500 + "c", "b'", "c'"),
    "a list in place of a tuple": ((1.0, 2.0), [1.0, 2.0], "(1.0", "[1.0"),
}


@pytest.mark.parametrize(
    "expected, answer, written, computed", DISAGREEMENTS.values(), ids=DISAGREEMENTS
)
def test_the_first_difference_from_an_expected_is_shown(
    expected: Value, answer: Value, written: str, computed: str
) -> None:
    step = CASE.with_step(expected=expected, checker=CHECKERS["same_kind"]).step
    mismatch = step.checker.compare(answer, expected, DEFAULT_TOLERANCE)
    assert mismatch is not None
    _, first, second, caret = disagreement("case 'one'", step, answer, mismatch).split("\n")
    at = caret.index("^")
    assert first[:at].removeprefix("    expected ") == second[:at].removeprefix("    reference")
    assert first[at] != second[at]
    assert written in first and computed in second
    assert max(len(first), len(second)) <= 200
