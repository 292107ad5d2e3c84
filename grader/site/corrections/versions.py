"""The versions of problems that were shown, and how the newest differs from the one that is open.

A page says which version it shows by a word that only this server can make: the digest of an answer
key would confirm a guess of its hidden cases. What has changed is kept in memory, for the last few
versions of each problem.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Sequence

from grader.judging.answer_key import AnswerKey
from grader.judging.change_summary import for_students
from grader.judging.problem_changes import ProblemChange, find_changes
from grader.model.problem import Problem
from grader.reports.problem_text import problem_markdown
from grader.site.queue.judges import Judges
from grader.site.records.notes import Kind
from grader.site.text_changes import Line, compare_texts
from grader.values.dataclasses import dataclass

_MAX_VERSIONS = 20  # of a problem


@dataclass(frozen=True)
class Version:
    """A problem as students have it.

    Attributes:
        token: names it in pages
        changes: since the version before, as students may know them; empty if none is known
    """

    token: str
    problem: Problem
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """How a problem differs from an earlier version of it.

    Attributes:
        changes: in words; the last ones, if the earlier version is not known
        statement: lines of statement and public cases that differ
        starter: lines of the starter code that differ
    """

    now: Version
    changes: tuple[str, ...] = ()
    statement: Sequence[Line] = ()
    starter: Sequence[Line] = ()


class Versions:
    """The versions of all problems, the newest of which are shown.

    Args:
        secret: of the book
        published: returns the last changes of a problem that were published in a course
    """

    def __init__(
        self,
        judges: Judges,
        secret: str,
        published: Callable[[str], tuple[str, ...]] = lambda slug: (),
    ) -> None:
        self._judges = judges
        self._published = published
        self._secret = secret.encode()
        self._versions: dict[str, list[Version]] = {}
        self._lock = threading.Lock()

    def now(self, slug: str) -> Version:
        """Return the present version of a problem.

        Raises:
            GraderError: if its files are invalid
        """
        known = self._versions.get(slug)
        if known is None:
            version = self._version(slug, self._published(slug))
            with self._lock:
                known = self._versions.setdefault(slug, [version])
        return known[-1]

    def adopt(self, answers: AnswerKey) -> list[ProblemChange]:
        """Judge by this key from now on, and show its problem; return what has changed.

        Raises:
            GraderError: if the key in use cannot be built
        """
        slug = answers.problem.slug
        before = self._judges.answers(slug, Kind.SUBMIT)
        changes = find_changes(before.problem, answers.problem)
        self.now(slug)
        self._judges.adopt(answers)
        version = self._version(slug, tuple(for_students(changes)))
        with self._lock:
            known = self._versions[slug]
            if known[-1].token != version.token:
                self._versions[slug] = [*known[1 - _MAX_VERSIONS :], version]
        return changes

    def since(self, slug: str, token: str) -> Difference | None:
        """Return how a problem differs from a version; None if that is the present one.

        Raises:
            GraderError: if its files are invalid
        """
        now = self.now(slug)
        if now.token == token:
            return None
        known = self._versions[slug]
        found = [index for index, each in enumerate(known) if each.token == token]
        if not found:
            return Difference(now, now.changes)
        old, later = known[found[-1]].problem, known[found[-1] + 1 :]
        changes = dict.fromkeys(words for each in later for words in each.changes)
        texts = [problem_markdown(each).encode() for each in (old, now.problem)]
        starters = [each.starter for each in (old, now.problem)]
        return Difference(
            now,
            tuple(changes),
            compare_texts(*texts) if texts[0] != texts[1] else (),
            compare_texts(*starters) if starters[0] != starters[1] else (),
        )

    def last(self, slug: str) -> Difference | None:
        """Return how a problem differs from the version before; None if there was none.

        Raises:
            GraderError: if its files are invalid
        """
        self.now(slug)
        known = self._versions[slug]
        if len(known) > 1:
            return self.since(slug, known[-2].token)
        return Difference(known[-1], known[-1].changes) if known[-1].changes else None

    def _version(self, slug: str, changes: tuple[str, ...]) -> Version:
        problem = self._judges.shown_problem(slug)
        parts = [
            self._judges.answers(slug, Kind.SUBMIT).digest,
            problem_markdown(problem),
            problem.starter.decode("utf-8", "replace"),
        ]
        text = "\0".join(parts).encode("utf-8", "replace")
        token = hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:20]
        return Version(token, problem, changes)
