"""Observations about wrong answers that no known misconception explains.

An observation is a function whose docstring is its rule; it returns a sentence for the student, or
None. Those in ANSWERS examine the answers at hand, and must hold in every case with a wrong answer,
and in at least two. Those in RUNS run the submission again, in at most five child processes, and
are tried only if the former find nothing.

A sentence describes what the wrong answers have in common, but never an answer: a factor or an
offset is named only if it is a small whole number or the length of an argument. So students may
read it even if it is about hidden cases, and `judging.redact.for_student` keeps it. All sentences
are fixed; a submission can leak a bit by provoking one of them, as it can by its verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import repeat
from typing import TypeGuard

from grader.checkers import CLOSE, EXACT
from grader.checkers.sequences import items_of
from grader.model.checker import Tolerance
from grader.model.entry_point import EntryPoint
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.sandbox.host import Sandbox
from grader.values import Array, Value
from grader.values.show import shape

_MIN_CASES = 2  # that a rule must hold in
_MAX_NAMED = 20  # larger factors and offsets are not named
_MAX_DECIMALS = 6
_MAX_ALONE = 3  # cases that are run again, each in a process of its own
_MAX_WATCHED = 2  # cases whose arguments are compared after the call

Numbers = Sequence[tuple[float, float]]  # got and expected


@dataclass(frozen=True)
class Answers:
    """The cases that returned an answer, by whether it was right or wrong."""

    right: Sequence[CaseResult]
    wrong: Sequence[CaseResult]

    @cached_property
    def numbers(self) -> Sequence[Numbers]:
        """Pairs of the numbers in each wrong answer and in the expected one.

        Empty if an answer is wrong for another reason than a number out of tolerance.
        """
        if any(each.mismatch is None or each.mismatch.why for each in self.wrong):
            return []
        return _all_numbers(self.wrong)


def observe(judgement: Judgement, sandbox: Sandbox | None) -> tuple[str, ...]:
    """Return observations about the answers; if there are none, about new runs in the sandbox."""
    returned = [each for each in judgement.results if each.run.status is RunStatus.RETURNED]
    answers = Answers(
        right=[each for each in returned if each.verdict is Verdict.ACCEPTED],
        wrong=[each for each in returned if each.verdict is Verdict.WRONG_ANSWER],
    )
    if len(answers.wrong) >= _MIN_CASES:
        found = tuple(text for rule in ANSWERS if (text := rule(answers)))
        if found:
            return found
    if sandbox is None:
        return ()
    again = Again(judgement.problem, judgement.submission, sandbox)
    return tuple(text for rule in RUNS if (text := rule(judgement.results, again)))


# Of answers --------------------------------------------------------------------------------------


def sign(answers: Answers) -> str | None:
    """Every wrong answer is the right one with its sign changed."""
    if _are(answers, times=repeat(-1.0)):
        return "Every wrong answer has the right size and the wrong sign."
    return None


def factor(answers: Answers) -> str | None:
    """Every wrong answer is the right one times the same number, which is neither 0 nor -1."""
    numbers = [pair for pairs in answers.numbers for pair in pairs]
    if len({expected for _, expected in numbers}) < 2:  # the same answer always: any rule fits
        return None
    got, expected = max(numbers, key=lambda pair: abs(pair[1]))
    if not expected or not math.isfinite(expected):  # no factor gives an answer other than 0
        return None
    ratio = got / expected
    simple = _simple(ratio)
    if ratio == 0 or simple == -1:
        return None
    if simple is not None and _are(answers, times=repeat(float(simple))):
        if simple.denominator == 1:
            return f"Every wrong answer is {simple} times the right one."
        return f"Every wrong answer is the right one divided by {1 / simple}."
    if _are(answers, times=repeat(ratio)):
        return "Every wrong answer is off by one and the same factor."
    return None


def length(answers: Answers) -> str | None:
    """Every wrong answer is the right one times, or divided by, the size of an argument.

    The size must differ between cases, else the factor could be any other constant.
    """
    for name in answers.wrong[0].case.args:
        for phrase, size in _SIZES.items():
            sizes = [size(each.case.args.get(name)) for each in answers.wrong]
            if 0 in sizes or len(set(sizes)) < 2:
                continue
            if _are(answers, times=sizes):
                return f"Every wrong answer is the right one times {phrase.format(name)}."
            if _are(answers, times=[1 / each for each in sizes]):
                return f"Every wrong answer is the right one divided by {phrase.format(name)}."
    return None


def offset(answers: Answers) -> str | None:
    """Every wrong answer is the right one plus the same number."""
    numbers = [pair for pairs in answers.numbers for pair in pairs]
    if len({expected for _, expected in numbers}) < 2:  # the same answer always: any rule fits
        return None
    got, expected = numbers[0]
    simple = _simple(got - expected)
    if simple is not None and simple.denominator == 1 and _are(answers, plus=float(simple)):
        return f"Every wrong answer is too {'large' if simple > 0 else 'small'} by {abs(simple)}."
    if _are(answers, plus=got - expected):
        return "Every wrong answer is off by one and the same amount, whatever the arguments are."
    return None


def rounded(answers: Answers) -> str | None:
    """Every answer has few decimals, and is the right one rounded to them."""
    if len({got for pairs in answers.numbers for got, _ in pairs if got != 0}) < _MIN_CASES:
        return None  # the same answer always: a constant, not a rounded number
    all_numbers = [*answers.numbers, *_all_numbers(answers.right)]
    numbers = [pair for pairs in all_numbers for pair in pairs]
    for decimals in range(_MAX_DECIMALS + 1):
        if all(math.isclose(got, round(got, decimals), rel_tol=1e-9) for got, _ in numbers):
            half = 0.5 * 10.0**-decimals * (1 + 1e-9)
            if any(abs(got - expected) > half for got, expected in numbers):
                return None
            to = f"{decimals} decimal{'s' * (decimals > 1)}" if decimals else "whole numbers"
            return f"Your answers are rounded to {to}: return them at full precision."
    return None


def transposed(answers: Answers) -> str | None:
    """Every wrong answer is the right one with rows and columns exchanged."""
    for each in answers.wrong:
        axes, wanted = shape(each.run.value), shape(each.case.expected)
        if axes is None or wanted is None or axes != wanted[::-1]:
            return None
        rows = _rows(each.run.value)
        if rows is None:
            return None
        turned: Value = [list(column) for column in zip(*rows, strict=True)]
        if CLOSE.compare(turned, each.case.expected, each.case.tolerance) is not None:
            return None
    return "Every wrong answer is the transpose of the right one: its rows should be columns."


def ragged(answers: Answers) -> str | None:
    """Right wherever the lists in an argument are of one length, wrong wherever they are not."""
    right = [_is_ragged(each.case) for each in answers.right]
    wrong = [_is_ragged(each.case) for each in answers.wrong]
    if len(right) >= _MIN_CASES and set(right) == {False} and set(wrong) == {True}:
        return (
            "Your answers are right where the lists within an argument have the same length, and"
            " wrong where they have not."
        )
    return None


ANSWERS: tuple[Callable[[Answers], str | None], ...] = (
    sign,
    factor,
    length,
    offset,
    rounded,
    transposed,
    ragged,
)


# Of running again --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Again:
    """A submission to run again."""

    problem: Problem
    submission: Submission
    sandbox: Sandbox

    def run(self, cases: Sequence[Case], instead: Submission | None = None) -> list[Run]:
        """Return the runs of these cases in one new child process.

        Args:
            instead: another submission to run

        Raises:
            SandboxError: if the sandbox fails
        """
        problem = self.problem
        program = problem.program_of(instead or self.submission)
        calls = [problem.entry_point.call(case.args) for case in cases]
        return self.sandbox.run(program, calls, problem.limits)


def state(results: Sequence[CaseResult], again: Again) -> str | None:
    """Cases that were wrong after others are right in a fresh process."""
    # The first case ran in a fresh process already.
    later = [each.case for each in results[1:] if each.verdict is Verdict.WRONG_ANSWER]
    for case in later[:_MAX_ALONE]:
        (run,) = again.run([case])
        if run.status is not RunStatus.RETURNED:
            return None
        if case.checker.compare(run.value, case.expected, case.tolerance) is not None:
            return None
    if not later:
        return None
    return (
        "Your function answers right in a fresh process, and wrong after other calls. What does it"
        " keep from one call to the next: a global variable, or a default argument that it changes?"
    )


def arguments(results: Sequence[CaseResult], again: Again) -> str | None:
    """The call changes the same argument in every wrong case that is run again."""
    wrong = [each.case for each in results if each.verdict is Verdict.WRONG_ANSWER]
    watched, parameters = wrong[:_MAX_WATCHED], again.problem.entry_point.parameters
    runs = again.run(watched, _watching(again))
    entry_point = again.problem.entry_point
    changed = [_changed(entry_point, *each) for each in zip(watched, runs, strict=True)]
    for parameter in parameters:
        if all(parameter.name in names for names in changed):
            return (
                f"Your function changes its argument {parameter.name}. Does it still need it as it"
                " was? Work on a copy."
            )
    return None


RUNS: tuple[Callable[[Sequence[CaseResult], Again], str | None], ...] = (state, arguments)

# Placed after the submission, which can tamper with it, so its answer may only ever decide a hint.
# While it calls the function, the function has its name back, by which it may call itself.
_WATCHING = """
_function = {function}

