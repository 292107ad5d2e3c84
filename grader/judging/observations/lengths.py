"""Observations about lists of different lengths in an argument."""

from __future__ import annotations

from grader.checkers.sequences import items_of
from grader.judging.observations.answers import MIN_CASES, Answers
from grader.model.judgement import CaseResult
from grader.model.problem import Case
from grader.values import Value

_NO_ARRAY = "inhomogeneous shape"  # in the message of NumPy's ValueError
_ADVICE = "Work on one list at a time, or pad them and leave the padding out of the result."


def no_array(answers: Answers) -> str | None:
    """NumPy made no array of lists of different lengths, always in the same argument."""
    raised = [each for each in answers.raised if _NO_ARRAY in each.run.error]
    named = [set(_ragged_arguments(each.case)) for each in raised]
    if not raised or len(raised) < len(answers.raised):
        return None
    for name in raised[0].step.args:
        if all(name in names for names in named):
            return (
                f"Where an exception is raised, the lists in {name} differ in length, and NumPy"
                f" cannot make one array of them. {_ADVICE}"
            )
    return None


def ragged(answers: Answers) -> str | None:
    """Right wherever the lists in an argument are of one length, not where they differ."""
    if no_array(answers):  # which says more
        return None
    failed: list[CaseResult] = [*answers.wrong, *answers.raised]
    right = {_is_ragged(each.case) for each in answers.right}
    if len(answers.right) < MIN_CASES or len(failed) < MIN_CASES or right != {False}:
        return None
    if {_is_ragged(each.case) for each in failed} != {True}:
        return None
    if not answers.raised:
        return (
            "Your answers are right where the lists within an argument have the same length, and"
            " wrong where the lengths differ."
        )
    return (
        "Your answers are right where the lists within an argument have the same length; where the"
        f" lengths differ, {'your function fails' if answers.wrong else 'an exception is raised'}."
        f" {_ADVICE}"
    )


def lengths_in(value: Value) -> list[int]:
    """Return the lengths of the lists in a list; nothing if not all elements are lists."""
    inner = [items_of(item) for item in items_of(value) or []]
    lengths = [len(items) for items in inner if items is not None]
    return lengths if len(lengths) == len(inner) else []


def _ragged_arguments(case: Case) -> list[str]:
    """Return the names of the arguments that have lists of different lengths in them."""
    return [name for name, value in case.step.args.items() if len(set(lengths_in(value))) > 1]


def _is_ragged(case: Case) -> bool | None:
    """Return whether lists in an argument differ in length; None if no argument has lists in it."""
    if not any(lengths_in(value) for value in case.step.args.values()):
        return None
    return bool(_ragged_arguments(case))
