"""What can be seen in wrong answers that no known misconception gives.

An observation is a function whose docstring is its rule; it returns a sentence for the student, or
None. Those in ANSWERS look at what there is, and have to hold in every case that returned a wrong
answer, and in two of them at least. Those in RUNS have the submission run again, in at most five
children, and are asked only if the former see nothing.

A sentence tells what wrong answers have in common, never an answer: a factor or an offset is named
only where it is a small whole number or the length of an argument. So a student may read it though
it was made of hidden cases too, and `judging.redact.for_student` leaves it as it is. Its words are
ours; a submission can choose among them and pass on a bit in that way, as it can by the verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import repeat
from typing import TypeGuard

from grader.checkers import CLOSE, EXACT
from grader.checkers.compare import items_of
from grader.model.checker import Tolerance
from grader.model.entry_point import Parameter
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.sandbox.host import FILE, Sandbox
from grader.values import Value
from grader.values.show import shape

_FEWEST = 2  # cases that a rule must hold in
_MAX_NAMED = 20  # factors and offsets beyond are not named
_MAX_DECIMALS = 6
_MAX_ALONE = 3  # cases run again alone
_MAX_WATCHED = 2  # cases whose arguments are looked at after the call

Numbers = Sequence[tuple[float, float]]  # got and expected


@dataclass(frozen=True)
class Answers:
    """The cases that returned an answer: those in which it is right, and those in which not."""

    right: Sequence[CaseResult]
    wrong: Sequence[CaseResult]

    @cached_property
    def numbers(self) -> Sequence[Numbers]:
        """The numbers of each wrong answer beside the right ones.

        None at all if an answer was refused for more than a number that is too far off.
        """
        if any(each.mismatch is None or each.mismatch.why for each in self.wrong):
            return []
        return _all_numbers(self.wrong)


def observe(judgement: Judgement, sandbox: Sandbox | None) -> tuple[str, ...]:
    """What is to be seen in the answers; if nothing, and there is a sandbox, in running again."""
    returned = [each for each in judgement.results if each.run.status is RunStatus.RETURNED]
    answers = Answers(
        right=[each for each in returned if each.verdict is Verdict.ACCEPTED],
        wrong=[each for each in returned if each.verdict is Verdict.WRONG_ANSWER],
    )
    if len(answers.wrong) >= _FEWEST:
        seen = tuple(words for look in ANSWERS if (words := look(answers)))
        if seen:
            return seen
    if sandbox is None:
        return ()
    again = Again(judgement.problem, judgement.submission, sandbox)
    return tuple(words for look in RUNS if (words := look(judgement.results, again)))


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
    """Every wrong answer is the right one times, or divided by, how many elements an argument has.

    The number must differ between cases, else it could be any other that does not.
    """
    for name in answers.wrong[0].case.args:
        for words, size in _SIZES.items():
            sizes = [size(each.case.args.get(name)) for each in answers.wrong]
            if 0 in sizes or len(set(sizes)) < 2:
                continue
            if _are(answers, times=sizes):
                return f"Every wrong answer is the right one times {words.format(name)}."
            if _are(answers, times=[1 / each for each in sizes]):
                return f"Every wrong answer is the right one divided by {words.format(name)}."
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
    """Every answer has few decimals, and is as near to the right one as so few allow."""
    if len({got for pairs in answers.numbers for got, _ in pairs if got != 0}) < _FEWEST:
        return None  # what is the same whatever is asked was not rounded
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
    """Every wrong answer is the right one with rows and columns changed about."""
    for each in answers.wrong:
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
    if len(right) >= _FEWEST and set(right) == {False} and set(wrong) == {True}:
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
    """A submission to be run once more."""

    problem: Problem
    submission: Submission
    sandbox: Sandbox

    def run(self, cases: Sequence[Case], source: bytes | None = None) -> list[Run]:
        """What it does in these cases, in a child of their own.

        Args:
            source: what to run in its place
        """
        problem = self.problem
        program = problem.program(source or self.submission.source)
        calls = [problem.entry_point.call(case.args) for case in cases]
        return self.sandbox.run(program, calls, problem.limits)


def state(results: Sequence[CaseResult], again: Again) -> str | None:
    """Cases that were wrong after others are right in a fresh process."""
    # The first case was alone already.
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
    """The same argument is changed by the call in every wrong case that is looked at."""
    wrong = [each.case for each in results if each.verdict is Verdict.WRONG_ANSWER]
    watched, parameters = wrong[:_MAX_WATCHED], again.problem.entry_point.parameters
    runs = again.run(watched, _watching(again))
    changed = [_changed(parameters, *each) for each in zip(watched, runs, strict=True)]
    for parameter in parameters:
        if all(parameter.name in names for names in changed):
            return (
                f"Your function changes its argument {parameter.name}. Does it still need it as it"
                " was? Work on a copy."
            )
    return None


RUNS: tuple[Callable[[Sequence[CaseResult], Again], str | None], ...] = (state, arguments)

# What the submission does to it is up to the submission: the answer is good for a hint, no more.
_WATCHING = """
_theirs = {{"__name__": __name__}}
exec(compile({source!r}, {file!r}, "exec", dont_inherit=True), _theirs)

