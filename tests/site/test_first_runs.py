"""The runs of a judgement that was broken off: stored as they were made, and used only once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest

from grader.api import Grader
from grader.course import serialization
from grader.course.store import StoredJudgement
from grader.errors import NeedsMoreTime
from grader.judging import audience
from grader.judging.answer_key import AnswerKey
from grader.judging.public_first import Kept
from grader.judging.referee import Fault, Question, Referee, Ruling
from grader.model.judgement import Judgement, Run, RunStatus, Verdict
from grader.sandbox.host import Sandbox
from grader.site.queue import judges as judges_module
from grader.site.queue.judges import Judges
from grader.site.records.notes import Attempt, Kind, digest_of
from tests._support.bank import DATA, TEST_BANK
from tests._support.site import RIGHT

CHECKED = DATA / "checkers"
ORDER = "topological-order"
LARGEST = (CHECKED / "solutions" / ORDER / "right" / "largest_first.py").read_bytes()
FAULTY = "    raise KeyError('a bug of the author')\n"
LARGE = b"def mean(values):\n    return {'a': 1.0, 'b': [0.5] * 2000}\n"


class Faulty(Referee):
    """A referee that cannot compare anything for now, as without memory."""

    def opinions(self, questions: Sequence[Question]) -> list[Ruling]:
        return [Fault("no memory is left") for _ in questions]


@contextmanager
def judges_of(bank: Path, folder: Path) -> Iterator[Judges]:
    folder.mkdir(exist_ok=True)
    judges = Judges(Grader(bank / "problems", bank / "solutions"), folder)
    try:
        yield judges
    finally:
        judges.close()


def copy(bank: Path, folder: Path) -> Path:
    return Path(shutil.copytree(bank, folder / "bank"))


def sent(slug: str, source: bytes) -> Attempt:
    return Attempt("one", "me", slug, Kind.SUBMIT, digest_of(source), "2026-01-01T00:00:00+00:00")


def first_runs(judges: Judges, attempt: Attempt, answers: AnswerKey) -> StoredJudgement | None:
    key = judges_module._of_first_runs(judges._key(attempt, answers))
    return judges._store.details(key)


def break_off(judges: Judges, attempt: Attempt, source: bytes) -> None:
    """Judge until the hints, for which no time is left."""

    def stop(*_: object) -> Judgement:
        raise NeedsMoreTime("")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(NeedsMoreTime):
        patch.setattr(audience, "diagnose", stop)
        judges.judge(attempt, source)


def test_a_checker_that_is_corrected_judges_again(tmp_path: Path) -> None:
    bank, attempt = copy(CHECKED, tmp_path), sent(ORDER, LARGEST)
    checker = bank / "problems" / ORDER / "checker.py"
    right = checker.read_text()
    head = "expected=None):\n"
    checker.write_text(right.replace(head, head + FAULTY))
    with judges_of(bank, tmp_path / "book") as judges:
        assert judges.judge(attempt, LARGEST).verdict is Verdict.JUDGE_ERROR
        checker.write_text(right)
        judges.adopt(judges.prepare(ORDER))
        assert judges.judge(attempt, LARGEST).verdict is Verdict.ACCEPTED


def test_a_fault_that_passes_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = sent("mean", RIGHT.encode())
    with judges_of(TEST_BANK, tmp_path / "book") as judges:
        answers = judges.answers("mean", attempt.kind)
        with monkeypatch.context() as patch:
            patch.setattr(answers, "referee", Faulty(Sandbox(None)))
            assert judges.judge(attempt, RIGHT.encode()).verdict is Verdict.JUDGE_ERROR
        found = first_runs(judges, attempt, answers)
        assert found is not None
        assert [run.status for run in found.runs] == [RunStatus.RETURNED] * 3
        assert found.runs[0].value == 2.5
        assert judges.judge(attempt, RIGHT.encode()).verdict is Verdict.ACCEPTED
        assert first_runs(judges, attempt, answers) is None
        assert judges.stored(attempt, RIGHT.encode()) is not None


def test_a_large_wrong_answer_earns_the_points_of_its_right_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serialization, "MAX_STORED", 10_000)
    bank, attempt = copy(TEST_BANK, tmp_path), sent("mean", LARGE)
    cases = bank / "problems" / "mean" / "cases.yaml"
    parts = "expected: {a: 1.0, b: [0.25]}\n    points: {a: 1, b: 1}"
    cases.write_text(cases.read_text().replace("expected: 2.5", parts))
    with judges_of(bank, tmp_path / "book") as judges:
        answers = judges.answers("mean", attempt.kind)
        break_off(judges, attempt, LARGE)
        found = first_runs(judges, attempt, answers)
        assert found is not None and found.runs[0].value == {"a": 1.0, "b": [0.5] * 2000}
        judged = judges.judge(attempt, LARGE)
        assert judged.results[0].points == Fraction(1)
        assert judged.results[0].verdict is Verdict.WRONG_ANSWER
        stored = judges.stored(attempt, LARGE)  # in part
        assert stored is not None and stored.score == judged.score
        assert stored.results[0].points == Fraction(1)
        assert first_runs(judges, attempt, answers) is None


def test_too_large_runs_are_neither_stored_nor_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise, the public cases could show what was seen in hidden ones."""
    monkeypatch.setattr(judges_module, "_MAX_FIRST_RUNS", 10_000)
    attempt = sent("mean", LARGE)
    with judges_of(TEST_BANK, tmp_path / "book") as judges:
        break_off(judges, attempt, LARGE)
        judged = judges.judge(attempt, LARGE)
        assert {each.verdict for each in judged.results} == {Verdict.JUDGE_ERROR}
        found = first_runs(judges, attempt, judges.answers("mean", attempt.kind))
        assert found is not None and {run.status for run in found.runs} == {RunStatus.NOT_RUN}


