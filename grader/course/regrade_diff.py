"""What has changed between two gradings of a class: who moved, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from grader.model.course import Outcome

Place = tuple[str, str, int]  # problem, student, number of the attempt


@dataclass(frozen=True)
class Change:
    """One attempt whose score or verdict is another than it was; None where there was, or is, no
    such attempt."""

    problem: str
    student: str
    number: int
    before: Fraction | None
    after: Fraction | None
    reasons: tuple[str, ...]


def changes(old: Iterable[Outcome], new: Iterable[Outcome]) -> Iterator[Change]:
    """What has changed, by problem and student."""
    before, after = ({_place(each): each for each in some} for some in (old, new))
    for place in sorted(before.keys() | after.keys()):
        first, second = before.get(place), after.get(place)
        reasons = tuple(_reasons(first, second))
        if reasons:
            yield Change(
                *place,
                before=first.score if first is not None else None,
                after=second.score if second is not None else None,
                reasons=reasons,
            )


def _place(outcome: Outcome) -> Place:
    attempt = outcome.attempt
    return attempt.problem, attempt.student, attempt.number


def _reasons(before: Outcome | None, after: Outcome | None) -> Iterator[str]:
    if before is None or after is None:
        yield "it was not there before" if before is None else "it is not there any more"
        return
    moved = list(_cases(before, after))
    if before.score == after.score and before.max_score == after.max_score and not moved:
        return
    if before.digest != after.digest:
        yield "another file was handed in"
    if before.max_score != after.max_score:
        yield f"there are {after.max_score} points where there were {before.max_score}"
    yield from moved


def _cases(before: Outcome, after: Outcome) -> Iterator[str]:
    for name in dict.fromkeys([*before.cases, *after.cases]):
        if name not in after.cases:
            yield f"case {name} is gone"
        elif name not in before.cases:
            yield f"case {name} is new: {_words(after.verdicts[name])}"
        elif before.verdicts[name] != after.verdicts[name]:
            was, now = _words(before.verdicts[name]), _words(after.verdicts[name])
            yield f"case {name}: {was}, now {now}"
        elif before.cases[name] != after.cases[name]:
            yield f"case {name}: {after.cases[name]} points, not {before.cases[name]}"


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")
