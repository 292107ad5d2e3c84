"""Due dates, what a submit costs, and points so far: the same as `grader batch` has."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from grader.site.assignments.grades import grades_so_far
from grader.site.records import notes
from grader.site.records.notes import Kind
from tests._support.bank import Command
from tests._support.site import RIGHT, SUM, Class, Site, classroom_site

DUE = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
HEAD = "timezone: Europe/Berlin\ndue: 2026-11-30 23:59\n"
ONE = "title: First\n" + HEAD + "problems: [{problem: mean-1, points: 10}]\n"
TWO = "title: Second\nproblems: [{problem: mean-2, points: 4}, {problem: mean-3, points: 6}]\n"


class Clock:
    """The clock of the server, which a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = DUE - timedelta(days=1)
        monkeypatch.setattr(notes, "_clock", lambda: self.at)

    def set(self, **after: float) -> None:
        """Set it to a time after the due date."""
        self.at = DUE + timedelta(**after)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def works(first: str) -> dict[str, str]:
    return {"hw1": ONE + first, "hw2": TWO}


def send(site: Site, source: str, name: str, slug: str = "mean-1") -> None:
    lines = site.stream(f"/p/{slug}/submit", source=source, id=name)
    assert lines[-1]["type"] == "done", lines


def cost(site: Site, slug: str = "mean-1") -> str:
    """Return what is said above the buttons."""
    text = site.client.get(f"/p/{slug}/terms").text
    return " ".join(re.sub("<[^>]*>", " ", text).split())


# What it costs -----------------------------------------------------------------------------------

LATE = "late: {grace: 15 min, per_day: 10%, most: 50%, until: 7 days}\n"
# The policy, when, and what is said.
SAID = {
    "in time": ("", {"hours": -2, "minutes": -3}, "2 h 3 min left. Attempt 1; the last counts."),
    "the last seconds": ("", {"seconds": -75}, "1 min 15 s left."),
    "at the due date": (LATE, {}, "0 min 0 s left. Attempt 1;"),
    "in the time of grace": (LATE, {"minutes": 15}, "15 min late, within the 15 min of grace"),
    "a second after it": (LATE, {"minutes": 15, "seconds": 1}, "1 day late: 10 % of the points"),
    "two days": (LATE, {"days": 1, "seconds": 1}, "2 days late: 20 % of the points are deducted."),
    "at most": (LATE, {"days": 6}, "6 days late: 50 % of the points are deducted."),
    "at the cut-off": (LATE, {"days": 7}, "7 days late: 50 % of the points are deducted."),
    "after it": (
        LATE,
        {"days": 7, "seconds": 1},
        "Too late: submissions counted until 2026-12-07 23:59. A new one is kept, but does not"
        " count.",
    ),
    "of the maximum": (
        "late: {per_day: 10% of the maximum, most: 2 points}\n",
        {"hours": 1},
        "1 day late: 10 % of the maximum, at most 2 points are deducted.",
    ),
    "a point": ("late: {per_day: 1 point}\n", {"hours": 1}, "1 day late: 1 point is deducted."),
    "without a policy": ("", {"hours": 1}, "1 h 0 min late: nothing is deducted."),
    "the best": ("counts: best\n", {"hours": -1}, "Attempt 1; the best counts."),
    "an extension": (
        LATE + 'extensions: {"Ada Lovelace": 2026-12-02 23:59}\n',
        {"days": 1},
        "Due 2026-12-02 23:59, 1 d 0 h left.",
    ),
}


@pytest.mark.parametrize("policy, after, said", SAID.values(), ids=SAID)
def test_cost_is_said_before_a_submit(
    policy: str, after: dict[str, float], said: str, folder: Path, clock: Clock
) -> None:
    with classroom_site(folder, works(policy)) as room:
        clock.set(**after)
        assert said in cost(room.as_("ada"))
        assert said in " ".join(
            re.sub("<[^>]*>", " ", room.as_("ada").client.get("/p/mean-1").text).split()
        )


