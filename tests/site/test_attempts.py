"""Attempts on the practice page: receipts, cases one by one, and what is judged again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.bank.progress import VARIABLE
from grader.cli import cli
from grader.course.store import JudgementKey, Store, StoredJudgement
from grader.errors import SandboxError, UsageError
from grader.model.judgement import Verdict
from grader.sandbox.host import Sandbox
from grader.site.records.notes import Attempt, Kind, digest_of, now
from tests._support.bank import TEST_BANK
from tests._support.site import NDJSON, RIGHT, SUM, Site, site
from tests._support.waiting import until


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book")) as running:
        yield running


def test_a_run_judges_the_public_cases(page: Site) -> None:
    lines = page.stream("/p/mean/run", source=SUM, id="run-of-a-sum")
    assert [each["type"] for each in lines] == ["receipt", "case", "case", "done"]
    assert [each["name"] for each in lines[1:3]] == ["three", "one"]
    assert lines[0]["attempt"] == "run-of-a-sum" and lines[0]["digest"] == digest_of(SUM.encode())
    assert (lines[-1]["points"], lines[-1]["max_points"]) == (1, 2)
    assert "What do you divide by?" in lines[-1]["html"]
    spoken = "Wrong answer, 1 of 2 points. 1 of 2 cases failed. There is a hint."
    assert lines[-1]["spoken"] == spoken


def test_a_submit_judges_all_cases(page: Site) -> None:
    lines = page.stream("/p/mean/submit", source=RIGHT, id="submit-right")
    assert [each["name"] for each in lines if each["type"] == "case"] == ["three", "one", "secret"]
    assert lines[-1]["verdict"] == "accepted" and lines[-1]["points"] == 4


def test_points_are_those_of_the_problem_where_there_are_no_others(page: Site) -> None:
    lines = page.stream("/p/mean/submit", source=RIGHT, id="points-alone")
    assert "</b> of 4 points</p>" in lines[-1]["html"]
    assert "in the problem itself" not in page.client.get("/a/points-alone").text


def test_marks_name_the_line(page: Site) -> None:
    source = "def mean(values):\n    return 1 / 0\n"
    lines = page.stream("/p/mean/run", source=source)
    assert [each["lines"][0]["line"] for each in lines[1:3]] == [2, 2]
    assert "ZeroDivisionError" in lines[1]["lines"][0]["message"]


def test_an_attempt_is_told_again_in_the_same_words(page: Site) -> None:
    sent = page.stream("/p/mean/submit", source=SUM, id="told-again")
    again = page.client.get("/a/told-again", headers=NDJSON).text
    assert [json.loads(line) for line in again.splitlines()] == sent
    repeated = page.stream("/p/mean/submit", source=SUM, id="told-again")
    assert repeated == sent
    assert len([a for a in page.book.attempts("me", "mean") if a.id == "told-again"]) == 1


def test_another_text_under_the_same_id_is_refused(page: Site) -> None:
    page.stream("/p/mean/run", source=SUM, id="taken-id")
    fields = {"source": RIGHT, "id": "taken-id"}
    reply = page.client.post("/p/mean/run", data=fields, headers=NDJSON)
    assert reply.status_code == 409 and "reload the page" in reply.json()["message"]


def test_the_same_program_is_not_run_twice(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    page.stream("/p/mean/run", source=SUM, id="first-of-two")
    monkeypatch.setattr(Sandbox, "run", None)
    lines = page.stream("/p/mean/run", source=SUM, id="second-of-two")
    assert lines[-1]["verdict"] == "wrong_answer"


def test_line_ends_of_a_form_are_those_of_unix(page: Site) -> None:
    page.stream("/p/mean/run", source=RIGHT.replace("\n", "\r\n"), id="from-windows")
    attempt = page.book.attempt("from-windows")
    assert attempt is not None and page.book.source(attempt.digest) == RIGHT.encode()


def test_without_a_script_an_attempt_has_a_page(page: Site) -> None:
    reply = page.client.post("/p/mean/submit", data={"source": SUM})
    assert reply.status_code == 303
    shown = page.client.get(reply.headers["location"])
    assert "What do you divide by?" in shown.text and "Receipt" in shown.text
    assert SUM.splitlines()[0] in page.client.get("/p/mean").text  # it is the draft, too


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"source": RIGHT, "id": "a b"}, "8 to 64 letters"),
        ({"source": "#" * ((1 << 20) + 1)}, "larger than 1 MiB"),
    ],
    ids=["id", "size"],
)
def test_what_cannot_be_kept_is_refused(page: Site, fields: dict[str, str], message: str) -> None:
    reply = page.client.post("/p/mean/run", data=fields, headers=NDJSON)
    assert 400 <= reply.status_code < 500 and message in reply.json()["message"]


def test_an_attempt_of_somebody_else_is_not_there(page: Site) -> None:
    other = Attempt("of-another", "ada", "mean", Kind.RUN, digest_of(b"x"), now())
    page.book.begin(other, b"x", is_draft=False).result()
    for path in ("/a/of-another", "/a/of-another/report.html", "/a/of-nobody"):
        assert page.client.get(path).status_code == 404


def test_what_has_no_outcome_is_judged_at_the_next_start(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        attempt = Attempt("left-behind", "me", "mean", Kind.SUBMIT, digest_of(SUM.encode()), now())
        page.book.begin(attempt, SUM.encode(), is_draft=False).result()
    with site(tmp_path) as page:
        until(lambda: not page.book.pending())  # although nobody has asked
        lines = page.client.get("/a/left-behind", headers=NDJSON).text.splitlines()
        assert json.loads(lines[-1])["verdict"] == "wrong_answer"
        assert page.book.pending() == []
    with site(tmp_path) as page:  # it is in the book, and so is the cookie of the browser
        kept = page.book.attempt("left-behind")
        assert kept is not None and kept.outcome is not None
        assert kept.outcome.verdict is Verdict.WRONG_ANSWER


def test_an_internal_error_is_nobodys_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path) as page:
        monkeypatch.setattr("grader.site.queue.jobs._AGAIN_S", (0.0, 0.0))

        def fail(*_: object, **__: object) -> None:
            raise SandboxError("no more of it")

        with monkeypatch.context() as broken:
            page.stream("/p/mean/run", source=RIGHT)  # the answer key is built
            broken.setattr(Sandbox, "run", fail)
            lines = page.stream("/p/mean/submit", source=SUM, id="unlucky-one")
        assert lines[-1]["verdict"] == "judge_error" and "not in your code" in lines[-1]["html"]
        assert [each.id for each in page.book.pending()] == ["unlucky-one"]
    with site(tmp_path) as page:
        text = page.client.get("/a/unlucky-one", headers=NDJSON).text
        assert json.loads(text.splitlines()[-1])["verdict"] == "wrong_answer"


def test_submits_are_noted_where_the_commands_note_them(
    page: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "progress.jsonl"
    monkeypatch.setenv(VARIABLE, str(path))
    page.stream("/p/mean/run", source=RIGHT + "# noted\n")
    page.stream("/p/mean/submit", source=RIGHT + "# noted\n")
    (line,) = path.read_text("utf-8").splitlines()
    assert json.loads(line)["verdict"] == "accepted"
    graded = CliRunner().invoke(cli, ["grade", "--last", "--bank", str(TEST_BANK)])
    assert graded.exit_code == 0, graded.output
    assert "accepted, 4 of 4 points" in graded.output
    assert len(path.read_text("utf-8").splitlines()) == 2
    assert "solved" in page.client.get("/?state=solved").text


def test_a_run_too_many_is_refused_in_words(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = page.client.app.state.desk  # type: ignore[attr-defined]
    monkeypatch.setattr(desk.limits.runs, "take", lambda *_: 7.2)
    reply = page.client.post("/p/mean/run", data={"source": SUM}, headers=NDJSON)
    assert reply.status_code == 429 and reply.headers["retry-after"] == "8"
    assert "the next is possible in 7 s" in reply.json()["message"]


@pytest.mark.parametrize("path", ["run", "try"])
def test_a_run_too_many_without_a_script_loses_no_text(
    page: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    desk = page.client.app.state.desk  # type: ignore[attr-defined]
    monkeypatch.setattr(desk.limits.runs, "take", lambda *_: 7.2)
    source = f"# not lost by {path}\n"
    reply = page.client.post(f"/p/mean/{path}", data={"source": source, "arguments": "mean([1])"})
    assert reply.status_code == 429 and "your text is saved" in reply.text
    assert source in page.client.get("/p/mean").text


def test_a_submit_too_many_is_kept_at_once_and_judged_later(
    page: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = page.client.app.state.desk  # type: ignore[attr-defined]
    monkeypatch.setattr(desk.limits.submits, "take", lambda *_: 0.01)
    lines = page.stream("/p/mean/submit", source=SUM, id="one-too-many")
    assert [each["type"] for each in lines[:2]] == ["receipt", "waiting"]
    assert lines[-1]["type"] == "done"


def test_a_judgement_that_is_gone_is_made_again(page: Site, tmp_path: Path) -> None:
    page.stream("/p/mean/run", source=SUM, id="judged-once")
    attempt = page.book.attempt("judged-once")
    assert attempt is not None
    # As if the problem had changed: its answer key has other digests.
    desk = page.client.app.state.desk  # type: ignore[attr-defined]
    answers = desk.judges._grader.answer_key("mean", "public")
    answers.__dict__["digest"] = answers.__dict__["inputs_digest"] = "another"
    try:
        assert desk.judges.stored(attempt, SUM.encode()) is None
        text = page.client.get("/a/judged-once", headers=NDJSON).text
        assert json.loads(text.splitlines()[-1])["verdict"] == "wrong_answer"
    finally:
        del answers.__dict__["digest"], answers.__dict__["inputs_digest"]


def test_outcomes_are_those_of_the_attempt(page: Site) -> None:
    page.stream("/p/mean/submit", source=SUM, id="with-outcome")
    kept = page.book.attempt("with-outcome")
    assert kept is not None and kept.outcome is not None
    assert kept.outcome.score == 1 and kept.outcome.max_score == 4
    assert replace(kept, outcome=None).client_at == ""


# How often the store cannot be read, and what is said last.
UNREADABLE = {
    "for a while": (2, "done", "wrong_answer"),
    "for long": (99, "failed", "not in your code"),
}


@pytest.mark.parametrize("failures, ends, said", UNREADABLE.values(), ids=UNREADABLE)
def test_an_attempt_waits_for_a_store_that_cannot_be_read(
    failures: int, ends: str, said: str, page: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    details, left = Store.details, iter(range(failures))

    def locked(store: Store, key: JudgementKey) -> StoredJudgement | None:
        if next(left, None) is not None:
            raise UsageError("another program has locked it")
        return details(store, key)

    monkeypatch.setattr("grader.site.queue.jobs._AGAIN_S", (0.0, 0.0))
    monkeypatch.setattr(Store, "details", locked)
    lines = page.stream("/p/mean/submit", source=f"{SUM}# {failures}\n", id=f"locked-{failures}")
    assert lines[-1]["type"] == ends and said in json.dumps(lines[-1])


def test_a_judgement_that_cannot_be_stored_is_still_told(
    page: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UsageError("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(Store, "add", refuse)
        lines = page.stream("/p/mean/submit", source=f"{SUM}# new\n", id="not-stored")
    assert lines[-1]["verdict"] == "wrong_answer"
    kept = page.book.attempt("not-stored")
    assert kept is not None and kept.outcome is not None
    text = page.client.get("/a/not-stored", headers=NDJSON).text  # it is run again
    assert json.loads(text.splitlines()[-1])["verdict"] == "wrong_answer"
