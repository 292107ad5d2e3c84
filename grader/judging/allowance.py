"""How large the answers of a submission may be: as large as the right ones, whatever their size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from grader.checkers.sequences import count_elements
from grader.judging.changes import AFTER
from grader.model.entry_point import Call
from grader.model.problem import Case
from grader.model.script import Step, references
from grader.values import Array, Value
from grader.values.decode import MAX_OBJECTS

_OBJECTS_PER_ELEMENT = 16  # a row of one number, as an array or in lists, takes up to 12


def max_objects(cases: Iterable[Case], watches: Collection[str] = ()) -> int:
    """Return how many objects the answers of a submission to these cases may consist of together.

    They include the output and the arguments that come back after a call. A right answer is never
    refused, also if the expected ones are larger than the usual bound. The exception is a result of
    which a step compares only a part: all of it comes back, and its right size is not known.

    Args:
        watches: what each call is asked for in addition to its own; see `entry_point.Call`
    """
    elements = sum(_elements_of_case(case, watches) for case in cases)
    return MAX_OBJECTS + _OBJECTS_PER_ELEMENT * elements


def _elements_of_case(case: Case, watches: Collection[str]) -> int:
    """Return the number of elements of everything that comes back if all steps are right."""
    found = 0
    named: dict[str, int] = {}  # elements of the results that later steps refer to
    for step, call in zip(case.steps, case.script, strict=True):
        answer = 0
        if step.has_expected:
            answer = max(map(_elements, (step.expected, *step.others)))
        if step.name:
            named[step.name] = answer
        found += answer
        if step.prints is not None:
            found += _elements(step.prints.text)
        if AFTER in watches or AFTER in call.watches:
            found += _elements_after(step, call, named)
    return found


def _elements_after(step: Step, call: Call, named: Mapping[str, int]) -> int:
    """Return the number of elements of a call's arguments, as they are before and after it."""
    args = (*call.args, *call.kwargs.values())
    found = sum(map(_elements, (*args, *step.after.values())))
    for each in args:
        names = (reference.description.partition(".")[0] for reference in references(each))
        found += sum(named.get(name, 0) for name in names)
    return found


def _elements(value: Value) -> int:
    """Return the number of elements and containers, however they are represented."""
    match value:
        case Array():
            return count_elements(value)
        case dict():
            return 1 + sum(_elements(key) + _elements(item) for key, item in value.items())
        case list() | tuple() | set() | frozenset():
            return 1 + sum(map(_elements, value))
        case str() | bytes():
            return 1 + len(value) // _OBJECTS_PER_ELEMENT
    return 1