def test_attempts_are_counted_by_programs(folder: Path, clock: Clock) -> None:
    policy = "counts: best\nattempts: {most: 3, free: 1, per_attempt: 10%}\n"
    with classroom_site(folder, works(policy)) as room:
        ada = room.as_("ada")
        assert "Attempt 1 of 3; the best counts." in cost(ada)
        for name in ("ada-one-1", "ada-one-2"):
            send(ada, SUM, name)
            assert "Attempt 2 of 3; the best counts. For the number of attempts, 10 % of" in cost(
                ada
            )
            assert "The same program again is not another attempt." in cost(ada)
        send(ada, RIGHT, "ada-two-1")
        send(ada, RIGHT + "#", "ada-three")
        assert "All 3 attempts that count are used" in cost(ada)
        assert "Attempt 1 of 3" in cost(room.as_("ben"))


def test_clocks_that_change_do_not_change_the_days(folder: Path, clock: Clock) -> None:
    """The night before 25 October 2026 has an hour more: two days are 49 hours."""
    first = ONE.replace("2026-11-30", "2026-10-23") + "late: {per_day: 10%}\n"
    due = datetime(2026, 10, 23, 21, 59, tzinfo=UTC)
    with classroom_site(folder, {"hw1": first, "hw2": TWO}) as room:
        clock.at = due + timedelta(hours=49)
        assert "2 days late: 20 %" in cost(room.as_("ada"))
        clock.at = due + timedelta(hours=49, seconds=1)
        assert "3 days late: 30 %" in cost(room.as_("ada"))


# Which zone --------------------------------------------------------------------------------------


def test_a_page_has_times_of_one_zone_and_names_it_once(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works(LATE)) as room:
        ada, rivera = room.as_("ada"), room.as_("rivera")
        clock.set(hours=-2)
        send(ada, RIGHT, "ada-sends")
        clock.set(hours=1)
        data = {"person": "ada", "until": "2026-12-02T23:59", "reason": "was ill"}
        rivera.client.post("/class/assignments/hw1/extension", data=data)
        pages = {
            "ada": ("/", "/p/mean-1", "/p/mean-1/history", "/a/ada-sends", "/me"),
            "rivera": ("/class/assignments/hw1", "/class/ada/mean-1", "/class", "/class/people"),
        }
        for person, paths in pages.items():
            for path in paths:
                text = room.as_(person).client.get(path).text
                shown = re.sub("<[^>]*>", " ", text)
                assert shown.count("the time zone Europe/Berlin") == 1, path
                assert "UTC" not in shown and "CET" not in shown, path
        assert "2026-11-30 21:59:00" in ada.client.get("/p/mean-1/history").text
        assert "2026-12-02 23:59" in ada.client.get("/p/mean-1").text


def test_of_an_hour_that_clocks_show_twice_it_is_said_which(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works("")) as room:
        ada = room.as_("ada")
        for hour in (0, 1):
            clock.at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
            send(ada, f"{RIGHT}# {hour}", f"ada-at-{hour}")
        text = ada.client.get("/p/mean-1/history").text
        assert "2026-10-25 02:30:00 CEST" in text and "2026-10-25 02:30:00 CET" in text


def test_without_any_time_in_a_course_scripts_show_those_of_the_device(folder: Path) -> None:
    with classroom_site(folder) as room:
        text = room.as_("ada").client.get("/").text
        assert "time zone" not in text and "data-zone" not in text


# Whose clock -------------------------------------------------------------------------------------


def test_clock_of_the_browser_decides_nothing(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works("late: {until: 0 min}\n")) as room:
        ada = room.as_("ada")
        clock.set(seconds=1)
        forged = "2026-11-30T12:00:00.000Z"
        ada.stream("/p/mean-1/submit", source=RIGHT, id="ada-late-1", client_at=forged)
        (grade,) = points_of(room, "ada", "hw1")
        assert grade == 0


