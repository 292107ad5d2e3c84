"""Drafts at the due date: offered, handed in as they were, or left; once, whatever happens."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.site.assignments import at_due
from grader.site.assignments.decisions import Decisions
from grader.site.desk import Desk
from grader.site.queue.jobs import judge_again
from grader.site.records.notes import Attempt, Kind
from grader.site.records.writer import BookError
from tests._support.site import RIGHT, SUM, Class, Site, classroom_site
from tests._support.waiting import until
from tests.site.test_terms import DUE, HEAD, TWO, Clock, points_of, send, works

SUBMIT, OFFER, NOTHING = (f"at_due: {each}\n" for each in ("submit", "offer", "nothing"))
STRICT = "late: {until: 0 min}\n"
HISTORY = "/p/mean-1/history"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def save(site: Site, text: str, revision: int) -> None:
    assert site.save(text, revision, "mean-1").status_code == 200


def submits(room: Class, person: str = "ada") -> list[Attempt]:
    return [each for each in room.book.attempts(person, "mean-1") if each.kind is Kind.SUBMIT]


def settle(room: Class) -> None:
    """Do what the server does when a due date passes."""
    at_due.submit_left_drafts(room.desk, lambda attempt: judge_again(room.desk, attempt))


def texts(room: Class, person: str = "ada") -> list[str]:
    return [room.book.source(each.digest).decode() for each in submits(room, person)]


def wait_for_judgement(site: Site, attempt: Attempt) -> None:
    lines = site.client.get(f"/a/{attempt.id}", headers={"accept": "application/x-ndjson"}).text
    assert '"type": "done"' in lines


def test_draft_is_handed_in_as_it_was_at_the_due_date(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(SUBMIT + STRICT)) as room:
        ada = room.as_("ada")
        clock.set(seconds=-90)
        save(ada, SUM, 0)
        clock.set(seconds=-1)
        save(ada, RIGHT, 1)
        clock.set(seconds=1)
        save(ada, "too late", 2)
        settle(room)
        (attempt,) = submits(room)
        assert texts(room) == [RIGHT] and attempt.received_at == "2026-11-30T22:59:00.000Z"
        wait_for_judgement(ada, attempt)
        assert points_of(room, "ada", "hw1") == [10]
        page = ada.client.get(HISTORY).text
        assert "Draft handed in at the due date" in page


# Seconds from the due date at which texts are saved, and which of them is handed in.
SAVED = {
    "seconds before and after it": ([-90, -20, -1, 1], 2),
    "all within its minute": ([-25, -20, -1, 1, 5], 2),
    "exactly at it": ([-20, 0, 0.1], 1),
    "a part of a second before and after it": ([-0.3, 0.1], 0),
}


@pytest.mark.parametrize("extended", [False, True], ids=["due", "extended"])
@pytest.mark.parametrize("saved, expected", SAVED.values(), ids=SAVED)
def test_due_date_may_have_seconds(
    saved: list[float], expected: int, extended: bool, tmp_path: Path, clock: Clock
) -> None:
    course = works(SUBMIT + STRICT)
    if extended:
        course["hw1"] += "extensions: {ada: 2026-11-30 23:59:30}\n"
    else:
        course["hw1"] = course["hw1"].replace("23:59\n", "23:59:30\n")
    with classroom_site(tmp_path, course) as room:
        for number, seconds in enumerate(saved):
            clock.set(seconds=30 + seconds)
            if number % 2:
                save(room.as_("ada"), f"# text {number}", number)
            else:  # without a script, where a run saves the draft
                form = {"source": f"# text {number}"}
                room.as_("ada").client.post("/p/mean-1/run", data=form)
        clock.set(minutes=5)
        settle(room)
        assert texts(room) == [f"# text {expected}"]


def test_it_is_handed_in_once(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
        clock.set(minutes=5)
        settle(room)
        settle(room)
        clock.set(minutes=-5)  # the clock is set back, and the due date passes again
        settle(room)
        clock.set(minutes=5)
        settle(room)
        assert len(submits(room)) == 1


def test_it_is_handed_in_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
    clock.set(days=2)
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        settle(room)  # as the task of the server does at once
        (attempt,) = submits(room)
        assert attempt.received_at == "2026-11-30T22:59:00.000Z"


def test_it_is_kept_with_the_decision_or_not_at_all(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is killed between the two would later take it for a submit of the student."""

    def fail(connection: sqlite3.Connection) -> None:
        raise BookError("the disk is full")

    with classroom_site(tmp_path, works(SUBMIT)) as room:
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
        clock.set(minutes=5)
        with monkeypatch.context() as patched:
            patched.setattr(Decisions, "settling", lambda *_: fail)
            settle(room)
        assert submits(room) == []
        settle(room)
        assert "Draft handed in at the due date" in room.as_("ada").client.get(HISTORY).text


