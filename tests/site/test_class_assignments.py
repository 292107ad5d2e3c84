"""Pages of assignments for those who teach: more time for one, results, jumps, permissions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from grader.course.assignment import load_assignment
from grader.course.exam_sections import excuse_other_sections
from grader.errors import UsageError
from grader.site.assignments.jumps import jumps_in
from grader.submissions.roster import read_roster
from tests._support.bank import Command
from tests._support.site import RIGHT, Class, Site, classroom_site
from tests._support.waiting import until
from tests.site.test_exams import END, EXAM, START
from tests.site.test_terms import TWO, Clock, cost, works

PAGE = "/class/assignments/hw1"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Class]:
    with classroom_site(tmp_path, works("late: {per_day: 10%}\n")) as running:
        yield running


@pytest.fixture
def exam(tmp_path: Path, clock: Clock) -> Iterator[Class]:
    clock.at = START + timedelta(minutes=10)
    with classroom_site(tmp_path, {"hw1": EXAM + "  sections: [A]\n", "hw2": TWO}) as running:
        yield running


def extend(site: Site, **fields: str) -> int:
    form = {"person": "ada", "until": "2026-12-02T23:59", "reason": "was ill"} | fields
    return site.client.post(f"{PAGE}/extension", data=form).status_code


# Permissions -------------------------------------------------------------------------------------

ROUTES = [
    ("GET", "/class/assignments"),
    ("GET", PAGE),
    ("POST", f"{PAGE}/extension"),
    ("POST", f"{PAGE}/release"),
    ("POST", f"{PAGE}/gradebook"),
    ("GET", f"{PAGE}/files/grades.csv"),
    ("POST", "/class/gradebook"),
    ("GET", "/class/files/course.csv"),
]
FOR_INSTRUCTORS = ROUTES[3:]


@pytest.mark.parametrize("method, path", ROUTES)
def test_students_do_not_know_of_these_pages(method: str, path: str, room: Class) -> None:
    reply = room.as_("ada").client.request(
        method, path, data={"a": "b"} if method == "POST" else None
    )
    assert reply.status_code == 404
    data = {"a": "b"} if method == "POST" else None
    assert room.client.request(method, path, data=data).status_code == 401


@pytest.mark.parametrize("method, path", FOR_INSTRUCTORS)
def test_assistants_neither_release_nor_grade(method: str, path: str, exam: Class) -> None:
    data = {"a": "b"} if method == "POST" else None
    reply = exam.as_("okafor").client.request(method, path, data=data)
    assert reply.status_code == 403 and "only an instructor" in reply.text


def test_assistants_extend_for_their_sections_alone(room: Class) -> None:
    okafor = room.as_("okafor")
    assert extend(okafor, person="ada") == 303
    assert extend(okafor, person="dia") == 404
    assert extend(okafor, person="rivera") == 404
    text = okafor.client.get(PAGE).text
    assert "Ada Lovelace" in text and "Dia Mirza" not in text
    assert "Make the gradebook" not in text


def test_unknown_assignments(room: Class) -> None:
    assert room.as_("rivera").client.get("/class/assignments/hw3").status_code == 404


# More time ---------------------------------------------------------------------------------------


def test_more_time_for_one(room: Class, clock: Clock) -> None:
    rivera, ada = room.as_("rivera"), room.as_("ada")
    clock.set(hours=1)
    assert "1 day late" in cost(ada)
    assert extend(rivera) == 303
    assert "Due 2026-12-02 23:59, 1 d 23 h left." in cost(ada)
    assert "1 day late" in cost(room.as_("ben"))
    page = rivera.client.get(PAGE).text
    assert "was ill" in page and "2026-12-02 23:59" in page and "by rivera" in page
    told = ada.client.get("/").text
    assert "You have until 2026-12-02 23:59 for First." in told and "was ill" not in told
    assert "You have until" not in room.as_("ben").client.get("/").text
    assert extend(rivera, do="take back") == 303
    assert "1 day late" in cost(ada) and "was ill" not in rivera.client.get(PAGE).text


REFUSED = {
    "an unknown student": ({"person": "eve"}, 404),
    "no time": ({"until": "soon"}, 400),
    "a day without a time": ({"until": "2026-12-02"}, 400),
    "a day that is not in the calendar": ({"until": "2026-12-32T23:59"}, 400),
    "a year that no calendar has in every zone": ({"until": "9999-12-31T23:59-01:00"}, 400),
    "a time before the due date": ({"until": "2026-11-30T23:59"}, 400),
    "a time that clocks skip": ({"until": "2027-03-28T02:30"}, 400),
    "no reason": ({"reason": " "}, 400),
}


@pytest.mark.parametrize("fields, status", REFUSED.values(), ids=REFUSED)
def test_extensions_that_mean_nothing(fields: dict[str, str], status: int, room: Class) -> None:
    assert extend(room.as_("rivera"), **fields) == status
    rules = room.desk.rules
    assert rules is not None and not rules.decisions.extensions("hw1")


def test_an_extension_is_taken_back_once(room: Class) -> None:
    rivera, ada = room.as_("rivera"), room.as_("ada")
    told = "The extension for First was taken back."
    assert extend(rivera, do="take back") == 303
    assert told not in ada.client.get("/").text, "there was none"
    assert extend(rivera) == extend(rivera, do="take back") == extend(rivera, do="take back") == 303
    assert ada.client.get("/").text.count(told) == 1


def test_what_was_refused_stays_in_the_form(room: Class) -> None:
    form = {"person": "cai", "until": "2026-11-30T23:59", "reason": "was <ill>"}
    page = room.as_("rivera").client.post(f"{PAGE}/extension", data=form)
    assert page.status_code == 400 and "Expected a time after the due date" in page.text
    assert 'value="2026-11-30T23:59"' in page.text and 'value="was &lt;ill&gt;"' in page.text
    assert '<option value="cai" selected>' in page.text


def test_of_an_hour_that_clocks_show_twice_the_later_one(room: Class) -> None:
    assert extend(room.as_("rivera"), until="2027-10-31T02:30") == 303
    rules = room.desk.rules
    assert rules is not None
    until = rules.decisions.extensions("hw1")["ada"].until
    assert until is not None and until.isoformat() == "2027-10-31T01:30:00+00:00"


def test_reasons_are_text(room: Class) -> None:
    assert extend(room.as_("rivera"), reason="<script>alert(1)</script>\u202e") == 303
    page = room.as_("rivera").client.get(PAGE).text
    assert "<script>alert" not in page and "\u202e" not in page


# Exams -------------------------------------------------------------------------------------------


def test_results_are_released_once(exam: Class) -> None:
    rivera, ada = exam.as_("rivera"), exam.as_("ada")
    ada.stream("/p/mean-1/submit", source=RIGHT, id="ada-sends")
    assert "Release the results" in rivera.client.get(PAGE).text
    for _ in range(2):
        assert rivera.client.post(f"{PAGE}/release").status_code == 303
    assert "They were released" in rivera.client.get(PAGE).text
    text = "The results of Midterm have been released."
    assert ada.client.get("/").text.count(text) == 1
    assert text not in exam.as_("dia").client.get("/").text
    until(lambda: exam.is_judged("ada-sends"))
    assert "accepted" in ada.client.get("/a/ada-sends").text


def test_those_who_teach_see_what_is_withheld(exam: Class) -> None:
    ada = exam.as_("ada")
    ada.stream("/p/mean-1/submit", source=RIGHT, id="ada-sends")
    until(lambda: exam.is_judged("ada-sends"))
    assert "accepted" not in ada.client.get("/p/mean-1/history").text
    for teacher in ("rivera", "okafor"):
        assert "accepted" in exam.as_(teacher).client.get("/class/ada/mean-1").text


def test_there_is_nothing_to_release_of_homework(room: Class) -> None:
    assert room.as_("rivera").client.post(f"{PAGE}/release").status_code == 400


def test_jumps_of_drafts(exam: Class, clock: Clock) -> None:
    ada, ben = exam.as_("ada"), exam.as_("ben")
    ada.save("#" * 250, 0, "mean-1")
    clock.at += timedelta(seconds=70)
    ada.save("#" * 500, 1, "mean-1")
    ben.save("#" * 100, 0, "mean-1")
    clock.at += timedelta(seconds=30)
    ben.save("#" * 2000, 1, "mean-1")
    starter = len(exam.desk.starter("mean-1"))
    (jump,) = jumps_in(exam.book, "mean-1", starter)
    assert (jump.person, jump.grown, jump.size, jump.seconds) == ("ben", 1900, 2000, 30)
    page = exam.as_("rivera").client.get(PAGE).text
    assert "Ben Okri" in page.partition("Jumps in the size of drafts")[2]
    assert "1900" in page


# Sections and `grader batch` ---------------------------------------------------------------------


def test_other_sections_are_excused(
    exam: Class, tmp_path: Path, clock: Clock, grader: Command
) -> None:
    exam.as_("ada").stream("/p/mean-1/submit", source=RIGHT, id="ada-sends")
    done = grader(
        *("batch", tmp_path / "hw1.yaml", tmp_path / "book" / "book.sqlite"),
        *("--roster", tmp_path / "class.csv", "--out", tmp_path / "out"),
        *("--as-of", END.isoformat()[:16].replace("T", " ")),
        bank=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "out" / "grades.csv").read_text().splitlines()
    totals = {row.split(",")[0].strip('"'): row.split(",")[6].strip('"') for row in rows[1:]}
    assert totals["ada"] == "10" and totals["dia"] == "excused" and totals["ben"] == "0"


def test_sections_that_nobody_is_in(tmp_path: Path, exam: Class) -> None:
    path = tmp_path / "hw1.yaml"
    path.write_text(path.read_text().replace("[A]", "[A, C]"))
    with pytest.raises(UsageError, match=r"for section C, which nobody in .* is in; the .*: A, B"):
        excuse_other_sections(load_assignment(str(path)), read_roster(str(tmp_path / "class.csv")))
