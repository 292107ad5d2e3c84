"""Small problems of one function, judged and diagnosed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.bank.edits import combine_edits
from grader.checkers import CLOSE
from grader.errors import Location
from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge
from grader.judging.referee import Referee
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import EntryPoint
from grader.model.judgement import Judgement
from grader.model.problem import Case, Edit, Misconception, Problem, Submission
from grader.model.signature import Function, Parameter
from grader.sandbox.host import Sandbox
from grader.values import Value

# For checkers that need no sandbox.
REFEREE = Referee(Sandbox(None))
MEAN = "def f(x):\n    return sum(x) / len(x)\n"
FUNCTION = Function("f", (Parameter("x"),))
LISTS: list[Value] = [[1.0, 2.5], [4.0], [3.0, 4.5, 9.25], [0.125, 2.0, 7.0, 8.0]]


def small_problem(
    reference: str,
    arguments: Sequence[Value],
    wrong: dict[str, list[Edit]] | None = None,
    tolerance: Tolerance = DEFAULT_TOLERANCE,
) -> Problem:
    """A problem of one function f(x), the cases of which are all hidden."""
    text = reference.encode()
    plain = Problem(
        slug="small",
        title="Small",
        difficulty="easy",
        category="Tests",
        entry_point=EntryPoint((FUNCTION,)),
        statement="",
        starter=b"",
        cases=tuple(
            Case.of_call(
                str(number),
                {"x": value},
                Location("cases.yaml"),
                CLOSE,
                tolerance=tolerance,
                function=FUNCTION,
                hidden=True,
            )
            for number, value in enumerate(arguments)
        ),
        reference=text,
    )
    made = tuple(
        Misconception(
            slug,
            f"{slug}?",
            combine_edits(text, [Misconception("", "", b"", tuple(edits))]) or b"",
            tuple(edits),
        )
        for slug, edits in (wrong or {}).items()
    )
    return replace(plain, misconceptions=made)


def diagnosed(problem: Problem, source: str, sandbox: Sandbox) -> Judgement:
    key = AnswerKey(problem, sandbox)
    return diagnose(judge(key, Submission(source.encode(), "me.py"), sandbox), key, sandbox)
