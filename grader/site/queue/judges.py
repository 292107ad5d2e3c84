"""Judge attempts, and return judgements as the person who sent the attempt may see them.

A program that has been judged by an answer key is not run again for it: its judgement is taken from
the store, and redacted each time it is shown. If only answers, tolerances or points have changed,
it is computed from stored runs. No other module of the site keeps a `Grader`. Details of hidden
cases are shown to the staff only, except if an assignment shows them to students once nobody has
time left.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from grader import __version__
from grader.api import Cases, Grader
from grader.bank.locate import Bank
from grader.bank.progress import record
from grader.course.serialization import runs_to_json
from grader.course.store import JudgementKey, Store
from grader.course.stored_judgements import restore
from grader.errors import GraderError, SandboxError, UsageError
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judgement_with
from grader.judging.public_first import Kept, count_public
from grader.judging.redact import for_student
from grader.judging.stored_runs import judge_stored_runs
from grader.model.course import Attempt as CourseAttempt
from grader.model.course import Outcome
from grader.model.effort import FULL, Effort
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.site.records.book import NAME
from grader.site.records.notes import Attempt, Kind
from grader.site.records.private import make_private
from grader.submissions.books import Submit
from grader.submissions.filenames import make_locator
from grader.submissions.source import flaw_of

# Removes from a student's judgement what must not be shown yet, such as withheld results.
Redaction = Callable[[Attempt, Judgement], Judgement]

_LOG = logging.getLogger(__name__)
JUDGEMENTS = "judgements.sqlite"
_CACHE_KIB = 256  # for each thread: the pages are in the system's memory anyway
_MAX_FIRST_RUNS = 64 << 20  # characters of the first runs of a judgement, as they are stored
_TOO_LARGE = Run(
    RunStatus.NOT_RUN,
    error="the answers were too large to be stored when this judgement was broken off",
)
_CASES: dict[Kind, Cases] = {Kind.RUN: "public", Kind.SUBMIT: "all"}


class Judges:
    """Judges attempts, and stores judgements.

    Args:
        folder: of the file of judgements
        names_reference: whether the reference's answers to a student's own arguments may be shown
    """

    def __init__(self, grader: Grader, folder: Path, names_reference: bool = False) -> None:
        self._grader = grader
        self._path = folder / JUDGEMENTS
        self._book = folder / NAME
        self._local = threading.local()
        self.tier = grader.protection.tier
        self.yields = grader.yields
        self.names_reference = names_reference
        self.redactions: list[Redaction] = []
        make_private(self._path)
        _ = self._store  # whether it can be used is known before anything is served

    def judge(
        self,
        attempt: Attempt,
        source: bytes,
        watch: Callable[[CaseResult], None] | None = None,
        effort: Effort = FULL,
        answers: AnswerKey | None = None,
    ) -> Judgement:
        """Return the judgement of an attempt as a student may see it, a stored one if possible.

        Args:
            watch: called with the result of each public case when it is known
            effort: as for `Grader.score`
            answers: the key to judge by; by default the one in use

        Raises:
            GraderError: as `Grader.score`
        """
        answers = answers or self.answers(attempt.problem, attempt.kind)
        stored = self.whole(attempt, source, answers)
        if stored is not None:
            return self._shown(stored, attempt)

        def watch_public(result: CaseResult) -> None:
            if watch is not None and not result.case.hidden:
                watch(result)

        kept, is_judged = self._kept(attempt, answers), False
        try:
            judgement = self._grader.score(
                *(attempt.problem, source),
                watch=watch_public,
                effort=effort,
                key=answers,
                kept=kept,
            )
            is_judged = judgement.verdict is not Verdict.JUDGE_ERROR
        finally:
            if not is_judged:
                self._keep_first_runs(attempt, answers, kept)
        if is_judged:
            self._keep(self._key(attempt, answers), judgement, times_run=1)
        return self._shown(judgement, attempt)

    def stored(self, attempt: Attempt, source: bytes, reveals: bool = False) -> Judgement | None:
        """Return the stored judgement of an attempt as a student may see it; None without one.

        Args:
            reveals: whether hidden cases may be seen too, as when nobody has time left

        Raises:
            GraderError: if the problem is gone, or invalid
        """
        found = self.whole(attempt, source, self.answers(attempt.problem, attempt.kind))
        if found is None:
            return None
        return self._shown(_revealed(found) if reveals else found, attempt)

    def whole(self, attempt: Attempt, source: bytes, answers: AnswerKey) -> Judgement | None:
        """Return the judgement of an attempt by a key, with hidden cases; None if it has to be run.

        It is a stored one, or is computed from stored runs if only answers, tolerances or points
        differ.

        Raises:
            SandboxError: if the store cannot be read, for example while another program has locked
                it
        """
        key = self._key(attempt, answers)
        submission = Submission(source, _FILE, flaw=flaw_of(source))
        protection = self._grader.protection
        try:
            found = self._store.details(key)
            if found is not None:
                return restore(answers, submission, found, protection)
            kept = self._store.runs_of(key)
            if kept is None:
                return None
            judgement = judge_stored_runs(answers, submission, kept[0], protection, kept[1])
        except ValueError:  # bytes that can no longer be decoded
            return None
        except UsageError as error:  # neither the student nor the problem is to blame
            _LOG.error("stored judgements cannot be read: %s", error)
            raise SandboxError(str(error)) from None
        if judgement is not None:
            self._keep(key, judgement, times_run=0)
        return judgement

    def outcome(self, attempt: Attempt) -> Outcome | None:
        """Return the outcome of an attempt, with the fingerprint of its answers, if it is stored.

        The locator of the outcome's attempt is the id of the attempt.

        Raises:
            GraderError: if the problem is gone, or invalid
        """
        by_student = CourseAttempt(
            *(attempt.person, attempt.problem, attempt.id),
            submitted_at=datetime.fromisoformat(attempt.received_at),
            digest=attempt.digest,
        )
        key = self._key(attempt, self.answers(attempt.problem, attempt.kind))
        if attempt.outcome is not None and attempt.outcome.key:
            key = replace(key, key=attempt.outcome.key)  # a correction may be under way
        return self._store.outcome(key, by_student)

    def answers(self, problem: str, kind: Kind) -> AnswerKey:
        """Return the answer key in use, of the cases that are judged.

        Raises:
            GraderError: as `Grader.answer_key`
        """
        return self._grader.answer_key(problem, _CASES[kind])

    def prepare(self, problem: str, bank: Bank | None = None) -> AnswerKey:
        """Return the answer key of a problem as its files are now; see `Grader.prepare`."""
        return self._grader.prepare(problem, bank)

    def adopt(self, answers: AnswerKey) -> None:
        """Judge by a key from now on; see `Grader.adopt`."""
        self._grader.adopt(answers)

    def key_digest(self, problem: str, kind: Kind) -> str:
        """Return the digest of the answer key that attempts of a kind are judged by.

        Raises:
            GraderError: as `Grader.answer_key`
        """
        return self._grader.answer_key(problem, _CASES[kind]).digest

    def note(self, attempt: Attempt, judgement: Judgement) -> None:
        """Note a submit in the file of progress, which `grader list` reads."""
        if attempt.kind is Kind.SUBMIT:
            name = Submit(attempt.person, attempt.problem, attempt.received_at, attempt.id).name
            record([judgement], make_locator(os.path.abspath(self._book), name))

    def warm(self, name: str) -> None:
        """Prepare a problem; see `Grader.warm`."""
        self._grader.warm([name])

    def probe(self) -> str:
        """Judge an empty program; return why that failed, or an empty text if it did not."""
        for name in self._grader.names:
            try:
                judgement = self._grader.score(name, b"", hints=False, cases="public")
            except SandboxError:
                return "the sandbox does not work; run `grader doctor`"
            except GraderError:  # of this problem, or the server is stopping
                continue
            is_judged = judgement.verdict is not Verdict.JUDGE_ERROR
            return "" if is_judged else "a program was not judged; run `grader doctor`"
        return "no problem can be loaded; run `grader verify`"

    def close(self) -> None:
        """End the sandboxes; judgements in progress fail."""
        self._grader.close()

    def try_case(
        self,
        problem: str,
        source: bytes,
        case: Case,
        effort: Effort = FULL,
        may_name_reference: bool = True,
    ) -> CaseResult:
        """Return the result of a program in a case with a student's own arguments.

        Args:
            effort: as for `Grader.score`
            may_name_reference: whether the reference's answer may be shown; false in an exam

        Raises:
            GraderError: as `Grader.try_case`
        """
        names_reference = self.names_reference and may_name_reference
        return self._grader.try_case(
            problem, source, case, with_reference=names_reference, effort=effort
        )

    def shown_problem(self, name: str) -> Problem:
        """Return a problem as students have it, with the answers to its public cases.

        Raises:
            GraderError: as `Grader.problem`
        """
        key = self._grader.answer_key(name, "public")
        return for_student(judgement_with(key, Submission(b"", _FILE), [])).problem

    def _shown(self, judgement: Judgement, attempt: Attempt) -> Judgement:
        """Return a judgement as the student who sent the attempt may see it."""
        shown = _named(for_student(judgement), attempt)
        for redaction in self.redactions:
            shown = redaction(attempt, shown)
        return shown

    def _kept(self, attempt: Attempt, answers: AnswerKey) -> Kept:
        """Return the runs that were stored when the judgement of this program was broken off.

        Only those by the same answer key are used: which cases are hidden, which draws were
        repeated and how long a call may take depend on it.

        Raises:
            SandboxError: if the store cannot be read
        """
        cases = answers.problem.cases
        try:
            found = self._store.details(_of_first_runs(self._key(attempt, answers)))
        except UsageError as error:
            _LOG.error("stored judgements cannot be read: %s", error)
            raise SandboxError(str(error)) from None
        except ValueError:  # bytes that can no longer be decoded
            return Kept()
        if found is None or len(found.runs) not in (count_public(answers.problem), len(cases)):
            return Kept()
        return Kept(found.runs, found.notes)

    def _keep_first_runs(self, attempt: Attempt, answers: AnswerKey, kept: Kept) -> None:
        """Store the runs to use when a program is judged again, if it knows hidden cases by then.

        They are stored, as many that wait would fill the memory, and the server may be restarted
        meanwhile. This is done when a turn ends: if the server is killed within a turn, or the disk
        is full, the next turn is like a first one.

        The runs are stored as they were made, with whole answers and without verdicts, because the
        next turn judges them: a fault of a checker may have passed by then. If they are too large
        for that (dozens of answers of the largest size that is allowed by default), they are not
        judged again, and not shown: the cases have internal errors, and nobody loses points.
        """
        key = self._key(attempt, answers)
        if kept.runs is None or self._has(key):
            return
        is_too_large = len(runs_to_json(kept.runs)) > _MAX_FIRST_RUNS
        pairs = zip(answers.problem.cases, kept.runs, strict=False)
        unjudged = [
            CaseResult(
                case, _TOO_LARGE if is_too_large else run, Verdict.JUDGE_ERROR, points=Fraction(0)
            )
            for case, run in pairs
        ]
        judgement = judgement_with(answers, Submission(b"", _FILE), unjudged, notes=kept.notes)
        self._add(_of_first_runs(key), judgement, times_run=0)

    def _keep(self, key: JudgementKey, judgement: Judgement, times_run: int) -> None:
        """Store a judgement in place of its first runs.

        If that fails, the program is run again when somebody looks at it.
        """
        if not self._add(key, judgement, times_run):
            return
        first = _of_first_runs(key)
        try:
            if self._store.has(first):
                self._store.remove(first)
        except UsageError as error:
            _LOG.error("first runs cannot be removed: %s", error)

    def _add(self, key: JudgementKey, judgement: Judgement, times_run: int) -> bool:
        """Store a judgement; return whether that succeeded."""
        try:
            self._store.add(key, judgement, times_run)
        except UsageError as error:  # for example, because the disk is full
            _LOG.error("a judgement cannot be stored: %s", error)
            return False
        return True

    def _has(self, key: JudgementKey) -> bool:
        """Return whether a judgement is stored: another attempt may have had the same text."""
        try:
            return self._store.has(key)
        except UsageError as error:
            _LOG.error("stored judgements cannot be read: %s", error)
            return False

    @property
    def _store(self) -> Store:
        """The store, with a connection for each thread."""
        if not hasattr(self._local, "store"):
            self._local.store = Store(self._path, _CACHE_KIB)
        store: Store = self._local.store
        return store

    def _key(self, attempt: Attempt, answers: AnswerKey) -> JudgementKey:
        return JudgementKey(
            submission=attempt.digest,
            problem=attempt.problem,
            key=answers.digest,
            inputs=answers.inputs_digest,
            grader=__version__,
            tier=self.tier,
        )


_FILE = "submission.py"


def _of_first_runs(key: JudgementKey) -> JudgementKey:
    """Return the key of the runs of a judgement that was broken off; no judgement is stored there.

    It has a tier of its own, so that nobody takes them for a judgement. The row is removed when the
    judgement is stored.
    """
    return replace(key, tier=f"{key.tier}, first runs")


def _revealed(judgement: Judgement) -> Judgement:
    """Return the judgement as if no case were hidden."""
    results = tuple(
        replace(each, case=replace(each.case, hidden=False)) for each in judgement.results
    )
    cases = tuple(replace(each, hidden=False) for each in judgement.problem.cases)
    problem = replace(judgement.problem, cases=cases)
    return replace(judgement, problem=problem, results=results)


def _named(judgement: Judgement, attempt: Attempt) -> Judgement:
    """Return the judgement with a name for its file that says which attempt it is."""
    name = f"{attempt.problem}.py"
    return replace(judgement, submission=replace(judgement.submission, origin=name))