def hide_a_case(bank: Path) -> None:
    """Move the case `one` to the hidden ones, so that other calls have to come first."""
    public, hidden = (bank / part / "mean" / "cases.yaml" for part in ("problems", "solutions"))
    before, name, one = public.read_text().partition("  - name: one\n")
    public.write_text(before)
    hidden.write_text(hidden.read_text() + name + one)


def change_a_tolerance(bank: Path) -> None:
    cases = bank / "problems" / "mean" / "cases.yaml"
    text = cases.read_text()
    cases.write_text(text.replace("expected: 2.5", "expected: 2.5\n    tolerance: {atol: 1}"))


CHANGES: dict[str, Callable[[Path], None]] = {
    "a case becomes hidden": hide_a_case,
    "a tolerance": change_a_tolerance,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_first_runs_count_for_their_key_only(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    bank, attempt = copy(TEST_BANK, tmp_path), sent("mean", RIGHT.encode())
    with judges_of(bank, tmp_path / "book") as judges:
        answers = judges.answers("mean", attempt.kind)
        wrong = [Run(RunStatus.RETURNED, 0.0, stdout="first")] * 2
        judges._keep_first_runs(attempt, answers, Kept(wrong))
        assert judges._kept(attempt, answers).runs == wrong
        change(bank)
        changed = judges.prepare("mean")
        assert changed.digest != answers.digest
        assert judges._kept(attempt, changed).runs is None
        judges.adopt(changed)
        assert judges.judge(attempt, RIGHT.encode()).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("count, is_used", [(0, False), (1, False), (2, True), (3, True)])
def test_first_runs_are_of_the_public_cases_or_of_all(
    tmp_path: Path, count: int, is_used: bool
) -> None:
    attempt = sent("mean", RIGHT.encode())
    with judges_of(TEST_BANK, tmp_path / "book") as judges:
        answers = judges.answers("mean", attempt.kind)
        judges._keep_first_runs(attempt, answers, Kept([Run(RunStatus.RETURNED, 0.0)] * count))
        assert (judges._kept(attempt, answers).runs is not None) is is_used


def test_what_is_judged_already_needs_no_first_runs(tmp_path: Path) -> None:
    attempt = sent("mean", RIGHT.encode())
    with judges_of(TEST_BANK, tmp_path / "book") as judges:
        answers = judges.answers("mean", attempt.kind)
        judges.judge(attempt, RIGHT.encode())
        judges._keep_first_runs(attempt, answers, Kept([Run(RunStatus.RETURNED, 0.0)] * 2))
        assert first_runs(judges, attempt, answers) is None
