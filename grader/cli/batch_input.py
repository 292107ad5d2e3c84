"""Reads what `grader batch` grades: an assignment with its problems, and what a class submitted.

This module and `batch_output` import all that grading a class needs, so they are loaded only when a
class is graded, and not for `--help`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.bank.locate import Bank
from grader.cli.output import say
from grader.course.assignment import load_work
from grader.course.attempts import limit_attempts
from grader.course.earlier import check_sources_exist, describe_order, merge_sources
from grader.course.exam_sections import excuse_other_sections
from grader.course.given_extensions import with_extensions_of_books, with_extensions_of_roster
from grader.course.gradebook import MaxPoints, build_gradebook, students_of
from grader.course.graded_assignment import grades_path
from grader.course.lateness import describe_unknown_times
from grader.course.output import describe_unmatched
from grader.course.output_folder import recorded_sources
from grader.course.overrides import check_overrides
from grader.course.term import load_term
from grader.course.term_slip_days import describe_other_folder, slip_days_for
from grader.model.assignment import Assignment, CountingAttempt, MissingWork
from grader.model.course import Outcome, Source, SubmissionSet
from grader.model.gradebook import Gradebook
from grader.model.problem import Problem
from grader.model.term import Term
from grader.submissions import SourceSpool, collect_submissions
from grader.submissions.roster import read_roster
from grader.submissions.times import read_time
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """What a class was asked to do.

    Attributes:
        name: of the problem, or the path of the assignment's file
        problems: by their slugs
        term: the course of the assignment; None if it names none
        now: the time of grading
    """

    name: str
    assignment: Assignment
    problems: Mapping[str, Problem]
    term: Term | None
    now: datetime


def read_work(name: str, bank: Bank, attempts: str | None, missing: str, as_of: str | None) -> Work:
    """Read an assignment or a problem. Print a note if the solutions of a problem are not there.

    Args:
        attempts, missing, as_of: the values of the options of these names

    Raises:
        UsageError: if it does not exist, or `as_of` is not a time
        SpecError: if the assignment, a problem or the course has errors
    """
    assignment, problems = load_work(name, bank)
    if incomplete := [slug for slug in problems if bank.solutions_of(slug) is None]:
        say(
            f"note: {bank.described} has no solutions of {', '.join(incomplete)}: only public"
            " cases are judged, and there are no hints. To judge hidden cases too, name the folder"
            " that contains `problems` and `solutions` with --bank",
            err=True,
        )
    if attempts:
        assignment = replace(assignment, counts=CountingAttempt(attempts))
    assignment = replace(assignment, missing=MissingWork(missing))
    now = _time_of_grading(as_of, assignment.zone or UTC)
    term = load_term(assignment.course) if assignment.course else None
    return Work(name, assignment, problems, term, now)


def _time_of_grading(as_of: str | None, zone: tzinfo) -> datetime:
    time = read_time(as_of, zone, "--as-of")
    return datetime.now(UTC) if time is None else time


@dataclass(frozen=True)
class CollectedClass:
    """What a class submitted for its work.

    Attributes:
        work: with the extensions, excuses and slip days of this class
        origins: the folders and archives that the submissions come from
        inputs: paths of the other files that are read, and of the folders with problems
        submissions: without the attempts that are not judged
        spool: the sources of the submissions
        notes: about extensions in the roster and for people who are not in the class, students of
            earlier assignments who were found by name alone, attempts that are not judged, and the
            order of attempts
        is_complete: whether the class has a roster
    """

    work: Work
    origins: Sequence[Source]
    inputs: Sequence[str]
    submissions: SubmissionSet
    spool: SourceSpool
    notes: Sequence[str]
    is_complete: bool

    def gradebook(self, outcomes: Sequence[Outcome], max_points: MaxPoints) -> Gradebook:
        """Return the grades of the class; see `build_gradebook`."""
        work = self.work
        return build_gradebook(work.assignment, self.submissions, outcomes, max_points, work.now)

    def describe(self, ungraded: Gradebook, out: str) -> list[str]:
        """Return what an instructor must know about the submissions, a note each.

        Args:
            ungraded: the gradebook before anything is judged
            out: the output folder

        Raises:
            UsageError: if the assignment names a student who does not exist
        """
        work, submissions = self.work, self.submissions
        students = students_of(submissions)
        return [
            *self.notes,
            *check_overrides(work.assignment, students, submissions, is_complete=self.is_complete),
            *describe_unknown_times(work.assignment, submissions),
            *describe_unmatched(submissions, ungraded),
            *(describe_other_folder(work.name, work.term, out) if work.term is not None else ()),
        ]


@contextmanager
def collected_class(
    work: Work, source: Source, out: str, roster: str | None, adds: bool
) -> Iterator[CollectedClass]:
    """Collect what a class submitted; the sources can be read until the end of the block.

    Args:
        out: the output folder
        adds: whether to collect also the submissions that were graded into the output folder before

    Raises:
        UsageError: if a folder, an archive or the roster cannot be read, or it is not known how
            many slip days a student has used
    """
    origins = merge_sources(recorded_sources(Path(out)), source) if adds else [source]
    check_sources_exist([each for each in origins if each != source])
    assignment = work.assignment
    extended: list[str] = []
    if roster is not None:
        listed = read_roster(roster)
        assignment = excuse_other_sections(assignment, listed)
        assignment, extended = with_extensions_of_roster(assignment, listed)
    with SourceSpool() as spool:
        submissions = collect_submissions(
            origins,
            list(work.problems.values()),
            roster=roster,
            sources=spool,
            zone=assignment.zone or UTC,
            teams=assignment.teams,
            places=assignment.places,
        )
        students = students_of(submissions)
        assignment, notes = with_extensions_of_books(assignment, work.name, origins, students)
        if work.term is not None:
            slip_days, by_name = slip_days_for(assignment, work.name, work.term, students)
            notes += by_name
            assignment = replace(assignment, slip_days=slip_days)
        submissions, not_judged = limit_attempts(submissions, assignment)
        private = *(os.path.abspath(each.path) for each in origins), os.path.abspath(out)
        problems = {
            slug: replace(problem, private=(*problem.private, *private))
            for slug, problem in work.problems.items()
        }
        yield CollectedClass(
            replace(work, assignment=assignment, problems=problems),
            origins,
            [*_files_of(work), *([roster] if roster is not None else [])],
            submissions,
            spool,
            [*extended, *notes, *not_judged, *describe_order(origins, submissions)],
            is_complete=roster is not None,
        )


def _files_of(work: Work) -> list[str]:
    """Return the paths of the files that say what was asked for, and of folders with problems."""
    found = {path for problem in work.problems.values() for path in problem.private}
    if os.path.isfile(work.name):  # not the name of a problem
        found.add(work.name)
    if work.term is not None:
        found.add(work.term.path)
        for each in work.term.assignments:
            found |= {each.path, str(grades_path(each))}
    return sorted(found)