def _watching(*args, **kwargs):
    globals()[{function!r}] = _function
    try:
        _function(*args, **kwargs)
    finally:
        globals()[{function!r}] = _watching
    return list(args), kwargs

{function} = _watching
"""


def _watching(again: Again) -> Submission:
    """Return a program that returns the arguments as they are after the submission's call."""
    submission, function = again.submission, str(again.problem.entry_point)
    source = submission.source + b"\n" + _WATCHING.format(function=function).encode("ascii")
    cells = submission.cells
    if cells:
        cells = (*cells, submission.source.count(b"\n") + 1)
    return replace(submission, source=source, cells=cells)


def _changed(entry_point: EntryPoint, case: Case, run: Run) -> set[str]:
    """Return the names of the arguments that the call changed."""
    call = entry_point.call(case.args)
    names = entry_point.names_by_position(len(call.args))
    match run.value:
        case (list(args), dict(kwargs)) if run.status is RunStatus.RETURNED:
            pairs = [*zip(names, args, call.args, strict=False)]
            pairs += [(name, kwargs.get(name), before) for name, before in call.kwargs.items()]
            return {
                name
                for name, after, before in pairs
                if EXACT.compare(after, before, Tolerance()) is not None
            }
    return set()


# Numbers and shapes ------------------------------------------------------------------------------


