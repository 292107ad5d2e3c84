"""What an output folder holds of an earlier grading, which a new one must not lose unasked."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Sequence

from grader.course.store import Store
from grader.errors import UsageError
from grader.model.course import Attempt, Source, SubmissionSet
from grader.submissions.filenames import escape, split_locator
from grader.values.show import listed, plural

_MAX_LISTED = 5
# The last advice where something else is more likely wrong.
_GIVE_UP = "; or add --replace to give these grades up"


def merge_sources(earlier: Sequence[Source], source: Source) -> list[Source]:
    """Return the sources of an earlier grading and another one, each once, in their order."""
    found = {os.path.realpath(each.path): each for each in earlier}
    found[os.path.realpath(source.path)] = source
    return list(found.values())


def describe_order(sources: Sequence[Source], submissions: SubmissionSet) -> list[str]:
    """Return a note if the order of the sources decides which attempt of a student is the last.

    Args:
        sources: all that are graded, in the order in which they were first given
    """
    if len(sources) < 2:
        return []
    paths = [os.path.realpath(each.path) for each in sources]
    untimed = {each.student for each in submissions.attempts if each.submitted_at is None}
    found: dict[tuple[str, str], set[int]] = {}
    for each in submissions.attempts:
        if each.student in untimed:
            key = each.student, each.problem
            found.setdefault(key, set()).add(_source_of(each, paths))
    students = sorted({student for (student, _), places in found.items() if len(places) > 1})
    if not students:
        return []
    order = ", ".join(escape(each.path) for each in sources)
    return [
        f"{listed(list(map(escape, students)), _MAX_LISTED)}: not all times of submission are"
        " known, so the attempts count in the order in which their folders were first given:"
        f" {order}. If some files are newer, move them to a new folder and add it with --add"
    ]


def _source_of(attempt: Attempt, paths: Sequence[str]) -> int:
    """Return the number of the source that an attempt comes from; -1 if it is none of them."""
    path = os.path.realpath(split_locator(attempt.locator)[0])
    are_above = (path == each or path.startswith(os.path.join(each, "")) for each in paths)
    return next((number for number, is_above in enumerate(are_above) if is_above), -1)


def check_sources_exist(sources: Sequence[Source]) -> None:
    """Check that all sources are still there.

    Raises:
        UsageError: if one is not
    """
    for each in sources:
        if not os.path.exists(each.path):
            raise UsageError(
                f"{each.path}, whose submissions were graded into this folder before, does not"
                " exist any more; restore it, or grade the others alone with --replace"
            )


def check_nothing_lost(
    store: Store,
    collected: SubmissionSet,
    problems: Collection[str],
    sources: Sequence[Source],
    earlier: Sequence[Source],
) -> None:
    """Check that every student who has a grade in the store for a problem gets one again.

    Args:
        problems: that are graded now
        sources: where the collected submissions come from
        earlier: where those of the earlier grading come from

    Raises:
        UsageError: if somebody would lose it
    """
    students = {(each.student, each.problem) for each in collected.attempts}
    locators = {os.path.realpath(each.locator) for each in collected.attempts}
    lost = {
        (attempt.student, attempt.problem): (attempt, locator)
        for attempt, locator in store.attempts()
        if (attempt.student, attempt.problem) not in students
        and os.path.realpath(locator) not in locators
    }
    if not lost:
        return
    removed = sorted({problem for _, problem in lost} - set(problems))
    if removed:
        lost = {key: found for key, found in lost.items() if found[0].problem in removed}
    names = [f"{escape(each.student)} ({each.problem})" for each, _ in lost.values()]
    who = f"{listed(names, _MAX_LISTED)}. Nothing is graded, because they would be lost."
    found = f"the output folder has grades for {plural(len(lost), 'attempt')}"
    if removed:
        raise UsageError(
            f"{found} at problems that are not graded now: {who} Grade"
            f" {listed(removed, _MAX_LISTED)} too, or choose another folder with --out"
        )
    here = sources[-1].path
    if changed := _changed_options(sources, earlier):
        raise UsageError(
            f"{found} that are not found in {here} any more: {who} {changed}, or choose another"
            f" folder with --out{_GIVE_UP}"
        )
    if all(_is_still_in(sources, locator) for _, locator in lost.values()):
        raise UsageError(
            f"{found} whose files are still in {here}, but are now taken for other work: {who}"
            " Correct what has changed, such as the files, the roster or the problem, or choose"
            f" another folder with --out{_GIVE_UP}"
        )
    paths = {os.path.realpath(each.path) for each in sources}
    others = ", ".join(each.path for each in earlier if os.path.realpath(each.path) not in paths)
    origin = f" from {others}" if others else ""
    together = "Add --add to grade all of these submissions together, or" if others else "Add"
    raise UsageError(
        f"{found}{origin} that {here} does not contain: {who} {together} --replace to give them"
        " up, or choose another folder with --out"
    )


def _is_still_in(sources: Sequence[Source], locator: str) -> bool:
    """Return whether a file is in one of the folders; of a member of an archive it is unknown."""
    path, *members = split_locator(locator)
    above = [os.path.join(os.path.realpath(each.path), "") for each in sources]
    is_in = os.path.realpath(path).startswith(tuple(above))
    return not members and is_in and os.path.isfile(path)


def _changed_options(sources: Sequence[Source], earlier: Sequence[Source]) -> str:
    """Return what to do about a folder that was read by another layout before; "" if none was."""
    before = {os.path.realpath(each.path): each for each in earlier}
    for each in sources:
        known = before.get(os.path.realpath(each.path), each)
        if (known.layout, known.pattern) != (each.layout, each.pattern):
            return (
                f"It was read with {_options(known)} before, and now with {_options(each)}:"
                " correct the options"
            )
    return ""


def _options(source: Source) -> str:
    if source.pattern is not None and source.layout in ("auto", "regex"):
        return f"--pattern {shlex.quote(source.pattern)}"
    return f"--layout {source.layout}"
