"""An imported problem, as it is written to a bank and reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from grader.importers.decimals import Decimals
from grader.importers.outcomes import Outcome, TestResult
from grader.importers.questions import Question
from grader.importers.steps import Expectation, ImportedStep
from grader.values import Value
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class ImportedCase:
    """A case to be written.

    Attributes:
        expectation: of its only call
        checker: source of the functions that judge its answers; empty if none does
        steps: its steps, if it is more than one call; then it has no `args` and `expectation`
        results: the names of results in steps, by the number of the event
        uses: the functions and classes that students write and the case calls
        is_driven: whether its arguments are those of the driver
        test: number of the test it is made of
        seed: that the test sets, if the call draws random numbers
        group: whose points it shares with other cases; empty if it has none
        is_hidden: None if the source does not say
    """

    name: str
    test: int
    args: Mapping[str, Value] = field(default_factory=dict)
    expectation: Expectation = field(default_factory=Expectation)
    seed: int | None = None
    checker: str = ""
    steps: tuple[ImportedStep, ...] = ()
    results: Mapping[int, str] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    group: str = ""
    is_hidden: bool | None = None
    is_driven: bool = False

    def function_name(self, number: int = 0) -> str:
        """Return the name of its function in checker.py, or of one of several."""
        return self.name.replace("-", "_") + (f"_{number}" if number else "")


@dataclass(frozen=True)
class ImportedProblem:
    """A question with the parts of it that can be written.

    Attributes:
        entry: the functions or the class that students write, by the key of spec.md
        reason: why the whole question was left out
        groups: of cases that earn points together, all or nothing: the points by name
        given: the files of its given code
        driven: cases for tests, by their numbers, in place of others if these are refused
        slow: whether a test takes the solution so long that the usual limits are too short
    """

    question: Question
    starter: str = ""
    reference: str = ""
    entry: tuple[str, tuple[str, ...]] = ("function", ())
    cases: tuple[ImportedCase, ...] = ()
    tests: tuple[TestResult, ...] = ()
    repairs: tuple[str, ...] = ()
    decimals: Decimals = field(default_factory=Decimals)
    reason: str = ""
    groups: Mapping[str, Fraction] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    driven: Mapping[int, ImportedCase] = field(default_factory=dict)
    slow: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every test became a case."""
        outcomes = [test.outcome for test in self.tests]
        return bool(outcomes) and all(each is Outcome.IMPORTED for each in outcomes)


def left_out(question: Question, reason: str, repairs: tuple[str, ...] = ()) -> ImportedProblem:
    """Return a question of which nothing is imported, for one reason."""
    tests = tuple(TestResult(each.number, Outcome.LEFT_OUT, reason) for each in question.tests)
    return ImportedProblem(question, tests=tests, repairs=repairs, reason=reason)
