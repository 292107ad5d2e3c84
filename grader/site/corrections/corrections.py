"""Corrections: changed problems of a course, from the disk to the students.

Students go on under the version that is published. An instructor previews another one, and
publishes it. The version and all outcomes by it are committed together, so that after a crash
either the old or the new version is served with its outcomes. What was sent since the preview is
judged afterwards, and after a crash at the next start.
"""

from __future__ import annotations

import logging
import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import assert_never

from grader.bank.locate import Bank
from grader.bank.snapshot import Unsettled, take
from grader.errors import GraderError, describe_failure, shown_path
from grader.judging.change_summary import for_students
from grader.model.assignment import CountingAttempt
from grader.site.access.people import Person
from grader.site.assignments.terms import Level
from grader.site.classroom import Classroom
from grader.site.corrections.course_files import CourseFiles
from grader.site.corrections.previews import Preview, Previewer, Stage, Stopped
from grader.site.corrections.published import Published, begun_by, publication_of
from grader.site.corrections.rejudging import Replacement, judge_all_again, replace_outcomes
from grader.site.corrections.watch import Watch
from grader.site.desk import Desk
from grader.site.live.news import NewsKind
from grader.site.records.notes import Attempt, Kind, Outcome
from grader.site.records.outcomes import change_in_words, differ
from grader.site.records.writer import BookError
from grader.site.refusals import Refused
from grader.values.dataclasses import dataclass

_LOG = logging.getLogger(__name__)
# The path of a version's files, as messages have it, but for its beginning.
_OF_VERSION = re.compile(r"/versions/[^/\s]+/[0-9a-f]{64}/(problems|solutions)/")
_BEFORE_PATH = " \t\n:"


_Told = Mapping[str, str]


@dataclass(frozen=True)
class OnDisk:
    """What the bank has of a problem.

    Attributes:
        version: digest of its files; empty if they cannot be read
        error: why not, for instructors
    """

    version: str = ""
    error: str = ""


@dataclass(frozen=True)
class Gain:
    """What a correction changes for a student.

    Attributes:
        before, after: points of the attempt that counts, before lateness and penalties
    """

    person: str
    before: Fraction
    after: Fraction

    @property
    def difference(self) -> Fraction:
        """How many points it gives; negative if it takes some."""
        return self.after - self.before


