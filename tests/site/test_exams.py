"""Exams on the page: from when until when, for whom, and nothing leaks that is withheld."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from grader.site.queue.trials import Trial
from tests._support.site import NDJSON, RIGHT, Class, Site, classroom_site
from tests._support.waiting import until
from tests.site.test_terms import TWO, Clock, cost, points_of

WRONG = RIGHT.replace("/", "*")  # as long as the right one
START, END = (datetime(2026, 12, 14, hour, 30, tzinfo=UTC) for hour in (9, 10))
EXAM = (
    "title: Midterm\nproblems: [{problem: mean-1, points: 10}]\n"
    "exam:\n  from: 2026-12-14 09:30 UTC\n  until: 2026-12-14 10:30 UTC\n"
    "  extra_time: {cai: 25%}\n"
)
ENDS_FOR_CAI = END + timedelta(minutes=15)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock(monkeypatch)
    found.at = START + timedelta(minutes=10)
    return found


def room_with(folder: Path, more: str = "") -> Iterator[Class]:
    with classroom_site(folder, {"hw1": EXAM + more, "hw2": TWO}) as room:
        yield room


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Class]:
    yield from room_with(tmp_path)


def submit(site: Site, source: str, name: str) -> list[dict[str, object]]:
    return site.stream("/p/mean-1/submit", source=source, id=name)


def release(room: Class) -> None:
    rules = room.desk.rules
    assert rules is not None
    rules.decisions.release("hw1", "rivera").result()


# Nothing leaks -----------------------------------------------------------------------------------


def normal(text: str, who: str) -> str:
    """Return a text without what differs between two people who sent other programs."""
    text = text.replace(who, "WHO").replace("Ada Lovelace", "NAME").replace("Ben Okri", "NAME")
    text = re.sub("[0-9a-f]{64}", "DIGEST", text)
    text = re.sub(r"\?as=[0-9a-f]+", "", text)
    text = re.sub('data-scope="[0-9a-f]+"', "", text)
    return text.replace("sum(values) * len", "sum(values) / len")


def everything(site: Site, who: str) -> dict[str, str]:
    """Return all that a student can ask for about their work."""
    name = f"{who}-sends"
    pages = ["/", "/p/mean-1", "/p/mean-1/history", f"/a/{name}", "/p/mean-1/terms"]
    pages += [
        "/p/mean-1/changes",
        f"/a/{name}/report.html",
        f"/p/mean-1/history/starter/{name}",
        "/?state=solved",
    ]
    found = {}
    for path in pages:
        reply = site.client.get(path)
        found[path.replace(who, "WHO")] = f"{reply.status_code} {normal(reply.text, who)}"
    reply = site.client.get(f"/a/{name}", headers=NDJSON)
    found["stream"] = normal(reply.text, who)
    with zipfile.ZipFile(io.BytesIO(site.client.get("/export.zip").content)) as archive:
        found["export"] = str(sorted((each.filename, each.file_size) for each in archive.filelist))
    return found


def test_right_and_wrong_look_the_same(room: Class, clock: Clock) -> None:
    sent, later = {}, {}
    for who, source in (("ada", RIGHT), ("ben", WRONG)):
        lines = submit(room.as_(who), source, f"{who}-sends")
        assert [line["type"] for line in lines] == ["receipt", "done"]
        sent[who] = normal(str(lines), who)
    for who in ("ada", "ben"):
        until(partial(room.is_judged, f"{who}-sends"))
        later[who] = everything(room.as_(who), who)
    assert sent["ada"] == sent["ben"]
    for path, text in later["ada"].items():
        assert text == later["ben"][path], path
    assert later["ada"]["/a/WHO-sends/report.html"].startswith("404")
    assert "-withheld.py" in later["ada"]["export"] and ".html" not in later["ada"]["export"]
    clock.at = END + timedelta(hours=1)  # not by time alone
    assert everything(room.as_("ada"), "ada") == everything(room.as_("ben"), "ben")


def test_no_reply_waits_for_the_judgement(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time of a reply would tell a loop from a right answer."""

    def follow(self: Trial) -> None:
        raise AssertionError("somebody waits")

    monkeypatch.setattr(Trial, "follow", follow)
    ada = room.as_("ada")
    assert submit(ada, RIGHT, "ada-sends")[-1]["verdict"] == "withheld"
    for headers in (NDJSON, {}):
        assert ada.client.get("/a/ada-sends", headers=headers).status_code == 200


def test_nothing_depends_on_whether_it_was_judged(room: Class) -> None:
    """Else the time of judging would say something, as a loop takes long."""
    ada = room.as_("ada")
    submit(ada, RIGHT, "ada-sends")
    until(lambda: room.is_judged("ada-sends"))
    judged = everything(ada, "ada")
    room.book.write(lambda book: book.execute("DELETE FROM outcome")).result()
    assert everything(ada, "ada") == judged


