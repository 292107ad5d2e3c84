"""Previews of corrections: what a changed problem would change, before anybody sees it.

A preview is made in steps, in a thread of its own: the files are copied, loaded and verified, then
all submits are judged by the new key, from stored runs where that is possible. What has to be run
is run when nothing else waits, one program at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import field
from enum import Enum

from grader.bank.locate import Bank
from grader.bank.snapshot import Snapshot, Unsettled, take
from grader.errors import GraderError, NeedsMoreTime, SpecError, UsageError, describe_failure
from grader.judging.answer_key import AnswerKey
from grader.judging.problem_changes import ProblemChange, find_changes
from grader.model.judgement import Verdict
from grader.model.verification import VerificationReport
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.site.corrections.published import Published
from grader.site.corrections.rejudging import Replacement, outcome_of, reasons, stale_submits
from grader.site.desk import Desk
from grader.site.queue.trials import Priority, Turn
from grader.site.records.notes import Attempt, Kind
from grader.site.text_changes import Line, compare_texts
from grader.values.dataclasses import dataclass
from grader.verify import verify

_LOOK_S = 0.5  # whether the server stops


class Stage(Enum):
    """How far a preview has come."""

    LOADING = "loading"
    VERIFYING = "verifying"
    JUDGING = "judging"
    READY = "ready"
    REFUSED = "refused"  # by errors in the files, or by verify

    @property
    def is_running(self) -> bool:
        """Whether it goes on by itself."""
        return self not in (Stage.READY, Stage.REFUSED)


class Stopped(Exception):
    """The server stops."""


@dataclass(frozen=True)
class FileChange:
    """A file that differs from the one that is published; its lines, unless it is not text."""

    path: str
    lines: Sequence[Line]


@dataclass
class Preview:
    """What publishing a version would change.

    Attributes:
        version: digest of its files; empty until they have been read
        follows: the version that it would replace
        error: why there can be none, for instructors
        answers: the key of the version
        replacements: the outcomes that would change or are by another key, by the attempt's id
        total: number of submits
        failed: ids of the attempts that could not be judged by an internal error
    """

    slug: str
    stage: Stage = Stage.LOADING
    version: str = ""
    follows: str = ""
    error: str = ""
    files: list[FileChange] = field(default_factory=list)
    changes: list[ProblemChange] = field(default_factory=list)
    report: VerificationReport | None = None
    answers: AnswerKey | None = None
    replacements: dict[str, Replacement] = field(default_factory=dict)
    total: int = 0
    run: int = 0
    failed: list[str] = field(default_factory=list)

    def refuse(self, error: str = "") -> None:
        """End it without a version that can be published."""
        self.error, self.stage = error, Stage.REFUSED


class Previewer:
    """Makes previews.

    Args:
        source: the bank that authors write to
    """

    def __init__(self, desk: Desk, published: Published, source: Bank) -> None:
        self._desk = desk
        self._published = published
        self._source = source

    def make(self, preview: Preview) -> None:
        """Go through all steps of a preview; errors are part of it.

        Raises:
            Stopped: if the server stops meanwhile
        """
        try:
            self._make(preview)
        except SpecError as error:
            preview.refuse(str(error))
        except Unsettled:
            preview.refuse("the files are being written at the moment; preview them again")
        except UsageError as error:
            self._unless_stopping()
            preview.refuse(str(error))
        except GraderError as error:
            self._unless_stopping()
            preview.refuse(f"an internal error in the grader: {describe_failure(error)}")

    def _make(self, preview: Preview) -> None:
        slug = preview.slug
        snapshot = take(self._source, slug)
        self._source.load(slug)  # so that errors name the files that the author edits
        bank = self._published.keep(snapshot)
        published = self._published.version(slug)
        preview.follows = published.digest
        preview.files = file_changes(published, snapshot)
        in_use = self._desk.judges.answers(slug, Kind.SUBMIT)
        answers = self._desk.judges.prepare(slug, bank)
        preview.changes = find_changes(in_use.problem, answers.problem)
        preview.version = snapshot.digest
        preview.stage = Stage.VERIFYING
        preview.report = self._verify(bank, slug)
        self._unless_stopping()
        if not preview.report.is_valid:
            preview.refuse()
            return
        preview.stage = Stage.JUDGING
        answers.warm()  # or the first wrong submit after it is published would wait
        preview.answers = answers
        self._judge_all(preview, in_use, answers)
        preview.stage = Stage.READY

    def _verify(self, bank: Bank, slug: str) -> VerificationReport:
        tier = self._desk.judges.tier
        with Sandbox(start_fork_server(), tier) as first, first.with_another_hash_seed() as second:
            return verify(bank, slug, (first, second))

    def _judge_all(self, preview: Preview, in_use: AnswerKey, answers: AnswerKey) -> None:
        desk = self._desk
        preview.total = len(desk.book.submits(preview.slug))
        for attempt in stale_submits(desk, preview.slug, answers.digest):
            self._unless_stopping()
            source = desk.book.source(attempt.digest)
            judgement = desk.judges.whole(attempt, source, answers)
            if judgement is None:
                preview.run += 1
                self._run(attempt, source, answers)
                judgement = desk.judges.whole(attempt, source, answers)
            if judgement is None:
                preview.failed.append(attempt.id)
                continue
            before = desk.judges.whole(attempt, source, in_use)
            why = reasons(before, judgement, preview.changes)
            preview.replacements[attempt.id] = Replacement(attempt, outcome_of(judgement), why)

    def _run(self, attempt: Attempt, source: bytes, answers: AnswerKey) -> None:
        """Run a program by a key that is not in use, behind everything else that waits."""
        desk, done = self._desk, Future[None]()

        def job(turn: Turn) -> None:
            try:
                judgement = desk.judges.judge(attempt, source, None, turn.effort, answers)
                is_over = [each.verdict is Verdict.TIME_LIMIT for each in judgement.results]
                turn.ran_out_of_time = any(is_over)
            except NeedsMoreTime:  # it is judged in another lane
                raise
            except BaseException:
                done.set_result(None)
                raise
            done.set_result(None)
            turn.say({"type": "done"})

        name = f"preview {attempt.id}"
        topic = ("", attempt.problem, "preview")
        desk.lanes.in_loop(lambda: desk.lanes.add(name, "", topic, Priority.AGAIN, job))
        while not wait([done], _LOOK_S).done:
            self._unless_stopping()

    def _unless_stopping(self) -> None:
        if self._desk.lanes.is_stopping:
            raise Stopped


def file_changes(old: Snapshot, new: Snapshot) -> list[FileChange]:
    """Return the files that differ between two versions."""
    found = []
    for path in sorted(old.files.keys() | new.files.keys()):
        before, after = old.files.get(path, b""), new.files.get(path, b"")
        if before != after or (path in old.files) != (path in new.files):
            is_text = b"\0" not in before + after
            found.append(FileChange(path, compare_texts(before, after) if is_text else ()))
    return found
