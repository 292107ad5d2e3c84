"""Collects the attempts of a class: which file of which student answers which problem.

Every file is part of an attempt or reported in `SubmissionSet.unmatched`, except for those that
`files` skips. Files are read one by one; their sources go to a `SourceSpool`, not into memory.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from grader.model.course import Attempt, Source, SubmissionSet
from grader.model.problem import Submission
from grader.submissions.archives import LEADS_OUT_FLAW
from grader.submissions.budget import Budget
from grader.submissions.bundle import attempts_in
from grader.submissions.class_list import ClassList, Places, TeamsByKey
from grader.submissions.filenames import escape, label, natural_key
from grader.submissions.files import File, list_files, read_at
from grader.submissions.layouts import LayoutContext, SubmittedFile, Unassigned, assign_files
from grader.submissions.looks import (
    Library,
    may_be_judged,
    opened,
    read_in_order_of_preference,
    submission_of,
)
from grader.submissions.matches import ProblemRef
from grader.submissions.people import PersonRef
from grader.submissions.questions import KnownTimes, Questions
from grader.submissions.repository import path_in_repository
from grader.submissions.roster import read_roster
from grader.submissions.source import make_submission
from grader.submissions.spool import SourceSpool
from grader.submissions.times import in_utc

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def collect_submissions(
    path: str | Sequence[Source],
    problems: Sequence[ProblemRef],
    layout: str = "auto",
    roster: str | None = None,
    pattern: str | None = None,
    sources: SourceSpool | None = None,
    zone: tzinfo = UTC,
    teams: TeamsByKey | None = None,
    places: Places = MappingProxyType({}),
) -> SubmissionSet:
    """Return everything that a class submitted, from a folder or a .zip archive.

    Args:
        path: of the folder or archive; or several sources, each with a layout and pattern of its
            own, in the order of submission where no times are known
        layout: one of `layouts.LAYOUTS`, "regex", or "auto" for the first that fits
        roster: path of a CSV file; see `roster`
        pattern: regular expression with named groups that matches paths of files; for "regex"
        sources: keeps the sources of the attempts
        zone: of times that name none
        teams: those of the assignment, by their names
        places: where the assignment names their members, for messages

    Raises:
        UsageError: if the path, the layout, the pattern or the roster is invalid, a time cannot be
            read, or a member of a team is nobody; never because of a student's files
    """
    listed = read_roster(roster) if roster is not None else None
    people = ClassList(listed, teams, places)
    slugs = tuple(problem.slug for problem in problems)
    several_sources = [Source(path, layout, pattern)] if isinstance(path, str) else path
    bundles: dict[_BundleKey, list[SubmittedFile]] = {}
    unmatched: set[str] = set()
    questions = Questions(slugs)
    for number, source in enumerate(several_sources):
        is_archive = not os.path.isdir(source.path)
        top = _top(source.path)
        context = LayoutContext(
            top, slugs, source.pattern, is_archive, zone=zone, is_known=people.is_known
        )
        unmatched |= _add_bundles(bundles, number, source, context, people, questions)
    known_times = KnownTimes(listed, zone)
    numbered: list[Attempt] = []
    keys_of: dict[str, list[_BundleKey]] = {}
    for key in bundles:
        keys_of.setdefault(key.student, []).append(key)
    # One student after the other, and what is read is removed: a class has thousands of files.
    for student in sorted(keys_of):
        attempts: dict[str, list[Attempt]] = {}
        in_source: Counter[tuple[object, ...]] = Counter()
        kept: Counter[tuple[object, ...]] = Counter()
        budget = Budget()
        keys = _in_order(keys_of.pop(student), bundles)
        for key in keys:
            found = attempts_in(student, bundles.pop(key), problems, sources, budget)
            unmatched.update(found.unmatched)
            questions.add_unread(student, found.unread)
            when = known_times.of(_submitters(student, keys)) if key is keys[-1] else None
            if when is not None and any(_is_later(each, when) for each in attempts.values()):
                when = None  # the roster is older than the files
            for attempt in found.attempts:
                # Two sources may have the same attempt. But in one source a student may return to
                # an earlier text, so the second such attempt is the same as the second in another.
                mark = attempt.problem, attempt.digest, attempt.submitted_at
                in_source[key.source, *mark] += 1
                own_time = attempt.submitted_at
                attempt = replace(attempt, submitted_at=own_time or when, team=key.team)
                before = attempts.setdefault(attempt.problem, [])
                if in_source[key.source, *mark] <= kept[mark]:
                    last = before[-1]
                    if last.digest == attempt.digest and last.submitted_at is own_time is None:
                        before[-1] = replace(last, submitted_at=when)
                    continue
                kept[mark] += 1
                before.append(attempt)
                questions.add_attempt(attempt, key.origin, attempt.problem in found.weak)
        for _, of_problem in sorted(attempts.items()):
            numbered += [replace(each, number=number) for number, each in enumerate(of_problem, 1)]
    present = {attempt.student for attempt in numbered}
    return SubmissionSet(
        attempts=tuple(numbered),
        students=people.students_with(present),
        missing=people.missing(present),
        unmatched=tuple(sorted(unmatched | people.unmatched)),
        questions=questions.about(people, known_times),
        teams=people.teams,
        participants=frozenset(people.participants),
    )


def collect_from_folder(
    student: str,
    path: str,
    problems: Sequence[ProblemRef],
    when: datetime | None = None,
    sources: SourceSpool | None = None,
) -> SubmissionSet:
    """Return the attempts in a folder with everything that one student submitted at one time.

    Raises:
        UsageError: if the folder does not exist
    """
    person = PersonRef(student)
    files = [SubmittedFile(file, person, file.name, when=when) for file in list_files(path)]
    found = attempts_in(student, files, problems, sources, Budget())
    return SubmissionSet(tuple(found.attempts), unmatched=tuple(found.unmatched))


def read_several(path: str) -> list[Submission]:
    """Return the submissions in a folder or an archive of one person; see `read_submissions`."""
    budget, person = Budget(), PersonRef("")
    files = [SubmittedFile(file, person, file.name) for file in list_files(path)]
    programs = [file for file in opened(files, budget) if may_be_judged(file)]
    looks = read_in_order_of_preference(programs, budget)
    library = Library(looks)
    found = [submission_of(look, "", library) for look in looks]
    if os.path.isdir(path):
        found = [replace(each, path=path_in_repository(each.origin)) for each in found]
    return found or [Submission(b"", path, flaw=f"{path} contains no .py or .ipynb file")]


def read_in_book(locator: str) -> Submission:
    """Return a submit of the practice page, with a flaw if it cannot be read."""
    content, flaw = read_at(locator)
    return make_submission(content, flaw, locator)


def read_attempt(attempt: Attempt) -> Submission:
    """Read the file of an attempt again; return its submission, with a flaw if that fails."""
    if attempt.flaw:
        return Submission(b"", attempt.locator, attempt.student, attempt.flaw)
    content, flaw = read_at(attempt.locator)
    return make_submission(content, flaw, attempt.locator, attempt.student)


class _BundleKey(NamedTuple):
    """What a student submitted together.

    Attributes:
        origin: the member of the team, or the team, that submitted it; empty if it is the student
        team: all who submitted it
        source: number of the folder or archive that it is in
    """

    student: str
    bundle: str
    origin: str = ""
    team: tuple[str, ...] = ()
    source: int = 0


def _add_bundles(
    bundles: dict[_BundleKey, list[SubmittedFile]],
    number: int,
    source: Source,
    context: LayoutContext,
    people: ClassList,
    questions: Questions,
) -> set[str]:
    """Add the files of a source by student and bundle; return a sentence for each other file.

    Args:
        number: of the source
    """
    files = list_files(source.path)
    strays = [file for file in files if _is_stray(file)]
    unmatched = {f"{label(file.name)}: {file.flaw}" for file in strays}
    questions.add_unassigned(strays)
    files = [file for file in files if not _is_stray(file)]
    assigned = list(assign_files(files, source.layout, context))
    submitted = [file for file in assigned if isinstance(file, SubmittedFile)]
    people.expect(person for file in submitted for person in (file.person, *file.together))
    for file in assigned:
        if isinstance(file, str):
            unmatched.add(file)
            continue
        if isinstance(file, Unassigned):
            unmatched.add(f"{escape(file.file.name)}: {file.reason}")
            questions.add_unassigned([file.file])
            continue
        authors = [people.authors_of(person) for person in (file.person, *file.together)]
        ids = tuple(dict.fromkeys(id for each in authors for id in each.ids))
        team = ids if len(ids) > 1 else ()
        for id in ids:
            key = _BundleKey(id, file.bundle, authors[0].origin if team else "", team, number)
            bundles.setdefault(key, []).append(file)
    return unmatched


def _is_stray(file: File) -> bool:
    """Return whether the path of a file leads out of the class's archive."""
    return file.flaw == LEADS_OUT_FLAW and not file.inside


