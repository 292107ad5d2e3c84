"""Which problem a file answers, decided in the same way for one file and for those of a class.

The strongest evidence is the function that a file defines; then that it may define it in another
way; then its name, or that of its folder, if it contains the name of the problem; then that there
is only one problem.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Protocol, TypeVar

from grader.model.entry_point import EntryPoint
from grader.model.problem import Submission
from grader.submissions.source import defined_names, possible_names, stated_names
from grader.values.dataclasses import dataclass

_DEFINING = (b"def ", b"async def ", b"class ", b"@")


class ProblemRef(Protocol):
    """What must be known about a problem: a `Problem` or a `Heading` has both."""

    @property
    def slug(self) -> str: ...

    @property
    def entry_point(self) -> EntryPoint: ...


def is_starter(source: bytes, problem: ProblemRef) -> bool:
    """Return whether a source has the problem's starter as students got it, and no other solution.

    It may have the starters of other problems too, or solutions of them. Only blanks at the ends of
    lines, empty lines, and tabs in place of four blanks may differ, as editors change them.
    """
    starter = _lines(getattr(problem, "starter", b""))  # a heading has none
    begin = next((at for at, line in enumerate(starter) if line.startswith(_DEFINING)), None)
    if begin is None:
        return False
    given = b"\n".join([b"", *starter[begin:], b""])
    _, is_within, rest = b"\n".join([b"", *_lines(source), b""]).partition(given)
    following = next((line for line in rest.split(b"\n") if not line.startswith(b"#")), b"")
    if not is_within or following.startswith((b" ", b"\t")):  # the student's work
        return False
    names = defined_names(source)
    own = set(defined_names(b"\n".join(starter[begin:])))
    return all(names.count(name) == 1 for name in own)


def only_assigns(source: bytes, problem: ProblemRef) -> bool:
    """Return whether a source has no `def` of the problem's function, or `class` of its class.

    Of a source that defines the function, this says that it only assigns to its name.
    """
    keyword = "class" if problem.entry_point.noun == "class" else "def"
    return not problem.entry_point.is_defined_by(stated_names(source, keyword))


def _lines(source: bytes) -> list[bytes]:
    lines = map(bytes.rstrip, source.removeprefix(b"\xef\xbb\xbf").splitlines())
    return [line.expandtabs(4) for line in lines if line]


class Match(IntEnum):
    """Why a file answers a problem, from no reason to the strongest."""

    NONE = 0
    UNREADABLE = 1  # it cannot be read, and might have defined any function
    ONLY_PROBLEM = 2  # it defines no problem's function, and there is one problem
    NAME = 3  # it defines no problem's function, but is named after the problem
    POSSIBLE = 4  # it may define the function in another way, such as by an import or in a block
    FUNCTION = 5  # it defines the function
    FUNCTION_AND_NAME = 6


@dataclass(frozen=True)
class FileEvidence:
    """What is known about a file before it is judged.

    Attributes:
        defined: the names that it defines at its top level
        possible: names that it may define in another way; see `source.possible_names`
        name: its name, possibly with folders, as the student chose it
        problem: the problem that it was submitted for, if the system says so
        is_readable: whether `defined` is all that it defines
    """

    defined: Collection[str] = ()
    name: str = ""
    problem: str = ""
    is_readable: bool = True
    possible: Collection[str] = ()

    def slug(self, problems: Iterable[ProblemRef]) -> str:
        """Return the problem that the file was submitted for or is named after; empty if none."""
        slugs = {_hyphenated_slug(problem.slug): problem.slug for problem in problems}
        if self.problem:
            return slugs.get(_hyphenate(self.problem), "")
        words = f"-{_hyphenate(self.name)}-"
        within = [slug for slug in slugs if f"-{slug}-" in words]
        return slugs[max(within, key=len)] if within else ""


def match_problems(file: FileEvidence, problems: Sequence[ProblemRef]) -> defaultdict[str, Match]:
    """Return, by slug, why a file answers each of the problems that it may answer.

    The result lists no other problem, since a class may have hundreds, but it has NONE for each.
    """
    slug = file.slug(problems)
    defined = {each.slug for each in problems if each.entry_point.is_defined_by(file.defined)}

    possible = set[str]()
    if not defined and file.possible:
        possible = {each.slug for each in problems if each.entry_point.is_defined_by(file.possible)}

    def match(problem: ProblemRef) -> Match:
        is_named = problem.slug == slug
        if file.problem and not is_named:
            return Match.NONE
        if problem.slug in defined:
            return Match.FUNCTION_AND_NAME if is_named else Match.FUNCTION
        if defined:
            return Match.NONE
        if problem.slug in possible and (is_named or not slug):
            return Match.POSSIBLE
        if is_named:
            return Match.NAME
        if len(problems) == 1:
            return Match.ONLY_PROBLEM
        return Match.NONE if file.is_readable or slug else Match.UNREADABLE

    # All others match for no reason if the file is readable, or says what it is for.
    is_anything = len(problems) == 1 or not (file.is_readable or slug or defined)
    likely = {slug, *defined, *possible}
    candidates = [problem for problem in problems if is_anything or problem.slug in likely]
    matches = ((problem.slug, match(problem)) for problem in candidates)
    found = {slug: why for slug, why in matches if why is not Match.NONE}
    return defaultdict(lambda: Match.NONE, found)


def evidence_of(submission: Submission) -> FileEvidence:
    """Return what is known about the file of a submission."""
    return FileEvidence(
        defined=frozenset(defined_names(submission.source)),
        name=os.path.basename(submission.origin),
        is_readable=not submission.flaw,
        possible=frozenset(possible_names(submission.source)),
    )


def slugs_answered(submissions: Iterable[Submission], problems: Sequence[ProblemRef]) -> list[str]:
    """Return the problems whose functions the submissions define, or else may define."""
    matches = [match_problems(evidence_of(each), problems) for each in submissions]
    for minimum in (Match.FUNCTION, Match.POSSIBLE):
        if found := [
            problem.slug
            for problem in problems
            if any(match[problem.slug] >= minimum for match in matches)
        ]:
            return found
    return []


def best_submission(submissions: Sequence[Submission], problem: ProblemRef) -> Submission:
    """Return the submission that answers a problem, or if none does, the first."""
    if len(submissions) == 1:
        return submissions[0]
    ranked = rank_matches(
        (
            (match_problems(evidence_of(each), [problem])[problem.slug], each)
            for each in submissions
        ),
        Match.NONE,
    )
    defining = own_work_first(
        [each for match, each in ranked if match >= Match.FUNCTION],
        lambda each: is_starter(each.source, problem),
        lambda each: only_assigns(each.source, problem),
    )
    return defining[0] if defining else ranked[0][1]


Candidate = TypeVar("Candidate")


def own_work_first(
    defining: Sequence[Candidate],
    is_given: Callable[[Candidate], bool],
    is_assignment: Callable[[Candidate], bool],
) -> list[Candidate]:
    """Return files that define a function in their order, but unchanged starters last.

    A starter as it was given never takes the place of the student's work. Nor does a file that only
    assigns a value to the name of the function: it may be a result of the function.

    Args:
        is_given: returns whether a file is such a starter
        is_assignment: returns whether it is such a file
    """
    if len(defining) < 2:
        return list(defining)
    return sorted(defining, key=lambda each: (is_given(each), is_assignment(each)))


def rank_matches(
    matches: Iterable[tuple[Match, Candidate]], minimum: Match = Match.UNREADABLE
) -> list[tuple[Match, Candidate]]:
    """Return the candidates, which may be files or problems, with the strongest match first.

    Args:
        minimum: the weakest match to include
    """
    return sorted(
        (each for each in matches if each[0] >= minimum), key=lambda each: each[0], reverse=True
    )


def best_matches(matches: Iterable[tuple[Match, Candidate]], minimum: Match) -> list[Candidate]:
    """Return the candidates that share the strongest match, if it is not below the minimum."""
    ranked = rank_matches(matches, minimum)
    return [candidate for strength, candidate in ranked if strength is ranked[0][0]]


@lru_cache(4096)
def _hyphenated_slug(slug: str) -> str:
    return _hyphenate(slug)


def _hyphenate(name: str) -> str:
    """Return words and numbers with a hyphen between them: "Soft_max (2).py" is soft-max-2-py."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