def {function}(*args, **kwargs):
    _theirs[{function!r}](*args, **kwargs)
    return list(args), kwargs
"""


def _watching(again: Again) -> bytes:
    """A program that answers with the arguments as they are after the submission's call."""
    source, function = again.submission.source, str(again.problem.entry_point)
    return _WATCHING.format(source=source, file=FILE, function=function).encode("utf-8")


def _changed(parameters: Sequence[Parameter], case: Case, run: Run) -> set[str]:
    """The arguments that are not what they were, by name."""
    match run.value:
        case (list(args), dict(kwargs)) if run.status is RunStatus.RETURNED:
            names = [parameter.name for parameter in parameters]
            after: dict[Value, Value] = {**dict(zip(names, args, strict=False)), **kwargs}
            return {
                name
                for name, before in case.args.items()
                if EXACT.compare(after.get(name), before, Tolerance()) is not None
            }
    return set()


# Numbers and shapes ------------------------------------------------------------------------------


def _are(answers: Answers, times: Iterable[float] = repeat(1.0), plus: float = 0.0) -> bool:
    """Whether every number of a wrong answer is the right one times something, plus something.

    Args:
        times: what the numbers of each wrong answer are to be multiplied with
    """
    return bool(answers.numbers) and all(
        _is_moved(got, expected, by * expected + plus, each.case.tolerance)
        for each, pairs, by in zip(answers.wrong, answers.numbers, times, strict=False)
        for got, expected in pairs
    )


def _is_moved(got: float, expected: float, to: float, tolerance: Tolerance) -> bool:
    """Whether a number is where a rule moves the expected one, to a hundredth of the way.

    The tolerance alone would be too kind where the way is hardly longer than what it allows.
    """
    if not math.isfinite(to):  # beyond a float, where the errors allowed are infinite too
        return False
    way = abs(to - expected)
    if way <= tolerance.allowed(expected):
        return abs(got - expected) <= tolerance.allowed(expected)
    return abs(got - to) <= max(1e-9 * abs(to), min(tolerance.allowed(to), way / 100))


def _simple(number: float) -> Fraction | None:
    """The small whole number that a number nearly is, or that it nearly is one divided by."""
    if not (math.isfinite(number) and 1 / _MAX_NAMED - 0.001 < abs(number) < _MAX_NAMED + 0.5):
        return None
    simple = Fraction(round(number)) if abs(number) > 0.9 else 1 / Fraction(round(1 / number))
    return simple if math.isclose(number, simple, rel_tol=1e-3) else None


def _all_numbers(results: Sequence[CaseResult]) -> list[Numbers]:
    """The numbers of each answer; none at all if one is not made of numbers alone."""
    found = [_numbers(each.run.value, each.case.expected) for each in results]
    return [pairs for pairs in found if pairs] if all(found) else []


def _numbers(got: Value, expected: Value) -> list[tuple[float, float]]:
    """The numbers of two values of the same form side by side; none if they are anything else."""
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
    """The rows of a value with two axes."""
    axes = shape(value)
    if axes is None or len(axes) != 2 or 0 in axes:
        return None
    return [items_of(row) or [] for row in items_of(value) or []]


def _lengths(value: Value) -> list[int]:
    """How long the lists in a list are; none if not all of its elements are lists."""
    inner = [items_of(item) for item in items_of(value) or []]
    lengths = [len(items) for items in inner if items is not None]
    return lengths if len(lengths) == len(inner) else []


def _is_ragged(case: Case) -> bool | None:
    """Whether lists within an argument differ in length; None if no argument has lists in it."""
    nested = [lengths for value in case.args.values() if (lengths := _lengths(value))]
    return any(len(set(lengths)) > 1 for lengths in nested) if nested else None


_SIZES: dict[str, Callable[[Value], int]] = {
    "the length of {}": lambda value: len(items_of(value) or []),
    "the number of all elements in {}": lambda value: sum(_lengths(value)),
    "the length of the longest list in {}": lambda value: max(_lengths(value), default=0),
}