def test_submit_in_the_second_of_the_due_date_is_in_time(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works("late: {until: 0 min}\n")) as room:
        clock.set()
        send(room.as_("ada"), RIGHT, "ada-at-due")
        clock.set(milliseconds=1)
        send(room.as_("ben"), RIGHT, "ben-later")
        assert points_of(room, "ada", "hw1") == [10]
        assert points_of(room, "ben", "hw1") == [0]


def test_attempts_stay_in_order_if_the_clock_is_set_back(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works("")) as room:
        ada = room.as_("ada")
        clock.set(hours=-1)
        send(ada, RIGHT, "ada-right")
        clock.set(hours=-2)
        send(ada, SUM, "ada-later")
        kept = room.book.attempts("ada", "mean-1")
        assert [each.id for each in kept] == ["ada-right", "ada-later"]
        assert points_of(room, "ada", "hw1") != [10]


# The page and `grader batch` ---------------------------------------------------------------------


def points_of(room: Class, person: str, work: str) -> list[Fraction | None]:
    rules = room.desk.rules
    assert rules is not None
    for each in grades_so_far(rules, room.book, room.desk.find(person)):
        if each.work.name == work:
            return [part.points for part in each.grades.parts]
    raise KeyError(work)


@pytest.fixture
def graded(folder: Path, clock: Clock) -> Iterator[Class]:
    """A class in which everybody did something else, in time and late."""
    policy = (
        "counts: best\nlate: {grace: 15 min, per_day: 10%, until: 3 days}\n"
        "attempts: {most: 3, per_attempt: 5%}\nextensions: {ben: 2026-12-01 23:59}\n"
    )
    with classroom_site(folder, works(policy)) as room:
        clock.set(hours=-5)
        send(room.as_("ada"), SUM, "ada-1-wrong")
        send(room.as_("ada"), SUM, "ada-2-again")
        send(room.as_("dia"), SUM, "dia-1-wrong")
        clock.set(hours=5)
        send(room.as_("ada"), RIGHT, "ada-3-right-late")
        send(room.as_("ben"), RIGHT, "ben-1-extended")
        send(room.as_("cai"), RIGHT, "cai-1-late")
        clock.set(days=4)
        send(room.as_("eli"), RIGHT, "eli-1-too-late")
        send(room.as_("dia"), RIGHT, "dia-2-too-late")
        yield room


