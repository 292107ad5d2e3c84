"""The changes of a problem in a few sentences: one for all cases that changed in the same way."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.problem_changes import ProblemChange

_MAX_NAMES = 6  # cases in a sentence; of more, their number
_PLURAL = {"is": "are", "was": "were", "has": "have"}


def for_staff(changes: Sequence[ProblemChange]) -> list[tuple[str, bool]]:
    """Return each change with its values, and whether students learn nothing of it."""
    found: dict[tuple[str, str, bool], list[ProblemChange]] = {}
    for each in changes:
        found.setdefault((each.what, each.detail, each.is_secret), []).append(each)
    return [
        (sentence + detail, is_secret)
        for (_, detail, is_secret), group in found.items()
        for sentence in _sentences(group)
    ]


def for_students(changes: Sequence[ProblemChange]) -> list[str]:
    """Return the changes as students may know them."""
    found: dict[tuple[str, str], list[ProblemChange]] = {}
    for each in changes:
        if not each.is_secret:
            found.setdefault((each.what, each.student_detail), []).append(each)
    return [
        sentence + detail for (_, detail), group in found.items() for sentence in _sentences(group)
    ]


def _sentences(group: Sequence[ProblemChange]) -> list[str]:
    """Return what changes that differ in their cases say, without values."""
    first = group[0]
    if len(group) == 1:
        return [first.text]
    verb, rest = first.what.split(" ", 1)
    predicate = f"{_PLURAL[verb]} {rest}"
    if len(group) == first.public + first.hidden:
        return [f"all {len(group)} cases {predicate}"]
    found = []
    for is_hidden, total in ((False, first.public), (True, first.hidden)):
        own = [each for each in group if each.is_hidden is is_hidden]
        names = [each.case for each in own]
        kind = "hidden cases" if is_hidden else "public cases"
        if len(own) == 1:
            found.append(own[0].text)
        elif own and len(own) == total:
            found.append(f"all {total} {kind} {predicate}")
        elif len(own) > _MAX_NAMES:
            found.append(f"{len(own)} of {total} {kind} {predicate}")
        elif own:
            found.append(f"the {kind} {', '.join(names[:-1])} and {names[-1]} {predicate}")
    return found