NOT_LEFT = {
    "it was submitted": (True, RIGHT),
    "nothing was written": (False, ""),
    "only blanks": (False, " \n"),
}


@pytest.mark.parametrize("is_submitted, text", NOT_LEFT.values(), ids=NOT_LEFT)
def test_nothing_is_handed_in_where_nothing_was_left(
    is_submitted: bool, text: str, tmp_path: Path, clock: Clock
) -> None:
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        ada = room.as_("ada")
        clock.set(minutes=-5)
        save(ada, text or RIGHT, 0)
        if not text:
            save(ada, text, 1)
        if is_submitted:
            send(ada, text, "ada-sends")
        clock.set(minutes=5)
        settle(room)
        assert len(submits(room)) == int(is_submitted)


def test_neither_the_starter_nor_a_text_before_the_last_submit(
    tmp_path: Path, clock: Clock
) -> None:
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        clock.set(minutes=-5)
        save(room.as_("ben"), room.desk.starter("mean-1").decode() + "#", 0)
        save(room.as_("ben"), room.desk.starter("mean-1").decode(), 1)
        save(room.as_("ada"), SUM, 0)
        clock.set(minutes=-4)
        send(room.as_("ada"), RIGHT, "ada-sends")  # with a draft that has not come
        clock.set(minutes=5)
        settle(room)
        assert texts(room, "ada") == [RIGHT] and texts(room, "ben") == []


def test_extension_moves_it(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(SUBMIT + "extensions: {ada: 2026-12-01 23:59}\n")) as room:
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
        clock.set(minutes=5)
        settle(room)
        assert submits(room) == []
        clock.set(days=1, minutes=5)
        settle(room)
        assert submits(room)[0].received_at == "2026-12-01T22:59:00.000Z"


TEAM = "teams: {Twins: [ada, ben]}\n"
# Who saves or sends what, and when, in minutes from the due date; whose draft is handed in.
TEAMS = {
    "the draft that was saved last": ([("ada", -5, "draft"), ("ben", -9, "draft")], ["ada"]),
    "not one before a submit": ([("ada", -5, "submit"), ("ben", -9, "draft")], []),
    "one after a submit": ([("ada", -9, "submit"), ("ben", -5, "draft")], ["ben"]),
}


@pytest.mark.parametrize("done, expected", TEAMS.values(), ids=TEAMS)
def test_of_a_team_one_draft_is_handed_in(
    done: list[tuple[str, int, str]], expected: list[str], tmp_path: Path, clock: Clock
) -> None:
    with classroom_site(tmp_path, works(SUBMIT + TEAM)) as room:
        for person, minutes, what in sorted(done, key=lambda each: each[1]):
            clock.set(minutes=minutes)
            if what == "draft":
                save(room.as_(person), f"{RIGHT}# {person}", 0)
            else:
                send(room.as_(person), RIGHT, f"{person}-sends")
        clock.set(minutes=5)
        settle(room)
        handed_in = [
            person
            for person in ("ada", "ben")
            for each in submits(room, person)
            if each.id.startswith("due-")
        ]
        assert handed_in == expected


def test_of_a_team_who_saved_last_is_asked(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(OFFER + TEAM)) as room:
        clock.set(minutes=-9)
        save(room.as_("ben"), RIGHT, 0)
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
        clock.set(minutes=5)
        question = "Hand it in as it was then?"
        asked = [
            person
            for person in ("ada", "ben")
            if question in room.as_(person).client.get("/p/mean-1").text
        ]
        assert asked == ["ada"]