class Corrections:
    """The corrections of a course.

    Args:
        source: the bank that authors write to
    """

    def __init__(
        self, desk: Desk, classroom: Classroom, published: Published, source: Bank
    ) -> None:
        self._desk = desk
        self._classroom = classroom
        self.published = published
        self.files = CourseFiles(classroom)
        self._source = source
        self._previewer = Previewer(desk, published, source)
        self._lock = threading.RLock()
        self._previews: dict[str, Preview] = {}
        self._on_disk: dict[str, OnDisk] = {}
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="corrections", daemon=True)
        self._thread.start()
        self._watch = Watch(source, lambda: classroom.slugs, self.look_at)

    def start(self) -> None:
        """Watch the bank."""
        for slug in self._classroom.slugs:
            self._jobs.put(partial(self.look_at, slug))
        self._watch.start()

    def stop(self) -> None:
        """End, without waiting for a preview that is being made."""
        self._watch.stop()
        self._jobs.put(None)

    # What is on the disk -------------------------------------------------------------------------

    def look_at(self, slug: str) -> bool:
        """Note what the bank has of a problem; return False if it is being written."""
        try:
            found = OnDisk(take(self._source, slug).digest)
            self._source.load(slug)
        except Unsettled:
            return False
        except GraderError as error:
            found = OnDisk(error=str(error))
        self._on_disk[slug] = found
        return True

    def on_disk(self, slug: str) -> OnDisk:
        """Return what the bank has of a problem, as it was last looked at."""
        if slug not in self._on_disk:
            self.look_at(slug)
        return self._on_disk.get(slug, OnDisk())

    def is_changed(self, slug: str) -> bool:
        """Return whether the bank has another version than the one that is published."""
        latest = self.published.latest(slug)
        return latest is None or self.on_disk(slug).version != latest.version

    def in_bank(self, text: str) -> str:
        """Return a text about files of a version with their paths in the bank."""
        roots = {"problems": self._source.problems, "solutions": self._source.solutions}
        said, end = "", 0
        for found in _OF_VERSION.finditer(text):
            before = text[end : found.start()]
            begin = 1 + max(before.rfind(each) for each in _BEFORE_PATH)
            said += f"{before[:begin]}{shown_path(roots[found[1]] or '')}/"
            end = found.end()
        return said + text[end:]

    # Previews ------------------------------------------------------------------------------------

    def preview(self, slug: str) -> Preview | None:
        """Return the preview of a problem; None if there is none."""
        return self._previews.get(slug)

    def begin_preview(self, slug: str) -> Preview:
        """Make a preview in the background, unless one is being made."""
        with self._lock:
            found = self._previews.get(slug)
            if found is None or not found.stage.is_running:
                found = self._previews[slug] = Preview(slug)
                self._jobs.put(partial(self._make, found))
            return found

    def _make(self, preview: Preview) -> None:
        self.look_at(preview.slug)
        try:
            self._previewer.make(preview)
        except Stopped:
            return
        except Exception as error:
            preview.refuse(f"an internal error: {describe_failure(error)}")
            raise

    def gains(self, preview: Preview) -> list[Gain]:
        """Return what a preview changes for each student whose points change, losses first."""
        slug = preview.slug
        work = self._classroom.work_of[slug]
        worth = next(each.points for each in work.assignment.parts if each.problem == slug)
        by_person: dict[str, list[Attempt]] = {}
        for attempt in self._desk.book.submits(slug):
            by_person.setdefault(attempt.person, []).append(attempt)
        found = []
        for person, attempts in by_person.items():
            before = [each.outcome for each in attempts if each.outcome is not None]
            after = [
                preview.replacements[each.id].outcome
                if each.id in preview.replacements
                else each.outcome
                for each in attempts
                if each.outcome is not None
            ]
            counts = work.assignment.counts
            points = [_points(some, counts, worth) for some in (before, after) if some]
            if points and points[0] != points[1]:
                found.append(Gain(person, *points))
        return sorted(found, key=lambda each: (each.difference, each.person))

    # Publishing ----------------------------------------------------------------------------------

    def publish(self, slug: str, version: str, person: Person) -> None:
        """Publish what was previewed.

        Raises:
            BookError: if it cannot be kept; nothing has changed then
            Refused: if the preview is not ready, or of another version
        """
        with self._lock:
            preview = self._previews.get(slug)
            latest = self.published.latest(slug)
            answers = preview.answers if preview is not None else None
            is_ready = preview is not None and preview.stage is Stage.READY
            if preview is None or answers is None or not is_ready or preview.version != version:
                raise Refused(409, "this version has no preview that is ready; preview it again")
            if latest is None or latest.version != preview.follows:
                raise Refused(409, "another version was published since; preview this one again")
            words = for_students(preview.changes)
            replaced = list(preview.replacements.values())
            add = publication_of(self.published.kept(slug, version), person.id, words)
            told = self._told(slug, words, replaced)
            news, link = self._desk.news, f"/p/{slug}/changes"

            def work(connection: sqlite3.Connection) -> None:
                add(connection)
                replace_outcomes(connection, replaced)
                for each, text in told.items():
                    kind = NewsKind.CORRECTED
                    news.add(connection, [each], kind, text, problem=slug, link=link)

            in_use = self._desk.judges.answers(slug, Kind.SUBMIT)
            self._desk.book.write(work).result()
            del self._previews[slug]
            self._desk.versions.adopt(answers)
            try:
                self.published.link(slug)
            except OSError as error:  # it is made again at the next start
                _LOG.error("the list has %s as it was before: %s", slug, error.strerror)
            self._desk.list_again()
        try:
            judge_all_again(self._desk, slug, in_use, preview.changes)
        except BookError as error:  # the version is published all the same
            _LOG.error("later submissions to %s are judged at the next start: %s", slug, error)

    def _told(self, slug: str, words: Sequence[str], replaced: Sequence[Replacement]) -> _Told:
        """Return what each person who has begun a problem is told of a correction."""
        about = f"The problem has changed: {'; '.join(words)}." if words else ""
        found = dict.fromkeys(begun_by(self._desk.book, slug), about)
        for each in replaced:
            old, person = each.attempt.outcome, each.attempt.person
            is_withheld = self._desk.shown(each.attempt).level is Level.NOTHING
            if old is not None and differ(old, each.outcome) and not is_withheld:
                # Of several attempts, the latest, which comes last.
                points = change_in_words(old, each.outcome)
                found[person] = f"{about} {points[0].upper()}{points[1:]}.".strip()
        return {person: text for person, text in found.items() if text}

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except BookError as error:
                _LOG.error("a correction cannot be kept: %s", error)
            except Exception as error:
                if not self._desk.lanes.is_stopping:
                    _LOG.error("a correction has failed: %s", describe_failure(error))


def _points(outcomes: Sequence[Outcome], counts: CountingAttempt, worth: Fraction) -> Fraction:
    """Return the points of the attempt that counts, of several that are judged."""
    points = [
        worth * each.score / each.max_score if each.max_score else Fraction(0) for each in outcomes
    ]
    match counts:
        case CountingAttempt.LAST:
            return points[-1]
        case CountingAttempt.FIRST:
            return points[0]
        case CountingAttempt.BEST:
            return max(points)
        case _:
            assert_never(counts)