def _are(answers: Answers, times: Iterable[float] = repeat(1.0), plus: float = 0.0) -> bool:
    """Return whether all numbers of the wrong answers are the right ones, scaled and shifted.

    Args:
        times: the factor of each wrong answer
        plus: the offset of all wrong answers
    """
    return bool(answers.numbers) and all(
        _is_moved(got, expected, by * expected + plus, each.case.tolerance)
        for each, pairs, by in zip(answers.wrong, answers.numbers, times, strict=False)
        for got, expected in pairs
    )


def _is_moved(got: float, expected: float, to: float, tolerance: Tolerance) -> bool:
    """Return whether a number is where a rule moves the expected one, to 1 % of the distance.

    The tolerance alone would accept too much if the distance is hardly larger than the tolerance.
    """
    if not math.isfinite(to):  # beyond a float, where the allowed errors are infinite too
        return False
    way = abs(to - expected)
    if way <= tolerance.allowed(expected):
        return abs(got - expected) <= tolerance.allowed(expected)
    return abs(got - to) <= max(1e-9 * abs(to), min(tolerance.allowed(to), way / 100))


def _simple(number: float) -> Fraction | None:
    """Return the small whole number, or its reciprocal, that a number nearly equals, or None."""
    if not (math.isfinite(number) and 1 / _MAX_NAMED - 0.001 < abs(number) < _MAX_NAMED + 0.5):
        return None
    simple = Fraction(round(number)) if abs(number) > 0.9 else 1 / Fraction(round(1 / number))
    return simple if math.isclose(number, simple, rel_tol=1e-3) else None


def _all_numbers(results: Sequence[CaseResult]) -> list[Numbers]:
    """Return the numbers of each answer; nothing if an answer has other elements than numbers."""
    found = [_numbers(each.run.value, each.case.expected) for each in results]
    return [pairs for pairs in found if pairs] if all(found) else []


def _numbers(got: Value, expected: Value) -> list[tuple[float, float]]:
    """Return pairs of the numbers of two values of the same shape; nothing for other values."""
    if isinstance(got, Array) and shape(got) == shape(expected):  # so it is as small as expected
        got = got.nested()
    if isinstance(expected, Array):
        expected = expected.nested()
    items, wanted = items_of(got), items_of(expected)
    if items is not None and wanted is not None and len(items) == len(wanted):
        inner = [_numbers(item, want) for item, want in zip(items, wanted, strict=True)]
        return [pair for pairs in inner for pair in pairs] if all(inner) else []
    try:
        if _is_number(got) and _is_number(expected):
            return [(float(got), float(expected))]
    except OverflowError:  # an integer beyond what a float can hold
        pass
    return []


def _is_number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rows(value: Value) -> list[Sequence[Value]] | None:
    """Return the rows of a value with two axes, or None."""
    axes = shape(value)
    if axes is None or len(axes) != 2 or 0 in axes:
        return None
    value = value.nested() if isinstance(value, Array) else value
    return [items_of(row) or [] for row in items_of(value) or []]


def _lengths(value: Value) -> list[int]:
    """Return the lengths of the lists in a list; nothing if not all elements are lists."""
    inner = [items_of(item) for item in items_of(value) or []]
    lengths = [len(items) for items in inner if items is not None]
    return lengths if len(lengths) == len(inner) else []


def _is_ragged(case: Case) -> bool | None:
    """Return whether lists in an argument differ in length; None if no argument has lists in it."""
    nested = [lengths for value in case.args.values() if (lengths := _lengths(value))]
    return any(len(set(lengths)) > 1 for lengths in nested) if nested else None


_SIZES: dict[str, Callable[[Value], int]] = {
    "the length of {}": lambda value: len(items_of(value) or []),
    "the number of all elements in {}": lambda value: sum(_lengths(value)),
    "the length of the longest list in {}": lambda value: max(_lengths(value), default=0),
}