def test_after_the_release_all_is_shown(room: Class) -> None:
    ada = room.as_("ada")
    submit(ada, RIGHT, "ada-sends")
    submit(room.as_("ben"), WRONG, "ben-sends")
    until(lambda: room.is_judged("ada-sends") and room.is_judged("ben-sends"))
    release(room)
    assert "accepted" in ada.client.get("/a/ada-sends").text
    assert "10 of 10 points in the assignment so far" in ada.client.get("/").text
    assert ada.client.get("/a/ada-sends/report.html").status_code == 200
    assert "wrong answer" in room.as_("ben").client.get("/p/mean-1/history").text


def test_a_run_shows_the_public_cases(room: Class) -> None:
    lines = room.as_("ada").stream("/p/mean-1/run", source=WRONG, id="ada-runs")
    assert lines[-1]["verdict"] == "wrong_answer" and len(lines) > 2


HINTED = "def mean(values):\n    return sum(values)\n"  # a known mistake


def test_no_hints_in_an_exam(tmp_path: Path, clock: Clock) -> None:
    for number, (more, has_hint) in enumerate((("", False), ("  hints: yes\n", True))):
        folder = tmp_path / str(number)
        for room in room_with(folder, more + "  results: full\n"):
            ada = room.as_("ada")
            lines = submit(ada, HINTED, "ada-sends")
            assert ('class="hint"' in str(lines[-1]["html"])) is has_hint
            assert ("There is a hint" in str(lines[-1]["spoken"])) is has_hint
            assert ('class="hint"' in ada.client.get("/a/ada-sends").text) is has_hint
            report = ada.client.get("/a/ada-sends/report.html").text
            assert ('class="hint"' in report) is has_hint
            release(room)
            assert 'class="hint"' in ada.client.get("/a/ada-sends").text


VERDICT = {"an exam": "  results: verdict\n", "an assignment": "feedback: verdict\n"}


@pytest.mark.parametrize("more", VERDICT.values(), ids=VERDICT)
def test_verdict_and_points_alone(more: str, tmp_path: Path, clock: Clock) -> None:
    text = EXAM if more.startswith(" ") else EXAM.partition("exam:")[0]
    with classroom_site(tmp_path, {"hw1": text + more, "hw2": TWO}) as room:
        ada = room.as_("ada")
        lines = submit(ada, HINTED, "ada-sends")
        assert [line["type"] for line in lines] == ["receipt", "done"]
        assert lines[-1]["verdict"] == "wrong_answer" and lines[-1]["spoken"] == "Wrong answer."
        assert "points in the problem itself" in str(lines[-1]["html"])
        for shown in (str(lines), *everything(ada, "ada").values()):
            assert 'class="case"' not in shown and 'class="hint"' not in shown
            assert "got " not in shown
        assert "Wrong answer" in ada.client.get("/a/ada-sends").text
        assert everything(ada, "ada")["/a/WHO-sends/report.html"].startswith("404")


def test_a_course_says_which_points_are_meant(tmp_path: Path, clock: Clock) -> None:
    for room in room_with(tmp_path, "  results: full\n"):
        lines = submit(room.as_("ada"), RIGHT, "ada-sends")
        assert "points in the problem itself" in str(lines[-1]["html"])
        staff = room.as_("rivera").client.get("/class/attempt/ada-sends").text
        assert "points in the problem itself" in staff


def test_hidden_cases_are_shown_when_nobody_has_time(tmp_path: Path, clock: Clock) -> None:
    due = "due: 2026-12-14 10:30 UTC\nextensions: {dia: 2026-12-15 10:30 UTC}\n"
    text = EXAM.partition("exam:")[0] + due + "feedback: all after due\n"
    with classroom_site(tmp_path, {"hw1": text, "hw2": TWO}) as room:
        ada = room.as_("ada")
        submit(ada, HINTED, "ada-sends")
        hidden = [
            each.name for each in room.desk.judges._grader.problem("mean-1").cases if each.hidden
        ]
        assert hidden
        before = ada.client.get("/a/ada-sends").text
        clock.at = END + timedelta(hours=23, minutes=59)
        assert ada.client.get("/a/ada-sends").text == before, "dia has time"
        clock.at = END + timedelta(days=1, seconds=1)
        after = ada.client.get("/a/ada-sends").text
        assert "Hidden case" in before or "hidden" in before
        assert after.count("<details") > before.count("<details")
        assert after.count("expected ") > before.count("expected ")


# From when until when ----------------------------------------------------------------------------


def test_exam_is_not_there_before_it_begins(room: Class, clock: Clock) -> None:
    ada = room.as_("ada")
    clock.at = START - timedelta(seconds=1)
    assert ada.client.get("/p/mean-1").status_code == 404
    assert "mean-1" not in ada.client.get("/").text
    assert room.as_("okafor").client.get("/p/mean-1").status_code == 200
    clock.at = START
    assert ada.client.get("/p/mean-1").status_code == 200