def test_those_who_teach_hand_nothing_in(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        clock.set(minutes=-5)
        save(room.as_("rivera"), RIGHT, 0)
        clock.set(minutes=5)
        settle(room)
        assert submits(room, "rivera") == []


# Offered -----------------------------------------------------------------------------------------


def test_student_is_asked_and_says_yes(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(OFFER + STRICT)) as room:
        ada = room.as_("ada")
        clock.set(minutes=-5)
        save(ada, RIGHT, 0)
        assert "Hand it in as it was then?" not in ada.client.get("/p/mean-1").text
        clock.set(minutes=5)
        save(ada, RIGHT + "# later", 1)
        settle(room)
        assert submits(room) == []
        assert "Hand it in as it was then?" in ada.client.get("/p/mean-1").text
        reply = ada.client.post("/p/mean-1/hand-in", data={"answer": "yes"})
        assert (reply.status_code, reply.headers["location"]) == (303, "/p/mean-1")
        assert texts(room) == [RIGHT]
        wait_for_judgement(ada, submits(room)[0])
        assert points_of(room, "ada", "hw1") == [10]
        assert "Hand it in as it was then?" not in ada.client.get("/p/mean-1").text
        again = ada.client.post("/p/mean-1/hand-in", data={"answer": "yes"})
        assert again.status_code == 409 and len(submits(room)) == 1


def test_the_list_asks_too(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(OFFER)) as room:
        ada = room.as_("ada")
        clock.set(minutes=-5)
        save(ada, RIGHT, 0)
        question = "Hand it in as it was then?"
        assert question not in ada.client.get("/").text
        clock.set(minutes=5)
        page = ada.client.get("/").text
        assert page.count(question) == 1 and 'action="/p/mean-1/hand-in?as=' in page
        assert question not in room.as_("ben").client.get("/").text
        assert ada.client.post("/p/mean-1/hand-in", data={"answer": "yes"}).status_code == 303
        assert question not in ada.client.get("/").text


def test_the_answer_is_of_who_was_asked(tmp_path: Path, clock: Clock) -> None:
    """Somebody else may have signed in in the browser since the page was opened."""
    with classroom_site(tmp_path, works(OFFER)) as room:
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
        save(room.as_("ben"), RIGHT, 0)
        clock.set(minutes=5)
        page = room.as_("ada").client.get("/p/mean-1").text
        action = re.search('action="(/p/mean-1/hand-in[^"]*)"', page)
        assert action is not None
        yes = {"answer": "yes"}
        assert room.as_("ben").client.post(action[1], data=yes).status_code == 401
        assert submits(room, "ben") == []
        assert room.as_("ada").client.post(action[1], data=yes).status_code == 303
        assert len(submits(room, "ada")) == 1


def test_student_says_no(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(OFFER)) as room:
        ada = room.as_("ada")
        clock.set(minutes=-5)
        save(ada, RIGHT, 0)
        clock.set(minutes=5)
        assert ada.client.post("/p/mean-1/hand-in", data={"answer": "?"}).status_code == 400
        assert ada.client.post("/p/mean-1/hand-in", data={"answer": "no"}).status_code == 303
        assert "Hand it in as it was then?" not in ada.client.get("/p/mean-1").text
        assert submits(room) == []


def test_it_is_offered_for_an_hour(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(OFFER)) as room:
        ada = room.as_("ada")
        clock.set(minutes=-5)
        save(ada, RIGHT, 0)
        clock.set(hours=1)
        assert "Hand it in as it was then?" in ada.client.get("/p/mean-1").text
        clock.set(hours=1, seconds=1)
        assert "Hand it in as it was then?" not in ada.client.get("/p/mean-1").text
        assert ada.client.post("/p/mean-1/hand-in", data={"answer": "yes"}).status_code == 409
        assert submits(room) == []


@pytest.mark.parametrize("policy", [NOTHING, SUBMIT])
def test_nobody_is_asked_by_other_policies(policy: str, tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(policy)) as room:
        ada = room.as_("ada")
        clock.set(minutes=-5)
        save(ada, RIGHT, 0)
        clock.set(minutes=5)
        assert ada.client.post("/p/mean-1/hand-in", data={"answer": "yes"}).status_code == 409
        settle(room)
        assert len(submits(room)) == int(policy == SUBMIT)


def test_nobody_can_take_the_place_of_what_is_handed_in(tmp_path: Path, clock: Clock) -> None:
    """The id of the attempt cannot be computed without the secret of the book."""
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
        clock.set(minutes=5)
        settle(room)
        (first,) = submits(room)
    with classroom_site(tmp_path / "other", works(SUBMIT)) as room:
        clock.set(minutes=-5)
        save(room.as_("ada"), RIGHT, 0)
        clock.set(minutes=5)
        settle(room)
        assert submits(room)[0].id != first.id


def test_server_hands_drafts_in_by_itself(tmp_path: Path) -> None:
    """With the real clock: the due date has passed when the server starts."""
    with classroom_site(tmp_path, works(NOTHING)) as room:
        save(room.as_("ada"), RIGHT, 0)
        saved = room.book.draft("ada", "mean-1")
    assert saved is not None
    due = f"{saved.saved_at[:10]} {saved.saved_at[11:19]} UTC"
    text = works(SUBMIT)["hw1"].replace("due: 2026-11-30 23:59", f"due: {due}")
    # Precise to the second, and the draft is later by a part of one.
    with classroom_site(tmp_path, works(NOTHING)) as room:
        room.book.write(
            lambda book: book.execute(
                "UPDATE draft SET saved_at = ?", (saved.saved_at[:19] + ".000Z",)
            )
        ).result()
    (tmp_path / "hw1.yaml").write_text(text, "utf-8")
    with classroom_site(tmp_path) as room:
        until(lambda: submits(room))  # the task has done it
        assert texts(room) == [RIGHT]


def test_server_goes_on_after_an_error(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    def fail(desk: Desk) -> float:
        nonlocal looks
        looks += 1
        raise BookError("the folder of the book cannot be written to")

    monkeypatch.setattr(at_due, "_seconds_to_next", fail)
    monkeypatch.setattr(at_due, "_MAX_SLEEP_S", 0.01)
    clock.set(minutes=-5)
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        until(lambda: looks)
        save(room.as_("ada"), RIGHT, 0)
        clock.set(minutes=5)
        until(lambda: submits(room))


def test_draft_that_cannot_be_handed_in_keeps_no_other_waiting(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    starter, problems = Desk.starter, ("mean-1", "mean-2")

    def fail(desk: Desk, problem: str) -> bytes:
        if problem == "mean-1":
            raise SandboxError("a sandbox cannot be started")
        return starter(desk, problem)

    def handed_in() -> list[tuple[str, str]]:
        found = [(each.person, slug) for slug in problems for each in room.book.submits(slug)]
        return sorted(found)

    with classroom_site(tmp_path, {**works(SUBMIT), "hw2": TWO + HEAD + SUBMIT}) as room:
        clock.set(minutes=-5)
        for person in ("ada", "ben"):
            for slug in problems:
                content = f"# {person} in {slug}\n".encode()
                saved = room.book.save_draft(person, slug, content, 0).result()
                if (person, slug) == ("ada", "mean-2"):
                    lost = "DELETE FROM source WHERE digest = ?", (saved.digest,)
        room.book.write(lambda book: book.execute(*lost)).result()
        clock.set(minutes=5)
        with monkeypatch.context() as patched:
            patched.setattr(Desk, "starter", fail)
            settle(room)
        assert handed_in() == [("ben", "mean-2")]
        settle(room)
        assert handed_in() == [("ada", "mean-1"), ("ben", "mean-1"), ("ben", "mean-2")]


def test_next_look_is_at_the_next_due_date(tmp_path: Path, clock: Clock) -> None:
    with classroom_site(tmp_path, works(SUBMIT)) as room:
        clock.set(seconds=-7)
        assert 7 <= at_due._seconds_to_next(room.desk) <= 7.1
        clock.set(hours=-7)
        assert at_due._seconds_to_next(room.desk) == 20
        rules = room.desk.rules
        assert rules is not None
        rules.decisions.extend("hw1", "ada", DUE + timedelta(seconds=9), "", "rivera").result()
        clock.set(seconds=1)
        assert 8 <= at_due._seconds_to_next(room.desk) <= 8.1
