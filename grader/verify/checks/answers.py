"""Checks of the expected answers: their types, and whether they depend on rounding errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from grader.model.problem import Case
from grader.model.script import Step
from grader.model.verification import Finding, warning
from grader.values import Array, Value
from grader.verify.evidence import Evidence

Place: TypeAlias = tuple[object, ...]  # indices and keys

_MAX_PLACES = 200  # of an answer


def have_one_type(evidence: Evidence) -> Iterator[Finding]:
    """At the same place, no case expects an integer where another expects a float."""
    first: dict[Place, tuple[type, Case]] = {}
    for case in evidence.cases:
        kinds = (each for step in case.steps if step.is_asked for each in _kinds_of(case, step))
        for place, kind in kinds:
            known, other = first.setdefault(place, (kind, case))
            if kind is not known:
                names = {int: "an integer", float: "a float"}
                text = (
                    f"case {case.name!r} expects {names[kind]} where {other.name!r} ({other.at})"
                    f" expects {names[known]}"
                )
                advice = "write 0.0 for 0, and let the reference return one type in all branches"
                yield warning(case.at, text, advice)
                return


def _kinds_of(case: Case, step: Step) -> Iterator[tuple[Place, type]]:
    """Yield the places of numbers in a step's answer; steps of the same label are compared."""
    return _kinds(step.expected, (step.label,) if case.is_script else ())


def _kinds(
    value: Value, place: tuple[object, ...] = ()
) -> Iterator[tuple[tuple[object, ...], type]]:
    """Yield the place of each integer and float in an answer, and which of them it is."""
    if isinstance(value, Array):
        value = value.nested()
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield place, type(value)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value[:_MAX_PLACES]):
            yield from _kinds(item, (*place, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _kinds(item, (*place, key))


def survive_rounding(evidence: Evidence) -> Iterator[Finding]:
    """No answer flips if the arguments move by a rounding error."""
    for case in evidence.cases:
        if case.name in evidence.knife_edges:
            name = repr(case.name)
            text = f"the answer of case {name} changes if an argument moves by a rounding error"
            advice = (
                "a correct solution that computes in another order may be rejected: choose"
                " other numbers, such as 0.25 for 0.3"
            )
            yield warning(case.at, text, advice)