def test_page_and_batch_agree(graded: Class, folder: Path, grader: Command) -> None:
    rules = graded.desk.rules
    assert rules is not None
    until = DUE + timedelta(days=10)
    rules.decisions.extend("hw1", "eli", until, "was ill", "rivera").result()
    done = grader(
        *("batch", folder / "hw1.yaml", folder / "book" / "book.sqlite"),
        *("--roster", folder / "class.csv", "--out", folder / "out"),
        bank=folder,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads((folder / "out" / "grades.json").read_text())
    by_batch = {
        each["id"]: [Fraction(part["points_exact"]) for part in each["problems"]]
        for each in document["students"]
        if each["id"] != "fay"  # who submitted nothing, and has time until the due date
    }
    by_page = {
        id: [each for each in points_of(graded, id, "hw1") if each is not None]
        for id in ("ada", "ben", "cai", "dia", "eli")
    }
    assert by_page == by_batch
    assert by_page["eli"] == [10], "the extension of the page counts for both"
    assert by_page["ada"] == [Fraction(17, 2)] and by_page["ben"] == [10]
    with (folder / "out" / "grades.csv").open() as file:
        assert {row["id"] for row in csv.DictReader(file)} >= set(by_page)


def test_list_has_due_dates_and_points_by_assignment(graded: Class, clock: Clock) -> None:
    clock.set(hours=-5)
    text = " ".join(re.sub("<[^>]*>", " ", graded.as_("cai").client.get("/").text).split())
    first = "First due 2026-11-30 23:59, 5 h 0 min left 9 of 10 points in the assignment so far"
    assert first in text
    assert "Second 0 of 10 points in the assignment so far" in text
    clock.set(hours=5)
    assert "has passed" in graded.as_("cai").client.get("/").text


def test_problems_that_are_due_at_other_times_say_when(folder: Path, clock: Clock) -> None:
    later = TWO.replace("points: 6", "points: 6, due: 2026-12-07 23:59")
    with classroom_site(folder, {"hw1": ONE, "hw2": later + HEAD}) as room:
        clock.set(hours=-1)
        ada = room.as_("ada")

        def said() -> str:
            page = ada.client.get("/").text.partition("Second")[2]
            return " ".join(re.sub("<[^>]*>", " ", page).split())

        assert said().startswith("due 2026-11-30 23:59, 1 h 0 min left")
        assert said().count("due 2026-11-30 23:59") == 2
        assert said().count("due 2026-12-07 23:59") == 1
        clock.set(hours=1)
        assert said().startswith("due 2026-12-07 23:59, 6 d 23 h left")
        assert ada.client.get("/").text.count("due 2026-11-30 23:59") == 2, "First, and mean-2"


def test_points_are_of_the_problems_that_count(folder: Path, clock: Clock) -> None:
    excused = "excused: {ada: [mean-2], ben: all}\n"
    with classroom_site(folder, {"hw1": ONE, "hw2": TWO + excused}) as room:
        send(room.as_("ada"), RIGHT, "ada-sends", "mean-3")
        lists = {person: room.as_(person).client.get("/").text for person in ("ada", "ben")}
        assert "6 of 6 points in the assignment so far" in lists["ada"]
        assert "<span>excused</span>" in lists["ben"]


def test_extension_of_the_page_moves_the_due_date_at_once(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works(LATE)) as room:
        clock.set(hours=1)
        assert "1 day late" in cost(room.as_("ada"))
        rules = room.desk.rules
        assert rules is not None
        rules.decisions.extend("hw1", "ada", DUE + timedelta(days=2), "ill", "rivera").result()
        assert "Due 2026-12-02 23:59, 1 d 23 h left." in cost(room.as_("ada"))
        assert "1 day late" in cost(room.as_("ben"))
        rules.decisions.extend("hw1", "ada", None, "by mistake", "rivera").result()
        assert "1 day late" in cost(room.as_("ada"))


# When it opens -----------------------------------------------------------------------------------


def test_assignment_is_not_there_before_it_opens(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works("opens: 2026-11-20 08:00\n")) as room:
        ada, staff = room.as_("ada"), room.as_("rivera")
        clock.at = datetime(2026, 11, 20, 6, 59, 59, tzinfo=UTC)
        for method, path in (
            ("GET", "/p/mean-1"),
            ("GET", "/p/mean-1/terms"),
            ("GET", "/p/mean-1/history"),
            ("POST", "/p/mean-1/submit"),
            ("POST", "/p/mean-1/run"),
            ("POST", "/p/mean-1/try"),
            ("POST", "/p/mean-1/hand-in"),
            ("PUT", "/p/mean-1/draft"),
        ):
            fields = {"source": RIGHT, "id": "too-early"} if method == "POST" else None
            reply = ada.client.request(method, path, data=fields)
            assert reply.status_code == 404, (method, path)
        assert "mean-1" not in ada.client.get("/").text
        assert room.book.attempts("ada") == []
        assert staff.client.get("/p/mean-1").status_code == 200
        clock.at += timedelta(seconds=1)
        assert ada.client.get("/p/mean-1").status_code == 200
        assert "mean-1" in ada.client.get("/").text


def test_a_run_is_no_attempt_that_counts(folder: Path, clock: Clock) -> None:
    with classroom_site(folder, works("attempts: {most: 1}\n")) as room:
        ada = room.as_("ada")
        ada.stream("/p/mean-1/run", source=SUM, id="ada-runs-1")
        assert "Attempt 1 of 1" in cost(ada)
        assert room.book.attempts("ada", "mean-1")[0].kind is Kind.RUN
