"""Whatever fails while one submission is judged becomes a verdict or a missing hint of that one."""

from __future__ import annotations

import io
import math
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.checkers import CHECKERS
from grader.checkers.compare import Walk
from grader.course.store import JudgementKey, Store
from grader.errors import Location, SpecError, UsageError
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge, judgement_of
from grader.judging.observations import observe
from grader.judging.redact import for_student
from grader.model.entry_point import EntryPoint
from grader.model.judgement import Judgement, Protection, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.model.signature import Parameter
from grader.reports.judgement.formats import FORMATS, Report
from grader.reports.judgement.terminal import write as write_terminal
from grader.values import Array, Unsupported, Value
from tests._support.small_problems import REFEREE
from tests.values.test_values import VALUES

PROTECTION = Protection("strict", ())
SUBMISSION = Submission(b"def f(x):\n    return x\n", "me.py")


class Key:
    """An answer key of cases that expect these values."""

    digest = "0" * 64

    def __init__(self, *expected: Value, checker: str = "close") -> None:
        cases = tuple(
            Case.of_call(
                f"case {number}",
                {"x": [1.0] * (number + 1)},
                Location("cases.yaml"),
                CHECKERS[checker],
                expected=value,
                has_expected=True,
                points=Fraction(1),
            )
            for number, value in enumerate(expected)
        )
        entry_point = EntryPoint.of_function("f", (Parameter("x"),))
        self.referee = REFEREE
        self.problem = Problem("f", "F", "easy", "Test", entry_point, "Do it.", b"", cases)


def judged(expected: list[Value], answers: list[Value], checker: str = "close") -> Judgement:
    runs = [Run(RunStatus.RETURNED, value=each) for each in answers]
    key = cast("AnswerKey", Key(*expected, checker=checker))
    return judgement_of(key, SUBMISSION, runs, PROTECTION)


# Judging -----------------------------------------------------------------------------------------

