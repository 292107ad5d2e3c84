"""Problems that were changed on the disk, for one person alone: the new version is used at once.

Files with errors change nothing: the last version without errors stays. Attempts keep the outcome
that they had in the book, and count by the new one, which is made of stored runs where possible.
"""

from __future__ import annotations

import logging

from grader.bank.snapshot import Unsettled, look_at, take
from grader.errors import GraderError, SpecError
from grader.judging.answer_key import AnswerKey
from grader.site.corrections.rejudging import judge_all_again
from grader.site.corrections.watch import Watch
from grader.site.desk import Desk
from grader.site.records.notes import Kind

_LOG = logging.getLogger(__name__)


def watch_for(desk: Desk) -> Watch:
    """Return a watch that has pages show changed problems."""

    def changed(slug: str) -> bool:
        return reload(desk, slug)

    return Watch(desk.bank, desk.bank.slugs, changed)


def reload(desk: Desk, slug: str) -> bool:
    """Use a problem as its files are now; return whether they were read while nobody wrote them.

    If they have errors, the version in use stays, and the log names the places of the errors.
    """
    before = look_at(desk.bank, slug)
    answers: AnswerKey | None = None
    try:
        if slug in desk.bank.slugs():
            take(desk.bank, slug)  # or a pipe in the place of a file would be read for ever
            answers = desk.judges.prepare(slug)
    except Unsettled:
        return False
    except GraderError as error:
        if look_at(desk.bank, slug) != before:
            return False
        if not desk.lanes.is_stopping:
            _LOG.warning(
                "%s has errors, so pages show it as it was%s; `grader verify %s` lists them",
                *(slug, _places(error), slug),
            )
        return True
    if look_at(desk.bank, slug) != before:
        return False
    if answers is not None:
        in_use = desk.judges.answers(slug, Kind.SUBMIT)
        changes = desk.versions.adopt(answers)
        judge_all_again(desk, slug, in_use, changes)
    desk.list_again()
    return True


def _places(error: GraderError) -> str:
    """Return where errors are, without their texts, which may quote solutions."""
    if not isinstance(error, SpecError):
        return ""
    return f" ({', '.join(str(each.at) for each in error.diagnostics)})"
