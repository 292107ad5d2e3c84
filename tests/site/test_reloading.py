"""Problems that are changed on the disk while the page is open."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.course.store import Store
from grader.judging.answer_key import AnswerKey
from grader.model.judgement import Judgement, Verdict
from grader.site.corrections.earlier import earlier_outcomes
from grader.site.corrections.reloading import watch_for
from grader.site.corrections.watch import Watch
from grader.site.desk import Desk
from grader.site.queue.judges import JUDGEMENTS, Judges
from grader.site.records.notes import Kind
from tests._support.bank import TEST_BANK
from tests._support.site import RIGHT, SUM, Site, site
from tests._support.waiting import until

SECRETS = ("8128.125", "496.5", "4312.3125", "8624.625")
WIDE = "expected: 2.5\n    tolerance: {rtol: 0, atol: 9}"
SCRIPT = {"accept": "application/json"}


class Open(NamedTuple):
    """A page whose bank can be written to."""

    site: Site
    bank: Path
    desk: Desk
    watch: Watch

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.bank / path).read_text()
        assert old in text
        (self.bank / path).write_text(text.replace(old, new))

    def look(self) -> None:
        """Let the changes be noticed that are complete: the same in two looks."""
        self.watch.look()
        self.watch.look()

    def version(self) -> str:
        return self.desk.versions.now("mean").token

    def changes(self, since: str) -> str:
        reply = self.site.client.get("/p/mean/changes", params={"since": since}, headers=SCRIPT)
        assert reply.status_code in (200, 204)
        return str(reply.json()["html"]) if reply.status_code == 200 else ""

    def times_run(self) -> int:
        with Store(self.site.book.path.with_name(JUDGEMENTS)) as store:
            return store.times_run()


PUBLIC, HIDDEN = "problems/mean/cases.yaml", "solutions/mean/cases.yaml"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    # A look for outdated outcomes, soon after the start, would hide that others are missing.
    monkeypatch.setattr("grader.site.app._WARM_AFTER_S", 1e6)
    bank = Path(shutil.copytree(TEST_BANK, tmp_path / "bank"))
    with site(tmp_path / "book", bank) as running:
        desk: Desk = running.client.app.state.desk  # type: ignore[attr-defined]
        yield Open(running, bank, desk, watch_for(desk))


def test_a_changed_tolerance_counts_at_once_and_runs_nothing(page: Open) -> None:
    page.site.save("x = 1\n", 0)
    lines = page.site.stream("/p/mean/submit", source=SUM, id="the-attempt")
    assert lines[-1]["points"] == 1
    before, runs = page.version(), page.times_run()
    assert page.changes(before) == ""
    page.replace(PUBLIC, "expected: 2.5", WIDE)
    page.look()
    assert page.version() != before
    assert "The case three has another tolerance" in page.changes(before)
    assert page.changes(page.version()) == ""
    attempt = page.site.book.attempt("the-attempt")
    assert attempt is not None and attempt.outcome is not None
    assert attempt.outcome.score == 2
    assert page.times_run() == runs
    text = page.site.client.get("/p/mean").text
    assert "Your points changed from 1 to 2" in text
    assert "the case three has another tolerance" in text
    assert "x = 1" in text  # the draft
    assert "Your points changed from 1 to 2" in page.site.client.get("/a/the-attempt").text
    history = page.site.client.get("/p/mean/changes").text
    assert "your points changed from 1 to 2" in history


def test_a_new_case_is_run_for_earlier_submits(page: Open) -> None:
    page.site.stream("/p/mean/submit", source=SUM, id="the-attempt")
    new = "  - {name: two, args: {values: [4.0]}, expected: 4.0}\n"
    page.replace(PUBLIC, "  - name: one", f"{new}  - name: one")
    page.look()

    def is_judged_again() -> bool:
        attempt = page.site.book.attempt("the-attempt")
        return attempt is not None and attempt.outcome is not None and attempt.outcome.score == 2

    until(is_judged_again)
    (earlier,) = earlier_outcomes(page.site.book, "me", "mean")["the-attempt"]
    assert earlier.words == "your points in the problem itself changed from 1 of 4 to 2 of 5"
    assert earlier.why == ("the case two is new",)


@pytest.mark.parametrize("path, old", [(PUBLIC, "[1.0, 2.0, 4.5]"), (HIDDEN, "[8128.125, 496.5]")])
def test_files_with_errors_change_nothing(
    page: Open, path: str, old: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = page.version()
    page.replace(path, old, "[")
    page.look()
    assert page.version() == before
    assert page.site.stream("/p/mean/submit", source=RIGHT)[-1]["verdict"] == "accepted"
    text = page.site.client.get("/p/mean").text
    assert "error" not in page.changes(before) and "has errors" not in text
    assert "mean has errors" in caplog.text and Path(path).name in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]
    page.replace(path, "[}", f"{old}}}")
    page.look()
    assert page.version() == before
    assert page.site.stream("/p/mean/submit", source=SUM)[-1]["points"] == 1


def test_files_that_are_being_written_are_not_read(page: Open) -> None:
    before = page.version()
    page.replace(PUBLIC, "expected: 2.5", WIDE)
    page.watch.look()
    page.replace(PUBLIC, "name: one", "name: single")  # saved again before the second look
    page.watch.look()
    assert page.version() == before
    page.watch.look()
    assert page.version() != before


def test_a_file_saved_while_the_problem_is_loaded_is_read_again(
    page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page.version()
    prepare = Judges.prepare
    counts: list[int] = []

    def prepare_and_save(judges: Judges, slug: str) -> AnswerKey:
        counts.append(len(counts))
        if len(counts) == 1:
            page.replace(PUBLIC, "name: one", "name: single")
        return prepare(judges, slug)

    monkeypatch.setattr(Judges, "prepare", prepare_and_save)
    page.replace(PUBLIC, "expected: 2.5", WIDE)
    page.look()
    assert page.version() == before
    page.look()
    assert "The case single is new" in page.changes(before)


def test_what_is_judged_meanwhile_is_judged_again(
    page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judges.judge
    corrected: list[bool] = []

    def judge_and_correct(judges: Judges, *args: object) -> Judgement:
        found = judge(judges, *args)  # type: ignore[arg-type]
        if not corrected:
            corrected.append(True)
            page.replace(PUBLIC, "expected: 2.5", WIDE)
            page.look()
        return found

    monkeypatch.setattr(Judges, "judge", judge_and_correct)
    lines = page.site.stream("/p/mean/submit", source=SUM, id="the-attempt")
    assert lines[-1]["points"] == 1
    key = page.desk.judges.answers("mean", Kind.SUBMIT).digest

    def is_judged_again() -> bool:
        attempt = page.site.book.attempt("the-attempt")
        outcome = attempt.outcome if attempt is not None else None
        return outcome is not None and outcome.key == key and outcome.score == 2

    until(is_judged_again)


def test_a_pipe_in_place_of_a_file_blocks_nobody(page: Open) -> None:
    before = page.version()
    (page.bank / PUBLIC).unlink()
    os.mkfifo(page.bank / PUBLIC)
    page.look()
    assert page.version() == before


def test_problems_come_and_go(page: Open) -> None:
    shutil.copytree(page.bank / "problems" / "mean", page.bank / "problems" / "other")
    page.look()
    page.site.save("kept\n", 0, "other")
    assert 'href="/p/other"' in page.site.client.get("/").text
    page.replace("problems/other/spec.md", "title:", "title: [")
    page.look()
    assert 'href="/p/other"' in page.site.client.get("/").text
    shutil.rmtree(page.bank / "problems" / "other")
    page.look()
    assert 'href="/p/other"' not in page.site.client.get("/").text
    assert page.site.client.get("/p/other").status_code == 404
    assert page.site.book.draft("me", "other") is not None


def test_hidden_cases_are_named_without_their_values(page: Open) -> None:
    before = page.version()
    page.replace(HIDDEN, "points: 2", "points: 3\n    expected: 4000.5")
    page.look()
    changes = page.changes(before)
    assert "The hidden case secret has other points: 3 in place of 2" in changes
    assert "The hidden case secret has another expected answer." in changes
    assert "4000.5" not in changes
    assert not [secret for secret in SECRETS if secret in changes]


def test_a_version_that_this_server_does_not_know_is_told_too(page: Open) -> None:
    assert "not known any more" in page.changes("0123456789")
    assert "not known any more" in page.site.client.get("/p/mean/changes?since=x").text


def test_an_outcome_that_stays_the_same_is_not_told(page: Open) -> None:
    page.site.stream("/p/mean/submit", source=RIGHT, id="the-attempt")
    page.replace(PUBLIC, "expected: 2.5", WIDE)
    page.look()
    assert earlier_outcomes(page.site.book, "me", "mean") == {}
    attempt = page.site.book.attempt("the-attempt")
    assert attempt is not None and attempt.outcome is not None
    assert attempt.outcome.verdict is Verdict.ACCEPTED
    assert attempt.outcome.key == page.desk.judges.answers("mean", Kind.SUBMIT).digest