FAILURES = [MemoryError, RecursionError, OverflowError, ValueError, AssertionError, KeyError]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_comparison_that_fails_is_an_error_of_the_grader_in_its_case(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = Walk.compare

    def failing(self: Walk, answer: Value, expected: Value) -> object:
        if answer == "poison":
            raise failure("secret")
        return compare(self, answer, expected)

    monkeypatch.setattr(Walk, "compare", failing)
    judgement = judged([1.0, 2.0, 3.0], [1.0, "poison", 4.0])
    assert [each.verdict for each in judgement.results] == [
        Verdict.ACCEPTED,
        Verdict.JUDGE_ERROR,
        Verdict.WRONG_ANSWER,
    ]
    assert judgement.verdict is Verdict.JUDGE_ERROR
    error = judgement.results[1].run.error
    assert error.startswith(f"the answer cannot be compared: {failure.__name__} in grader.")
    assert "secret" not in error


class FailingKey(Key):
    def __init__(self, error: Exception) -> None:
        super().__init__(1.0, 2.0)
        self.error = error

    def runs(self, *_: object) -> list[Run]:
        raise self.error


class Idle:
    """A sandbox in which nothing is run."""

    protection = PROTECTION


@pytest.mark.parametrize("failure", FAILURES)
def test_a_run_that_fails_is_an_error_of_the_grader(failure: type[Exception]) -> None:
    key, sandbox = cast(Any, FailingKey(failure("secret"))), cast(Any, Idle())
    judgement = judge(key, SUBMISSION, sandbox)
    assert judgement.verdict is Verdict.JUDGE_ERROR
    assert judgement.score == 0
    assert "secret" not in judgement.results[0].run.error


@pytest.mark.parametrize("error", [UsageError("no sandbox"), SpecError([])], ids=type)
def test_an_error_of_the_instructor_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        judge(cast(Any, FailingKey(error)), SUBMISSION, cast(Any, Idle()))


# Observations ------------------------------------------------------------------------------------

MOST = 1.7976931348623157e308
TINY = 5e-324
nan, inf = math.nan, math.inf


def array(*numbers: float) -> Array:
    return Array("float64", (len(numbers),), struct.pack(f"<{len(numbers)}d", *numbers))


STRANGE: dict[str, tuple[list[Value], list[Value]]] = {
    "zero and nan": ([0.0, nan], [1.0, 1.0]),
    "nan and zero": ([nan, 0.0], [1.0, 2.0]),
    "minus zero": ([-0.0, 0.0], [1.0, 2.0]),
    "infinities": ([inf, -inf, 1.0], [-inf, inf, 2.0]),
    "nan in arrays": ([array(0.0, nan), array(nan, 0.0)], [array(1.0, 1.0), array(2.0, 2.0)]),
    "subnormal": ([TINY, 2 * TINY], [2 * TINY, 4 * TINY]),
    "a subnormal for a large number": ([MOST, -MOST], [TINY, -TINY]),
    "a large number for a subnormal": ([TINY, 3 * TINY], [MOST, -MOST]),
    "huge integers": ([10**400, 1.0], [10**401, 2.0]),
    "integers of many digits": ([2.0, 1.0], [10**9999, -(10**9999)]),
    "empty lists": ([[], [[]]], [[[]], []]),
    "empty arrays": (
        [Array("int8", (0, 3), b""), Array("int8", (1, 0), b"")],
        [Array("int8", (3, 0), b""), Array("int8", (0, 1), b"")],
    ),
    "complex": ([complex(MOST, MOST), 1j], [complex(-MOST, MOST), complex(nan, 0)]),
    "rows for columns": ([[[1.0], [2.0]], [[3.0], [4.0]]], [[[1.0, 2.0]], [[3.0, 4.0]]]),
    "objects": ([1.0, 2.0], [Unsupported("a"), Unsupported("b")]),
}


@pytest.mark.parametrize("expected, answers", STRANGE.values(), ids=STRANGE)
def test_observations_of_strange_numbers(expected: list[Value], answers: list[Value]) -> None:
    judgement = judged(expected, answers, "exact")
    assert judgement.verdict is Verdict.WRONG_ANSWER
    for sentence in observe(judgement, None):
        assert sentence.endswith((".", "?"))


def test_a_large_answer_is_not_transposed_to_find_that_its_shape_differs() -> None:
    wide = Array("int8", (2, 1 << 16), bytes(1 << 17))
    judgement = judged([[[1.0], [2.0]]] * 2, [wide, wide])
    unfolded = 0
    nested = Array.nested

    def counted(self: Array) -> Value:
        nonlocal unfolded
        unfolded += len(self.data)
        return nested(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Array, "nested", counted)
        assert observe(judgement, None) == ()
    assert unfolded == 0


# Everything that sees a value --------------------------------------------------------------------

KEY = JudgementKey("s", "f", "k", "i", "g", "strict")


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    pairs=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=3),
    checker=st.sampled_from(sorted(CHECKERS)),
    text=st.text(st.characters(), max_size=20),
)
def test_no_answer_makes_a_judgement_a_store_or_a_report_fail(
    pairs: list[tuple[Value, Value]], checker: str, text: str, tmp_path: Path
) -> None:
    judgement = judged([want for want, _ in pairs], [got for _, got in pairs], checker)
    assert judgement.verdict is not Verdict.JUDGE_ERROR
    observe(judgement, None)
    with Store(tmp_path / "store") as store:
        store.add(KEY, judgement, times_run=1)
        stored = store.details(KEY)
        assert stored is not None
        again = judgement_of(
            cast("AnswerKey", Key(*(want for want, _ in pairs), checker=checker)),
            Submission(SUBMISSION.source, f"{text}.py", text),
            stored.runs,
            PROTECTION,
        )
        (fingerprint,) = store._database.execute("SELECT answers_fingerprint FROM judgement")
        assert fingerprint[0] != ""
    assert [each.verdict for each in again.results] == [each.verdict for each in judgement.results]
    for shown in (again, for_student(again)):
        for format in FORMATS:
            out = io.StringIO()
            Report(format, "-").writer()([shown], out)
            out.getvalue().encode("utf-8")
        out = io.StringIO()
        write_terminal(shown, out)
        out.getvalue().encode("utf-8")


def test_of_a_hidden_case_a_student_does_not_learn_where_the_grader_failed() -> None:
    key = Key(1.0)
    (case,) = key.problem.cases
    key.problem = replace(key.problem, cases=(replace(case, hidden=True),))
    error = "the answer cannot be compared: KeyError in grader.checkers.compare, line 1"
    run = Run(RunStatus.NOT_RUN, error=error)
    judgement = judgement_of(cast("AnswerKey", key), SUBMISSION, [run], PROTECTION)
    assert judgement.results[0].run.error == error
    assert for_student(judgement).results[0].run.error == "the answer cannot be compared"