def test_after_the_end_it_can_only_be_read(room: Class, clock: Clock) -> None:
    ada, cai = room.as_("ada"), room.as_("cai")
    assert ada.save("kept", 0, "mean-1").status_code == 200
    clock.at = END
    assert ada.save("kept too", 1, "mean-1").status_code == 200
    clock.at = END + timedelta(milliseconds=1)
    assert ada.save("not kept", 2, "mean-1").status_code == 403
    fields = {"source": RIGHT, "id": "ada-runs-late", "arguments": "mean([1])", "text": "starter"}
    for action in ("run", "try", "restore"):
        assert ada.client.post(f"/p/mean-1/{action}", data=fields).status_code == 403
    page = ada.client.get("/p/mean-1").text
    assert "The exam has ended" in page and " readonly>" in page and 'value="submit"' not in page
    draft = room.book.draft("ada", "mean-1")
    assert draft is not None and room.book.source(draft.digest) == b"kept too"
    assert cai.save("more time", 0, "mean-1").status_code == 200
    clock.at = ENDS_FOR_CAI + timedelta(seconds=1)
    assert cai.save("less", 1, "mean-1").status_code == 403


def test_a_submit_after_the_end_does_not_replace_the_text(
    room: Class, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = room.as_("ada")
    assert ada.save("kept", 0, "mean-1").status_code == 200
    clock.at = END + timedelta(milliseconds=1)
    late = {"source": RIGHT, "id": "ada-is-late"}  # from a page without a script
    assert ada.client.post("/p/mean-1/submit", data=late).status_code == 303
    assert "sum(values)" in ada.client.get("/a/ada-is-late").text
    monkeypatch.setattr(room.desk.limits.submits, "take", lambda *_: 1e6)
    refused = ada.client.post("/p/mean-1/submit", data={"source": WRONG})
    assert refused.status_code == 429 and "your text is not saved" in refused.text
    draft = room.book.draft("ada", "mean-1")
    assert draft is not None and room.book.source(draft.digest) == b"kept"


def test_what_is_complete_after_the_end_only_changes_nothing(room: Class, clock: Clock) -> None:
    def form() -> Iterator[bytes]:
        yield b"text=star"
        clock.at = END + timedelta(milliseconds=1)
        yield b"ter"

    ada = room.as_("ada")
    assert ada.save("kept", 0, "mean-1").status_code == 200
    clock.at = END
    headers = {"content-type": "application/x-www-form-urlencoded"}
    reply = ada.client.post("/p/mean-1/restore", content=form(), headers=headers)
    assert reply.status_code == 403
    draft = room.book.draft("ada", "mean-1")
    assert draft is not None and room.book.source(draft.digest) == b"kept"


def test_a_submit_after_the_end_is_kept_and_does_not_count(room: Class, clock: Clock) -> None:
    ada, cai = room.as_("ada"), room.as_("cai")
    clock.at = END + timedelta(milliseconds=1)
    assert submit(ada, RIGHT, "ada-late-1")[-1]["verdict"] == "withheld"
    submit(cai, RIGHT, "cai-in-time")
    until(lambda: room.is_judged("ada-late-1") and room.is_judged("cai-in-time"))
    assert points_of(room, "ada", "hw1") == [0] and points_of(room, "cai", "hw1") == [10]
    assert "A new one is kept, but does not count." in cost(ada)


def test_other_sections_do_not_see_it(tmp_path: Path, clock: Clock) -> None:
    for room in room_with(tmp_path, "  sections: [A]\n"):
        assert room.as_("ada").client.get("/p/mean-1").status_code == 200
        dia = room.as_("dia")
        assert "mean-1" not in dia.client.get("/").text
        for path in ("run", "submit"):
            reply = dia.client.post(
                f"/p/mean-1/{path}", data={"source": RIGHT, "id": "dia-sneaks-in"}
            )
            assert reply.status_code == 404
        assert room.book.attempts("dia") == []
        submit(room.as_("ada"), RIGHT, "ada-sends")
        assert dia.client.get("/a/ada-sends").status_code == 404


def test_reference_is_not_asked_in_an_exam(room: Class) -> None:
    room.desk.judges.names_reference = True
    ada = room.as_("ada")
    fields = {"source": RIGHT, "arguments": "mean([1.0, 2.0])"}
    lines = ada.stream("/p/mean-1/try", **fields)
    other = ada.stream("/p/mean-2/try", **fields)
    assert "reference" not in str(lines).lower() and lines[-1]["spoken"].startswith("Your code")
    assert lines[-1]["spoken"] != other[-1]["spoken"]
    assert "reference’s answer" not in ada.client.get("/p/mean-1").text
    assert "reference’s answer" in ada.client.get("/p/mean-2").text
