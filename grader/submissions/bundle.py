"""One bundle: which of the files that a student submitted together answers which problem."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from sys import intern
from typing import NamedTuple

from grader.model.course import Attempt
from grader.submissions.budget import Budget
from grader.submissions.filenames import escape, kind_of_foreign, label
from grader.submissions.layouts import SubmittedFile
from grader.submissions.looks import (
    Library,
    Look,
    may_be_judged,
    opened,
    read_in_order_of_preference,
    submission_of,
)
from grader.submissions.matches import (
    Match,
    ProblemRef,
    match_problems,
    own_work_first,
    rank_matches,
)
from grader.submissions.questions import describe_unread
from grader.submissions.source import EMPTY_FLAW, flaw_of
from grader.submissions.spool import SourceSpool, digest_of

_MAX_LISTED = 20  # file names in a message
_MAX_LISTED_CHARS = 200


class Found(NamedTuple):
    """What is in a bundle.

    Attributes:
        unmatched: a message for each file that no attempt uses
        unread: a sentence for each file that may contain a program and cannot be read
        weak: the problems for which an unread file may be better than the attempt
    """

    attempts: list[Attempt]
    unmatched: list[str]
    unread: list[str]
    weak: set[str]


def attempts_in(
    student: str,
    files: Sequence[SubmittedFile],
    problems: Sequence[ProblemRef],
    sources: SourceSpool | None,
    budget: Budget,
) -> Found:
    """Return the attempts in a bundle, and what is said about its other files.

    If nothing in the bundle is a program, the files that are not read are attempts with a flaw, so
    that the student learns why.
    """
    files = list(opened(files, budget))
    candidates = [file for file in files if may_be_judged(file)]
    if not candidates:
        candidates = files = [_with_flaw(file) for file in files]
    looks = read_in_order_of_preference(candidates, budget)
    by_slug: dict[str, list[tuple[Match, Look]]] = defaultdict(list)
    for look in looks:
        for slug, match in match_problems(look.evidence, problems).items():
            by_slug[slug].append((match, look))
    attempts = []
    chosen_for: list[tuple[ProblemRef, Look]] = []
    reasons: dict[Look, str] = {}
    library = Library(looks)
    for problem in problems:
        if problem.slug not in by_slug:
            continue
        matches = by_slug[problem.slug]
        found, note = _choose(problem, matches, has_others=len(matches) < len(looks))
        if found:
            chosen, *others = found
            attempts.append(_make_attempt(student, problem, chosen, note, library, sources))
            chosen_for.append((problem, chosen))
            reasons[chosen] = ""
            for other in others:
                reasons.setdefault(other, other.flaw or f"{chosen.label} is judged instead")
    left: list[str] = []
    for look in looks:
        if look in reasons:
            reason = reasons[look]
        elif not look.flaw and library.has_lent(look):
            reason = ""  # it is a module of another file
        else:
            reason = look.flaw or _why_unmatched(look, problems)
        if reason:
            notes = f" ({'; '.join(look.file.file.notes)})" if look.file.file.notes else ""
            left.append(f"{student}: {look.label}: {reason}{notes}")
    if len(left) > _MAX_LISTED:
        more = f"{student}: further files that are not judged: {len(left) - _MAX_LISTED}"
        left = [*left[:_MAX_LISTED], more]
    rest = [file for file in files if not may_be_judged(file)]
    if rest:
        names = _listed([label(file.name or file.file.name) for file in rest])
        left.append(f"{student}: {names}: not a .py, .ipynb or .zip file")
    unread = [*_unread(looks, rest)]
    weak = {
        problem.slug
        for problem, look in chosen_for
        if unread
        and (
            not problem.entry_point.is_defined_by(look.names)
            or look.is_starter_of(problem)
            or look.only_assigns(problem)
        )
    }
    return Found(attempts, left, unread, weak)


def _with_flaw(file: SubmittedFile) -> SubmittedFile:
    """Return a file that is not a program, with this flaw."""
    name = file.file.inside or file.file.name
    kind = kind_of_foreign(name)
    advice = "submit a .py file, a notebook, or a .zip archive of them"
    ending = label(os.path.splitext(name)[1]) or "a name without an ending"
    flaw = f"the file is {kind}" if kind else f"files with {ending} are not read"
    return replace(file, file=replace(file.file, flaw=f"{flaw}; {advice}"))


def _unread(looks: Iterable[Look], rest: Iterable[SubmittedFile]) -> Iterator[str]:
    """Yield a sentence about each file that may contain a program and cannot be read."""
    for look in looks:
        flaw = look.flaw or (flaw_of(look.source, look.cells) if look.source else "")
        if flaw not in ("", EMPTY_FLAW):
            yield describe_unread(look.label, flaw)
    for file in rest:
        if kind_of_foreign(file.file.inside or file.file.name):
            flawed = _with_flaw(file)
            yield describe_unread(label(flawed.name or flawed.file.name), flawed.file.flaw)


def _listed(names: Sequence[str]) -> str:
    """Return the first few names, and the number of the others."""
    shown: list[str] = []
    for name in names[:_MAX_LISTED]:
        if shown and len(", ".join([*shown, name])) > _MAX_LISTED_CHARS:
            break
        shown.append(name)
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return ", ".join(shown) + more


def _choose(
    problem: ProblemRef, matches: Sequence[tuple[Match, Look]], has_others: bool
) -> tuple[list[Look], str]:
    """Return the files that may answer a problem, best first, and a note on the choice.

    Args:
        has_others: whether the student submitted files that do not answer it
    """
    ranked = rank_matches(matches)
    defining = own_work_first(
        [look for match, look in ranked if match >= Match.FUNCTION],
        lambda look: look.is_starter_of(problem),
        lambda look: look.only_assigns(problem),
    )
    if len(defining) == 1:
        return defining, ""
    if defining:
        labels = [look.label for look in defining]
        what = f"{_listed(labels)} all define {problem.entry_point}"
        is_assigned, *rest = [look.only_assigns(problem) for look in defining]
        if all(rest) and not is_assigned:
            what = f"{labels[0]} defines {problem.entry_point}, and not {_listed(labels[1:])}"
        return defining, f"{what}: {labels[0]} is judged"
    if has_others or (ranked and ranked[0][0] is not Match.UNREADABLE):
        # A broken file counts for every problem only if the student submitted nothing else.
        ranked = [each for each in ranked if each[0] is not Match.UNREADABLE]
    if ranked and ranked[0][0] is Match.POSSIBLE:
        return [look for _, look in ranked], ""
    others = sorted((look for _, look in ranked), key=lambda look: bool(look.flaw))
    readable = [look.label for look in others if not look.flaw]
    if not readable:
        return others, ""
    if len(readable) == 1:
        return others, f"{readable[0]} does not define {problem.entry_point}"
    return (
        others,
        f"none of {_listed(readable)} defines {problem.entry_point}: {readable[0]} is judged",
    )


def _make_attempt(
    student: str,
    problem: ProblemRef,
    look: Look,
    note: str,
    library: Library,
    sources: SourceSpool | None,
) -> Attempt:
    file = look.file
    submission = submission_of(look, student, library)
    notes = [*file.notes, *file.file.notes, *([note] if note else []), *submission.notes]
    return Attempt(
        student=student,
        problem=problem.slug,
        locator=intern(file.file.locator),
        digest=sources.add(submission) if sources is not None else digest_of(submission),
        submitted_at=file.when,
        handed_in=look.label if submission.flaw else "",
        is_late=file.is_late,
        notes=tuple(dict.fromkeys(notes)),
        flaw=submission.flaw,
    )


def _why_unmatched(look: Look, problems: Sequence[ProblemRef]) -> str:
    if look.file.problem and not look.evidence.slug(problems):
        return f"submitted for {escape(look.file.problem)!r}, which is not one of the problems"
    if any(problem.entry_point.is_defined_by(look.names) for problem in problems):
        return "named after another problem"
    return "does not define the function of any problem and is not named after one"
