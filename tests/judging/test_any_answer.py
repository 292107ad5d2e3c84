"""No answer makes judging, diagnosing or reporting fail, whatever is expected and how it was wrong.

The suite tries twenty problems, each with three submissions; with ODD_JUDGEMENTS=2000 in the
environment it tries that many problems.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from fractions import Fraction
from typing import TextIO

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grader.checkers import CHECKERS
from grader.errors import Location
from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge
from grader.judging.redact import for_student
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import EntryPoint
from grader.model.judgement import Judgement, Verdict
from grader.model.problem import Case, Misconception, Problem, Submission
from grader.model.signature import Function, Parameter
from grader.reports.judgement.formats import FORMATS, Report
from grader.reports.judgement.terminal import write as write_terminal
from grader.sandbox.host import Sandbox
from grader.values import Array, Value
from tests.values.test_values import VALUES

FUNCTION = Function("f", (Parameter("x"),))
EXAMPLES = int(os.environ.get("ODD_JUDGEMENTS", "20"))

# What a program does instead of returning the expected answer `e`.
MISTAKES = [
    "near(e, lambda x: x * 1.5 + 1)",
    "near(e, lambda x: x + 1e-7)",
    "near(e, lambda x: -x)",
    "near(e, lambda x: round(x, 2))",
    "near(e, str)",
    "near(e, lambda x: float('nan'))",
    "near(e, lambda x: 10 ** 400)",
    "e[::-1]",
    "e[:-1]",
    "[e, e]",
    "(e for _ in 'ab')",
    "np.asarray(e)",
    "np.asarray(e).T",
    "np.array([e, None], dtype=object)",
    "set(e)",
    "{e: e}",
    "print('x' * 10 ** 5) or e",
    "1 / 0",
    "exec('raise ' + type(e).__name__)",
    "exit(3)",
    "object()",
    "None",
]
NEAR = """
import numpy as np

FUNCTION = Function("f", (Parameter("x"),))

def near(e, change):
    if isinstance(e, (list, tuple, set, frozenset)):
        return type(e)(near(each, change) for each in e)
    if isinstance(e, dict):
        return {key: near(item, change) for key, item in e.items()}
    return change(e) if isinstance(e, (int, float, complex, np.ndarray)) else e
"""
TOLERANCES = st.sampled_from(
    [DEFAULT_TOLERANCE, Tolerance(0.0, 0.0), Tolerance(0.1, 10.0), Tolerance.of_decimals(2)]
)


def written(value: Value) -> str:
    """Return an expression of Python for a value; `np` is NumPy."""
    match value:
        case float():
            return f"float('{value}')"
        case complex():
            return f"complex({written(value.real)}, {written(value.imag)})"
        case bool() | None | str() | bytes():
            return repr(value)
        case int():
            return hex(value)
        case list():
            return f"[{', '.join(map(written, value))}]"
        case tuple():
            return f"({''.join(written(each) + ', ' for each in value)})"
        case set() | frozenset():
            return f"{type(value).__name__}([{', '.join(map(written, value))}])"
        case dict():
            items = (f"{written(key)}: {written(item)}" for key, item in value.items())
            return f"{{{', '.join(items)}}}"
        case Array():
            return f"np.frombuffer({value.data!r}, {value.dtype!r}).reshape({value.shape})"
        case _:
            raise AssertionError(f"no value to be expected: {value!r}")


def program(answers: list[str]) -> bytes:
    rows = "".join(
        f"    if x == {number}:\n        return {each}\n" for number, each in enumerate(answers)
    )
    return f"{NEAR}\ndef f(x):\n{rows}".encode("utf-8", "backslashreplace")


@st.composite
def problems(draw: st.DrawFn) -> tuple[Problem, list[bytes]]:
    """A problem, and programs that answer its cases."""
    values = draw(st.lists(VALUES, min_size=1, max_size=4))
    checker = CHECKERS[draw(st.sampled_from(sorted(CHECKERS)))]
    tolerance = draw(TOLERANCES)
    cases = tuple(
        Case.of_call(
            f"case {number}",
            {"x": number},
            Location("cases.yaml"),
            checker,
            expected=value,
            has_expected=True,
            tolerance=tolerance,
            function=FUNCTION,
            points=Fraction(draw(st.integers(1, 3)), 3),
            hidden=draw(st.booleans()),
        )
        for number, value in enumerate(values)
    )

    def wrong() -> bytes:
        mistakes = st.sampled_from(MISTAKES)
        mistake, other = draw(mistakes), written(draw(VALUES))
        answers = []
        for value in values:
            kind = draw(st.sampled_from(["same", "same", "right", "other", "any"]))
            chosen = {"right": "e", "other": other, "any": draw(mistakes)}.get(kind, mistake)
            answers.append(f"(lambda e: {chosen})({written(value)})")
        return program(answers)

    misconceptions = tuple(
        Misconception(f"wrong-{number}", f"Hint {number}?", wrong())
        for number in range(draw(st.integers(0, 2)))
    )
    problem = Problem(
        "any",
        "Any",
        "easy",
        "Tests",
        EntryPoint((FUNCTION,)),
        "",
        b"",
        cases,
        reference=program([written(value) for value in values]),
        misconceptions=misconceptions,
    )
    return problem, [problem.reference or b"", wrong(), wrong()]


@given(problems())
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_answer_is_judged_diagnosed_and_reported(
    sandbox: Sandbox, made: tuple[Problem, list[bytes]]
) -> None:
    problem, (right, *wrong) = made
    key = AnswerKey(problem, sandbox)
    assert reported(judge(key, Submission(right, "right.py"), sandbox), key, sandbox).verdict in (
        Verdict.ACCEPTED,
        Verdict.OUTPUT_LIMIT,
    )
    for source in wrong:
        reported(judge(key, Submission(source, "wrong.py"), sandbox), key, sandbox)


def reported(judgement: Judgement, key: AnswerKey, sandbox: Sandbox) -> Judgement:
    """Return a judgement for which everything was written."""
    assert Verdict.JUDGE_ERROR not in {each.verdict for each in judgement.results}
    diagnosed = diagnose(judgement, key, sandbox)
    for shown, formats in ((diagnosed, ["json"]), (for_student(diagnosed), FORMATS)):
        for write in (write_terminal_of_one, *(Report(each, "-").writer() for each in formats)):
            out = io.StringIO()
            write([shown], out)
            out.getvalue().encode("utf-8")
    return diagnosed


def write_terminal_of_one(judgements: Iterable[Judgement], out: TextIO) -> None:
    for judgement in judgements:
        write_terminal(judgement, out)
