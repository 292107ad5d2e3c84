"""All that a class handed in: which file of whom answers which problem.

Every file ends up in an attempt or is told of in `SubmissionSet.unmatched`, except for those that
`places` skips. Files are looked at one by one, and forgotten: an attempt is read again when its
turn comes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from grader.model.course import Attempt, Student, SubmissionSet
from grader.model.entry_point import EntryPoint
from grader.model.problem import Submission
from grader.submissions.archives import ASTRAY
from grader.submissions.filenames import natural, shown
from grader.submissions.files import files_in, read_at
from grader.submissions.ipynb import program_of
from grader.submissions.layouts import LayoutContext, PersonRef, SubmittedFile, placed
from grader.submissions.people import Roster, read_roster
from grader.submissions.source import MAX_BYTES, defined_names, is_notebook, submission_of

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_MAX_NAMED = 20


class Named(Protocol):
    """What there is to know of a problem here: a `Problem` or a `Heading` will do."""

    @property
    def slug(self) -> str: ...

    @property
    def entry_point(self) -> EntryPoint: ...


def collect_submissions(
    path: str,
    problems: Sequence[Named],
    layout: str = "auto",
    roster: str | None = None,
    pattern: str | None = None,
) -> SubmissionSet:
    """What a class handed in, from a folder or a .zip archive.

    Args:
        layout: one of `layouts.LAYOUTS`, "regex", or "auto" for the first that looks right
        roster: a CSV file; see `roster`
        pattern: for the layout regex: a pattern with groups, for the path of each file

    Raises:
        UsageError: if the path, the layout, the pattern or the roster is not right, and never for
            what a student did
    """
    known = Roster(read_roster(roster)) if roster is not None else None
    files = files_in(path)
    unmatched = {
        f"{shown(file.name)}: {file.flaw}"
        for file in files
        if file.flaw == ASTRAY and not file.inside
    }
    files = [file for file in files if file.flaw != ASTRAY or file.inside]
    slugs = tuple(problem.slug for problem in problems)
    setting = LayoutContext(_top(path), slugs, pattern, is_archive=not os.path.isdir(path))
    people = _People(known)
    hand_ins: dict[tuple[str, str], list[SubmittedFile]] = {}
    for piece in placed(files, layout, setting):
        if isinstance(piece, str):
            unmatched.add(piece)
        else:
            hand_ins.setdefault((people.student(piece.who), piece.hand_in), []).append(piece)
    attempts: dict[tuple[str, str], list[Attempt]] = {}
    for student, hand_in in sorted(hand_ins, key=lambda key: _order(key, hand_ins[key])):
        found, left = _attempts(student, hand_ins[student, hand_in], problems)
        unmatched.update(left)
        for attempt in found:
            attempts.setdefault((student, attempt.problem), []).append(attempt)
    numbered = [
        replace(attempt, number=number)
        for _, several in sorted(attempts.items())
        for number, attempt in enumerate(several, 1)
    ]
    present = {student for student, _ in attempts}
    students = known.students if known else tuple(sorted(people.met.values(), key=_by_id))
    missing = tuple(each for each in students if each.id not in present) if known else ()
    told = sorted(unmatched | people.unknown)
    return SubmissionSet(tuple(numbered), students, missing, tuple(told))


def collect_from_folder(
    student: str, path: str, problems: Sequence[Named], when: datetime | None = None
) -> SubmissionSet:
    """What one student handed in at once: all that is in a folder.

    Raises:
        UsageError: if there is no such folder
    """
    pieces = [
        SubmittedFile(
            file,
            PersonRef(student),
            f"{file.name}/{file.inside}" if file.inside else file.name,
            when=when,
        )
        for file in files_in(path)
    ]
    attempts, unmatched = _attempts(student, pieces, problems)
    return SubmissionSet(tuple(attempts), unmatched=tuple(unmatched))


def read_attempt(attempt: Attempt) -> Submission:
    """The submission of an attempt; one with a flaw, if it cannot be read or be a program."""
    if attempt.flaw:
        return Submission(b"", attempt.locator, attempt.student, attempt.flaw)
    content, flaw = read_at(attempt.locator)
    return submission_of(content, flaw, attempt.locator, attempt.student)


def _top(path: str) -> str:
    name = os.path.basename(os.path.abspath(path))
    return name[: -len(".zip")] if name.lower().endswith(".zip") else name


def _by_id(student: Student) -> str:
    return student.id


def _order(key: tuple[str, str], pieces: Sequence[SubmittedFile]) -> tuple[object, ...]:
    """Where a hand-in stands: by student, then in the order of handing in."""
    student, hand_in = key
    when = max(piece.when or _LONG_AGO for piece in pieces)
    return student, pieces[0].number, when, natural(hand_in), hand_in


class _People:
    """Who is meant by what layouts say. Whoever is not on the roster is called what they say."""

    def __init__(self, roster: Roster | None) -> None:
        self.met: dict[str, Student] = {}
        self.unknown: set[str] = set()
        self._roster = roster
        self._found: dict[PersonRef, str] = {}

    def student(self, who: PersonRef) -> str:
        if who not in self._found:
            self._found[who] = self._find(who)
        return self._found[who]

    def _find(self, who: PersonRef) -> str:
        found = self._roster.find(who) if self._roster else ""
        if isinstance(found, Student):
            return found.id
        if found:
            self.unknown.add(found)
        id = shown(who.id)
        if self._roster and id in self._roster.ids:
            id = f"{who}?"  # what may be somebody's must not be taken for theirs
        others = tuple(shown(other) for other in who.ids if other != who.id)
        self.met.setdefault(id, Student(id, shown(who.name), others))
        return id


# One hand-in of one student ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """A piece, and what a look at it says: what it defines, or why it cannot be tried."""

    piece: SubmittedFile
    names: frozenset[str] = frozenset()
    flaw: str = ""
    notes: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        return shown(self.piece.rest or self.piece.file.name)


def _attempts(
    student: str, pieces: Sequence[SubmittedFile], problems: Sequence[Named]
) -> tuple[list[Attempt], list[str]]:
    """The attempts in one hand-in, and what is left over, in words."""
    others = [piece for piece in pieces if not _may_be_tried(piece)]
    looks = sorted((_look(piece) for piece in pieces if _may_be_tried(piece)), key=_preference)
    attempts = []
    used: dict[_Look, str] = {}
    for problem in problems:
        found, why = _choice(problem, problems, looks)
        if found:
            chosen = found[0]
            attempts.append(_attempt(student, problem, chosen, why))
            used[chosen] = ""
            for other in found[1:]:
                used.setdefault(other, other.flaw or f"{chosen.called} is judged in its place")
    left = []
    for look in looks:
        reason = used.get(look, look.flaw or _idle(look, problems))
        if reason:
            left.append(
                ": ".join([student, look.called, reason]) + _in_words(look.piece.file.notes)
            )
    if others:
        names = _listed([shown(piece.rest or piece.file.name) for piece in others])
        left.append(f"{student}: {names}: no .py, .ipynb or .zip file")
    return attempts, left


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    return ", ".join(names[:_MAX_NAMED]) + more


def _may_be_tried(piece: SubmittedFile) -> bool:
    """What has a flaw may be: a broken archive might have held the program."""
    return piece.file.is_program or bool(piece.file.flaw)


def _look(piece: SubmittedFile) -> _Look:
    file = piece.file
    if file.flaw:
        return _Look(piece, flaw=file.flaw)
    source, flaw = read_at(file.locator)
    notes: tuple[str, ...] = ()
    if not flaw and is_notebook(file.locator):
        source, flaw, notes = program_of(source, MAX_BYTES)
    return _Look(piece, frozenset(defined_names(source)), flaw, notes)


def _preference(look: _Look) -> tuple[object, ...]:
    """What can be tried comes first; of that the newest, and then the order of the names."""
    rest = look.piece.rest
    return bool(look.flaw), not look.piece.file.is_program, -look.piece.newer, natural(rest), rest


def _choice(
    problem: Named, problems: Sequence[Named], looks: Sequence[_Look]
) -> tuple[list[_Look], str]:
    """The files that may answer a problem, the best first, and a note on why it is the best."""
    fitting = [look for look in looks if _slug_of(look.piece, problems) == problem.slug]
    open_to_it = [look for look in looks if not look.piece.problem or look in fitting]
    defining = [look for look in open_to_it if problem.entry_point.is_defined_by(look.names)]
    if defining:
        # Stable: among those of a fitting name, and among the others, the order stays.
        best = sorted(defining, key=lambda look: look not in fitting)
        names = _listed([look.called for look in best])
        note = f"{names} all define {problem.entry_point}: {best[0].called} is judged"
        return best, note if len(best) > 1 else ""
    idle = [look for look in open_to_it if not _is_answered(problems, look)]
    if len(problems) > 1:
        # What is broken may have held them all, and so is told for each, if there is nothing else.
        broken = all(look.flaw and not _slug_of(look.piece, problems) for look in looks)
        idle = idle if broken else [look for look in idle if look in fitting]
    if not idle or idle[0].flaw:
        return idle, ""
    idle.sort(key=lambda look: (bool(look.flaw), look not in fitting))
    whole = [look.called for look in idle if not look.flaw]
    if len(whole) == 1:
        return idle, f"{whole[0]} does not define {problem.entry_point}"
    return idle, f"none of {_listed(whole)} defines {problem.entry_point}: {whole[0]} is judged"


def _is_answered(problems: Sequence[Named], look: _Look) -> bool:
    """Return whether a file defines the entry point of one of the problems."""
    return any(problem.entry_point.is_defined_by(look.names) for problem in problems)


def _slug_of(piece: SubmittedFile, problems: Sequence[Named]) -> str:
    """The problem that a file is for by its name, or by what its layout says; empty if neither."""
    said = _hyphenated(piece.problem or piece.rest)
    slugs = {_hyphenated(problem.slug): problem.slug for problem in problems}
    if piece.problem:
        return slugs.get(said, "")
    words = f"-{said}-"
    within = [slug for slug in slugs if f"-{slug}-" in words]
    return slugs[max(within, key=len)] if within else ""


def _hyphenated(name: str) -> str:
    """Words and numbers, with a hyphen between them: `Soft_max (2).py` is soft-max-2-py."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def _attempt(student: str, problem: Named, look: _Look, why: str) -> Attempt:
    piece = look.piece
    notes = dict.fromkeys([*piece.notes, *piece.file.notes, *look.notes, *([why] if why else [])])
    place = piece.file.locator
    return Attempt(student, problem.slug, place, 1, piece.when, tuple(notes), look.flaw)


def _idle(look: _Look, problems: Sequence[Named]) -> str:
    slugs = [_hyphenated(problem.slug) for problem in problems]
    if look.piece.problem and _hyphenated(look.piece.problem) not in slugs:
        return f"is for {shown(look.piece.problem)!r}, which is none of the problems"
    if _is_answered(problems, look):
        return "is for another problem by its name"
    return "defines no function of a problem, and its name holds no problem's"


def _in_words(notes: Iterable[str]) -> str:
    said = "; ".join(notes)
    return f" ({said})" if said else ""
