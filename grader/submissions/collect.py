"""Collects the attempts of a class: which file of which student answers which problem.

Every file is part of an attempt or reported in `SubmissionSet.unmatched`, except for those that
`files` skips. Files are read one by one; their sources go to a `SourceSpool`, not into memory.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from sys import intern
from typing import NamedTuple

from grader.model.course import Attempt, Source, SubmissionSet
from grader.model.entry_point import Module
from grader.model.problem import Submission
from grader.submissions.archives import LEADS_OUT_FLAW
from grader.submissions.budget import Budget
from grader.submissions.class_list import ClassList, TeamsByKey
from grader.submissions.filenames import escape, kind_of_foreign, label, natural_key
from grader.submissions.files import File, list_files, open_archive, read_at
from grader.submissions.layouts import LayoutContext, SubmittedFile, assign_files
from grader.submissions.matches import (
    FileEvidence,
    Match,
    ProblemRef,
    is_starter,
    match_problems,
    rank_matches,
)
from grader.submissions.modules import first_words, imported_words, modules_of
from grader.submissions.people import PersonRef
from grader.submissions.questions import KnownTimes, Questions, describe_unread
from grader.submissions.roster import read_roster
from grader.submissions.source import (
    EMPTY_FLAW,
    defined_names,
    flaw_of,
    is_notebook,
    make_submission,
    path_below_current_folder,
    program_in,
)
from grader.submissions.spool import SourceSpool, digest_of

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_MAX_LISTED = 20  # file names in a message
_MAX_LISTED_CHARS = 200
_MAX_HELD_BYTES = 8 << 20  # of a student's sources kept in memory while files are chosen


def collect_submissions(
    path: str | Sequence[Source],
    problems: Sequence[ProblemRef],
    layout: str = "auto",
    roster: str | None = None,
    pattern: str | None = None,
    sources: SourceSpool | None = None,
    zone: tzinfo = UTC,
    teams: TeamsByKey | None = None,
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

    Raises:
        UsageError: if the path, the layout, the pattern or the roster is invalid, a time cannot be
            read, or a member of a team is nobody; never because of a student's files
    """
    listed = read_roster(roster) if roster is not None else None
    people = ClassList(listed, teams)
    slugs = tuple(problem.slug for problem in problems)
    several_sources = [Source(path, layout, pattern)] if isinstance(path, str) else path
    bundles: dict[_BundleKey, list[SubmittedFile]] = {}
    unmatched: set[str] = set()
    for number, source in enumerate(several_sources):
        is_archive = not os.path.isdir(source.path)
        context = LayoutContext(_top(source.path), slugs, source.pattern, is_archive, zone=zone)
        its_bundles, messages = _bundles(list_files(source.path), source.layout, context, people)
        bundles |= {key._replace(source=number): files for key, files in its_bundles.items()}
        unmatched |= messages
    known_times = KnownTimes(listed, zone)
    attempts: dict[tuple[str, str], list[Attempt]] = {}
    several = Counter(key.student for key in bundles)
    questions = Questions(slugs)
    budgets: dict[str, Budget] = defaultdict(Budget)
    for key in sorted(bundles, key=lambda key: _order(key, bundles[key])):
        student = key.student
        # Removed as it is read, because a class has thousands of files.
        files = bundles.pop(key)
        found = _attempts(student, files, problems, sources, budgets[student])
        unmatched.update(found.unmatched)
        questions.add_unread(student, found.unread)
        when = known_times.of(key.team or (student,)) if several[student] == 1 else None
        for attempt in found.attempts:
            attempt = replace(attempt, submitted_at=attempt.submitted_at or when, team=key.team)
            earlier = attempts.setdefault((student, attempt.problem), [])
            if len(several_sources) > 1 and any(_is_same(each, attempt) for each in earlier):
                continue
            earlier.append(attempt)
            questions.add_attempt(attempt, key.origin, attempt.problem in found.weak)
    numbered = [
        replace(attempt, number=number)
        for _, several_attempts in sorted(attempts.items())
        for number, attempt in enumerate(several_attempts, 1)
    ]
    return SubmissionSet(
        attempts=tuple(numbered),
        students=people.students,
        missing=people.missing({student for student, _ in attempts}),
        unmatched=tuple(sorted(unmatched | people.unmatched)),
        questions=questions.about(people, known_times),
        teams=people.teams,
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
    found = _attempts(student, files, problems, sources, Budget())
    return SubmissionSet(tuple(found.attempts), unmatched=tuple(found.unmatched))


def read_several(path: str) -> list[Submission]:
    """Return the submissions in a folder or an archive of one person; see `read_submissions`."""
    budget, person = Budget(), PersonRef("")
    files = [SubmittedFile(file, person, file.name) for file in list_files(path)]
    opened = [file for file in _opened(files, budget) if _may_be_judged(file)]
    looks = _in_order_of_preference(opened, budget)
    library = _Library(looks)
    found = [_submission(look, "", library) for look in looks]
    if os.path.isdir(path):
        found = [replace(each, path=path_below_current_folder(each.origin)) for each in found]
    return found or [Submission(b"", path, flaw=f"{path} contains no .py or .ipynb file")]


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


def _bundles(
    files: Sequence[File], layout: str, context: LayoutContext, people: ClassList
) -> tuple[dict[_BundleKey, list[SubmittedFile]], set[str]]:
    """Return the files by student and bundle, and a sentence for each that cannot be assigned."""
    unmatched = {f"{label(file.name)}: {file.flaw}" for file in files if _is_stray(file)}
    bundles: dict[_BundleKey, list[SubmittedFile]] = {}
    for file in assign_files([file for file in files if not _is_stray(file)], layout, context):
        if isinstance(file, str):
            unmatched.add(file)
            continue
        authors = [people.authors_of(person) for person in (file.person, *file.together)]
        ids = tuple(dict.fromkeys(id for each in authors for id in each.ids))
        team = ids if len(ids) > 1 else ()
        for id in ids:
            key = _BundleKey(id, file.bundle, authors[0].origin if team else "", team)
            bundles.setdefault(key, []).append(file)
    return bundles, unmatched


def _is_stray(file: File) -> bool:
    """Return whether the path of a file leads out of the class's archive."""
    return file.flaw == LEADS_OUT_FLAW and not file.inside


def _top(path: str) -> str:
    name = os.path.basename(os.path.abspath(path))
    return name[: -len(".zip")] if name.lower().endswith(".zip") else name


def _order(key: _BundleKey, files: Sequence[SubmittedFile]) -> tuple[object, ...]:
    """Sort bundles by student, then in the order of submission."""
    when = max(file.when or _LONG_AGO for file in files)
    number = files[0].number
    in_source = key.source if number else 0  # each source counts from 1
    by_name = natural_key(key.bundle), key.bundle, key.origin
    return key.student, in_source, number, when, key.source, *by_name


def _is_same(attempt: Attempt, other: Attempt) -> bool:
    """Return whether two sources contain the same attempt."""
    mark = (attempt.digest, attempt.submitted_at)
    return mark == (other.digest, other.submitted_at)


# One bundle of one student -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """A file, and what reading it once has shown.

    Attributes:
        source: None if it was not kept; it is read again if the file is judged
        flaw: why the file cannot be read; empty if it can
    """

    file: SubmittedFile
    source: bytes | None = b""
    flaw: str = ""
    names: frozenset[str] = frozenset()
    cells: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The name of the file for notes."""
        return label(self.file.name or self.file.file.name)

    def is_starter_of(self, problem: ProblemRef) -> bool:
        """Return whether it is the problem's starter, unchanged."""
        return self.source is not None and is_starter(self.source, problem)

    @property
    def evidence(self) -> FileEvidence:
        return FileEvidence(self.names, self.file.name, self.file.problem, not self.flaw)


class _Found(NamedTuple):
    """What is in a bundle.

    Attributes:
        unmatched: a message for each file that no attempt uses
        unread: a sentence for each file that may contain a program and cannot be read
        weak: the problems that an attempt answers only for lack of a better file
    """

    attempts: list[Attempt]
    unmatched: list[str]
    unread: list[str]
    weak: set[str]


def _attempts(
    student: str,
    files: Sequence[SubmittedFile],
    problems: Sequence[ProblemRef],
    sources: SourceSpool | None,
    budget: Budget,
) -> _Found:
    """Return the attempts in a bundle, and what is said about its other files.

    If nothing in the bundle is a program, the files that are not read are attempts with a flaw, so
    that the student learns why.
    """
    files = list(_opened(files, budget))
    candidates = [file for file in files if _may_be_judged(file)]
    if not candidates:
        candidates = files = [_with_flaw(file) for file in files]
    looks = _in_order_of_preference(candidates, budget)
    by_slug: dict[str, list[tuple[Match, _Look]]] = defaultdict(list)
    for look in looks:
        for slug, match in match_problems(look.evidence, problems).items():
            by_slug[slug].append((match, look))
    attempts = []
    weak: set[str] = set()
    reasons: dict[_Look, str] = {}
    library = _Library(looks)
    for problem in problems:
        if problem.slug not in by_slug:
            continue
        matches = by_slug[problem.slug]
        found, note = _choose(problem, matches, has_others=len(matches) < len(looks))
        if found:
            chosen, *others = found
            attempts.append(_make_attempt(student, problem, chosen, note, library, sources))
            is_defined = problem.entry_point.is_defined_by(chosen.names)
            if not is_defined or chosen.is_starter_of(problem):
                weak.add(problem.slug)
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
        more = f"{student}: {len(left) - _MAX_LISTED} more files that are not judged"
        left = [*left[:_MAX_LISTED], more]
    rest = [file for file in files if not _may_be_judged(file)]
    if rest:
        names = _listed([label(file.name or file.file.name) for file in rest])
        left.append(f"{student}: {names}: not a .py, .ipynb or .zip file")
    return _Found(attempts, left, [*_unread(looks, rest)], weak)


def _with_flaw(file: SubmittedFile) -> SubmittedFile:
    """Return a file that is not a program, with this flaw."""
    name = file.file.inside or file.file.name
    kind = kind_of_foreign(name)
    advice = "submit a .py file, a notebook, or a .zip archive of them"
    ending = os.path.splitext(name)[1] or "a name without an ending"
    flaw = f"the file is {kind}" if kind else f"files with {ending} are not read"
    return replace(file, file=replace(file.file, flaw=f"{flaw}; {advice}"))


def _unread(looks: Iterable[_Look], rest: Iterable[SubmittedFile]) -> Iterator[str]:
    """Yield a sentence about each file that may contain a program and cannot be read."""
    for look in looks:
        flaw = look.flaw or (flaw_of(look.source) if look.source else "")
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


def _may_be_judged(file: SubmittedFile) -> bool:
    """Return whether a file is a program or has a flaw, such as a broken archive."""
    return file.file.is_program or bool(file.file.flaw)


def _opened(files: Iterable[SubmittedFile], budget: Budget) -> Iterator[SubmittedFile]:
    """Yield the files, with those of each archive in place of it."""
    for file in files:
        if not file.file.is_archive or file.file.flaw:
            yield file
            continue
        if budget.flaw:
            yield replace(file, file=replace(file.file, flaw=budget.flaw))
            continue
        with budget.timed():
            inner = open_archive(file.file)
        for each in inner:
            name = "/".join(filter(None, (file.name, each.inside)))
            yield replace(file, file=each, name=name)


def _in_order_of_preference(files: Iterable[SubmittedFile], budget: Budget) -> list[_Look]:
    """Read the files and sort them: readable ones first, then programs, the newest, by name."""
    looks = []
    held = 0
    for file in files:
        look = _look(file, budget)
        held += len(look.source or b"")
        looks.append(look if held <= _MAX_HELD_BYTES else replace(look, source=None))
    return sorted(looks, key=_preference)


def _look(file: SubmittedFile, budget: Budget) -> _Look:
    if flaw := file.file.flaw or budget.flaw:
        return _Look(file, flaw=flaw)
    with budget.timed():
        source, flaw, cells = _read(file)
        names = frozenset(defined_names(source))
    budget.take_file(len(source))
    return _Look(file, source, flaw, names, cells)


def _read(file: SubmittedFile) -> tuple[bytes, str, tuple[int, ...]]:
    return program_in(*read_at(file.file.locator), file.file.locator)


def _preference(look: _Look) -> tuple[object, ...]:
    name = look.file.name
    is_program = look.file.file.is_program
    return bool(look.flaw), not is_program, -look.file.newer, natural_key(name), name


def _choose(
    problem: ProblemRef, matches: Sequence[tuple[Match, _Look]], has_others: bool
) -> tuple[list[_Look], str]:
    """Return the files that may answer a problem, best first, and a note on the choice.

    Args:
        has_others: whether the student submitted files that do not answer it
    """
    ranked = rank_matches(matches)
    defining = [look for match, look in ranked if match >= Match.FUNCTION]
    if len(defining) > 1:
        # A starter as it was given never takes the place of the student's work.
        defining = [
            *(look for look in defining if not look.is_starter_of(problem)),
            *(look for look in defining if look.is_starter_of(problem)),
        ]
    if defining:
        labels = _listed([look.label for look in defining])
        note = f"{labels} all define {problem.entry_point}: {defining[0].label} is judged"
        return defining, note if len(defining) > 1 else ""
    if has_others or (ranked and ranked[0][0] is not Match.UNREADABLE):
        # A broken file counts for every problem only if the student submitted nothing else.
        ranked = [each for each in ranked if each[0] is not Match.UNREADABLE]
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
    look: _Look,
    note: str,
    library: _Library,
    sources: SourceSpool | None,
) -> Attempt:
    file = look.file
    submission = _submission(look, student, library)
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


