"""What an output folder holds of an earlier grading, which a new one must not lose unasked."""

from __future__ import annotations

import os
from collections.abc import Sequence

from grader.course.store import Store
from grader.errors import UsageError
from grader.model.course import Source, SubmissionSet
from grader.submissions.filenames import escape
from grader.values.show import listed, plural

_MAX_LISTED = 5


def merge_sources(earlier: Sequence[Source], source: Source) -> list[Source]:
    """Return the sources of an earlier grading and another one, each once, in their order."""
    found = {os.path.realpath(each.path): each for each in earlier}
    found[os.path.realpath(source.path)] = source
    return list(found.values())


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
    store: Store, collected: SubmissionSet, sources: Sequence[Source], earlier: Sequence[Source]
) -> None:
    """Check that every student who has a grade in the store for a problem gets one again.

    Args:
        sources: where the collected submissions come from
        earlier: where those of the earlier grading come from

    Raises:
        UsageError: if somebody would lose it
    """
    students = {(each.student, each.problem) for each in collected.attempts}
    locators = {os.path.realpath(each.locator) for each in collected.attempts}
    lost = {
        (attempt.student, attempt.problem): attempt
        for attempt, locator in store.attempts()
        if (attempt.student, attempt.problem) not in students
        and os.path.realpath(locator) not in locators
    }
    if not lost:
        return
    paths = {os.path.realpath(each.path) for each in sources}
    others = ", ".join(each.path for each in earlier if os.path.realpath(each.path) not in paths)
    origin = f" from {others}" if others else ""
    together = "Add --add to grade all of these submissions together, or" if others else "Add"
    here = sources[-1].path
    names = [f"{escape(each.student)} ({each.problem})" for each in lost.values()]
    raise UsageError(
        f"the output folder has grades for {plural(len(lost), 'attempt')}{origin} that {here} does"
        f" not contain: {listed(names, _MAX_LISTED)}. Nothing is graded, because they would be"
        " lost."
        f" {together} --replace to give them up, or choose another folder with --out"
    )
