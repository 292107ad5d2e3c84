"""The sentences about an answer that differs from the expected one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checkers import CLOSE
from grader.errors import Location
from grader.judging.judge import result
from grader.model.checker import Tolerance
from grader.model.judgement import Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.reports.messages import message
from grader.values import Value

DEFAULT = Tolerance()


def said(got: Value, expected: Value, tolerance: Tolerance = DEFAULT) -> str:
    """Return the message about a wrong answer."""
    case = Case(
        "a", {}, Location("cases.yaml"), CLOSE, expected, has_expected=True, tolerance=tolerance
    )
    judged = result(case, Run(RunStatus.RETURNED, value=got))
    assert judged.verdict is Verdict.WRONG_ANSWER
    return message(judged)


EXCESS = {
    "clearly off": (7.5, 2.5, Tolerance(), "off by 5; at most 0.00025 is allowed"),
    "by one part in a thousand": (
        1.1001,
        1.0,
        Tolerance(0.0, 0.1),
        "off by 0.1001; at most 0.1 is allowed",
    ),
    "in the sixth digit": (
        0.400000001,
        0.3,
        Tolerance(0.0, 0.1),
        "off by 0.100000001; at most 0.1 is allowed",
    ),
    "without tolerance": (
        0.30000000000000004,
        0.3,
        Tolerance(0.0, 0.0),
        "off by 5.6e-17; no difference is allowed",
    ),
}


@pytest.mark.parametrize("got, expected, tolerance, text", EXCESS.values(), ids=EXCESS)
def test_a_difference_has_the_digits_that_show_the_excess(
    got: float, expected: float, tolerance: Tolerance, text: str
) -> None:
    assert said(got, expected, tolerance).endswith(f"({text})")


@given(st.floats(-1e6, 1e6), st.floats(1e-12, 1e3), st.floats(1.0, 1.001))
def test_a_message_never_contradicts_itself(expected: float, atol: float, excess: float) -> None:
    tolerance = Tolerance(0.0, atol)
    got = expected + atol * excess
    if CLOSE.compare(got, expected, tolerance) is None:
        return
    text = said(got, expected, tolerance)
    found = re.search(r"off by (\S+); at most (\S+) is allowed", text)
    assert found is not None and float(found[1]) > float(found[2])
