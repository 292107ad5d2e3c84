"""What a server finds at its start: attempts without a judgement under the present answer key."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.model.judgement import Verdict
from grader.site import app
from grader.site.desk import Desk
from grader.site.queue import recovery
from grader.site.queue.lanes import Lanes
from grader.site.queue.trials import Priority
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind, Outcome, digest_of, now
from tests._support.bank import PATIENCE_S, TEST_BANK
from tests._support.site import RIGHT, SUM, site
from tests._support.waiting import until


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_WARM_AFTER_S", 0.0)


def keys(book: Path) -> dict[str, str]:
    rows = sqlite3.connect(book / "book.sqlite").execute("SELECT attempt, key FROM outcome")
    return dict(rows)


def test_an_outcome_names_its_answer_key(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        page.stream("/p/mean/submit", source=SUM, id="a-submit")
        page.stream("/p/mean/run", source=SUM, id="some-run")
        grader = page.settings.judges._grader
        expected = {
            "a-submit": grader.answer_key("mean").digest,
            "some-run": grader.answer_key("mean", "public").digest,
        }
    assert keys(tmp_path) == expected and len(set(expected.values())) == 2


def test_submits_are_judged_again_if_the_problem_has_changed(tmp_path: Path) -> None:
    bank, book = Path(shutil.copytree(TEST_BANK, tmp_path / "bank")), tmp_path / "book"
    with site(book, bank) as page:
        for name, source in (("was-right", RIGHT), ("was-wrong", SUM)):
            page.stream("/p/mean/submit", source=source, id=name)
        page.stream("/p/mean/run", source=RIGHT, id="only-run")
    before = keys(book)
    cases = bank / "solutions" / "mean" / "cases.yaml"
    cases.write_text(cases.read_text("utf-8").replace("points: 2", "points: 5"), "utf-8")
    with site(book, bank) as page:
        until(lambda: all(keys(book)[name] != before[name] for name in ("was-right", "was-wrong")))
        points = {}
        for each in page.book.attempts("me"):
            assert each.outcome is not None
            score, of = each.outcome.score, each.outcome.max_score
            points[each.id] = f"{each.outcome.verdict.value}, {score} of {of}"
    assert points["was-right"] == "accepted, 7 of 7"
    assert points["was-wrong"] == "wrong_answer, 1 of 7"
    assert keys(book)["only-run"] == before["only-run"]  # until somebody asks for it


def test_nothing_is_judged_again_under_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path) as page:
        page.stream("/p/mean/submit", source=SUM, id="a-submit")
    before = judged_at(tmp_path)
    has_looked, look = threading.Event(), recovery._judge_outdated

    def look_and_say(desk: Desk, slug: str) -> None:
        look(desk, slug)
        has_looked.set()

    monkeypatch.setattr(recovery, "_judge_outdated", look_and_say)
    with site(tmp_path) as page:
        assert has_looked.wait(PATIENCE_S)
        desk: Desk = page.client.app.state.desk  # type: ignore[attr-defined]
        assert desk.lanes.find("a-submit") is None
    assert judged_at(tmp_path) == before


def test_who_had_no_outcome_comes_before_those_who_had_an_internal_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book(tmp_path)
    for name in ("had-error", "had-none"):
        attempt = Attempt(name, "me", "mean", Kind.SUBMIT, digest_of(SUM.encode()), now())
        book.begin(attempt, SUM.encode(), is_draft=False).result()
    error = Outcome(now(), Verdict.JUDGE_ERROR, Fraction(0), Fraction(4))
    book.finish("had-error", error).result()
    book.close()
    added: dict[str, Priority] = {}
    add = Lanes.add

    def note(
        lanes: Lanes, key: str, person: str, topic: Any, priority: Priority, *more: Any
    ) -> Any:
        added[key] = priority
        return add(lanes, key, person, topic, priority, *more)

    monkeypatch.setattr(Lanes, "add", note)
    with site(tmp_path):
        assert added == {"had-none": Priority.SUBMIT, "had-error": Priority.AGAIN}


def judged_at(book: Path) -> list[tuple[str, str]]:
    rows = sqlite3.connect(book / "book.sqlite").execute("SELECT attempt, judged_at FROM outcome")
    return list(rows)