def _submitters(student: str, keys: Sequence[_BundleKey]) -> Sequence[str]:
    """Return who submitted the last bundle of a student, to which the time in the roster belongs.

    Args:
        keys: in the order of submission
    """
    last = keys[-1]
    if len({key.origin for key in keys}) > 1:
        return (last.origin,)  # another member may have submitted something else at another time
    return last.team or (student,)


def _is_later(attempts: Sequence[Attempt], when: datetime) -> bool:
    """Return whether one of the attempts is known to be later than a time."""
    known = (each.submitted_at for each in attempts if each.submitted_at is not None)
    return any(in_utc(each) > in_utc(when) for each in known)


def _top(path: str) -> str:
    name = os.path.basename(os.path.abspath(path))
    return name[: -len(".zip")] if name.lower().endswith(".zip") else name


def _in_order(
    keys: Sequence[_BundleKey], bundles: Mapping[_BundleKey, Sequence[SubmittedFile]]
) -> list[_BundleKey]:
    """Return the bundles of a student in the order of submission.

    Numbers and names say nothing about another source, because each counts from 1. So the sources
    are in the order in which they were given, unless a time is known of every bundle.
    """
    times = {key: max(file.when or _LONG_AGO for file in bundles[key]) for key in keys}
    is_one_source = len({key.source for key in keys}) == 1
    by_time = not is_one_source and _LONG_AGO not in times.values()

    def order(key: _BundleKey) -> tuple[object, ...]:
        number = bundles[key][0].number
        in_source = (times[key], key.source) if by_time else (key.source,)
        return *in_source, number, times[key], natural_key(key.bundle), key.bundle, key.origin

    return sorted(keys, key=order)