class _Library:
    """The files of a bundle, as modules that the others may import."""

    def __init__(self, looks: Iterable[_Look]) -> None:
        self._looks = {
            look.file.name: look
            for look in looks
            if not look.flaw and not is_notebook(look.file.file.locator)
        }
        self._labels = {name: look.label for name, look in self._looks.items()}
        self._words = first_words(self._looks)
        self._lent: set[str] = set()

    def modules_for(self, look: _Look, source: bytes) -> tuple[tuple[Module, ...], str]:
        """Return the modules that a program may import, and a note if some are left out."""
        if self._words.isdisjoint(imported_words(source)):
            return (), ""
        return modules_of(look.file.name, source, self._labels, self._read)

    def has_lent(self, look: _Look) -> bool:
        """Return whether another file may import this one."""
        return look.file.name in self._lent

    def _read(self, name: str) -> bytes:
        self._lent.add(name)
        return _source_of(self._looks[name])[0]


def _source_of(look: _Look) -> tuple[bytes, str]:
    return (look.source, look.flaw) if look.source is not None else _read(look.file)[:2]


def _submission(look: _Look, student: str, library: _Library) -> Submission:
    source, flaw = _source_of(look)
    flaw = flaw or flaw_of(source)
    modules, note = library.modules_for(look, source) if not flaw else ((), "")
    return Submission(
        source,
        look.file.file.locator,
        student,
        flaw,
        cells=look.cells,
        modules=modules,
        notes=(note,) if note else (),
    )


def _why_unmatched(look: _Look, problems: Sequence[ProblemRef]) -> str:
    if look.file.problem and not look.evidence.slug(problems):
        return f"submitted for {escape(look.file.problem)!r}, which is not one of the problems"
    if any(problem.entry_point.is_defined_by(look.names) for problem in problems):
        return "named after another problem"
    return "does not define the function of any problem and is not named after one"
