"""The board: what it shows of a class, to whom, and without which names."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.site.board.examples import without_names
from grader.site.queue.judges import Judges
from tests._support.site import RIGHT, ROSTER, SUM, WORKS, Class, classroom_site

HIDDEN = "8128.125"  # an argument of the hidden case
HINT = "What do you divide by?"
OTHER = "def mean(values):\n    return 17.0\n"


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Class]:
    with classroom_site(tmp_path) as course:
        yield course


def submit(course: Class, person: str, source: str, slug: str = "mean-1") -> None:
    course.as_(person).stream(f"/p/{slug}/submit", source=source)


def board(course: Class, person: str = "rivera", query: str = "") -> str:
    reply = course.as_(person).client.get(f"/class{query}")
    assert reply.status_code == 200, reply.text
    return reply.text


def words(page: str) -> str:
    """Return what a page says."""
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())


def row(page: str, name: str) -> str:
    (found,) = [each for each in re.findall(r"(?s)<tr.*?</tr>", page) if name in each]
    return words(found)


# What it shows -----------------------------------------------------------------------------------


def test_students_by_problems(course: Class) -> None:
    submit(course, "ada", RIGHT)
    submit(course, "ben", SUM)
    course.as_("cai").save(SUM, 0, "mean-1")
    page = board(course)
    assert "solved" in row(page, "Ada")
    assert "wrong, 25 %" in row(page, "Ben")
    assert "begun" in row(page, "Cai")
    assert "untouched" in row(page, "Dia")
    assert "now" in row(page, "Cai")


def test_what_happens_later_is_seen(course: Class) -> None:
    assert "untouched" in row(board(course), "Ada")
    course.as_("ada").save(SUM, 0, "mean-1")
    assert "begun" in row(board(course), "Ada")
    submit(course, "ada", SUM)
    assert "wrong" in row(board(course), "Ada")
    submit(course, "ada", RIGHT)
    assert "solved" in row(board(course), "Ada")


def test_a_known_mistake_is_named_with_its_hint_even_if_one_makes_it(course: Class) -> None:
    submit(course, "ada", SUM)
    page = words(board(course))
    assert "1 student: sum" in page
    assert HINT in page


def test_the_same_wrong_answers_are_one_mistake(course: Class) -> None:
    for person, note in (("ada", ""), ("dia", "# mine\n")):
        submit(course, person, OTHER + note)
    page = words(board(course))
    assert "2 students: the same wrong answers" in page
    submit(course, "dia", RIGHT)
    assert "the same wrong answers (" not in words(board(course))


def test_runs_and_submits_with_a_known_mistake_are_counted_together(course: Class) -> None:
    submit(course, "ada", SUM)
    course.as_("ben").stream("/p/mean-1/run", source=SUM)
    assert "2 students: sum" in words(board(course))


def test_cases_by_failure(course: Class) -> None:
    submit(course, "ada", SUM)
    submit(course, "ben", OTHER)
    page = words(board(course))
    assert "three 2 2" in page
    assert "one 1 2" in page  # the sum of one value is right


def test_stuck_after_the_same_wrong_answers(course: Class) -> None:
    for number in range(3):
        submit(course, "ada", f"{SUM}# {number}\n")
    page = words(board(course))
    assert "Ada Lovelace on The mean: the same wrong answers 3 times" in page


def test_filters_are_in_the_address(course: Class) -> None:
    submit(course, "ada", SUM)
    submit(course, "dia", OTHER, "mean-2")
    page = board(course, query="?assignment=hw2&section=B")
    assert "mean-2" in page
    assert "/dia/mean-2" in page
    assert "Ada" not in page
    for query in ("?assignment=hw9", "?section=Z"):
        assert course.as_("rivera").client.get(f"/class{query}").status_code == 404


# Who sees it -------------------------------------------------------------------------------------

PATHS = [
    "/class",
    "/class/stream",
    "/class?projector",
    "/class/note?to=all",
    "/class/ada/mean-1",
    "/class/ada/mean-1/texts/starter/now",
]


@pytest.mark.parametrize("path", PATHS)
def test_students_have_no_such_page(course: Class, path: str) -> None:
    course.as_("ada").save(SUM, 0, "mean-1")
    reply = course.as_("ada").client.get(path)
    assert reply.status_code == 404
    assert "Ben" not in reply.text
    assert course.client.get(path).status_code == 401


def test_the_list_of_problems_leads_the_staff_to_the_board(course: Class) -> None:
    for person, is_there in {"rivera": True, "okafor": True, "ada": False}.items():
        assert ('href="/class"' in course.as_(person).client.get("/").text) is is_there


def test_students_cannot_do_what_the_staff_does(course: Class) -> None:
    ada = course.as_("ada").client
    for path in ("/class/note", "/class/hints"):
        data = {"people": "ben", "text": "Hello", "problem": "mean-1", "person": "ada"}
        assert ada.post(path, data=data).status_code == 404
    assert course.as_("ben").client.get("/news?since=0").status_code == 204


def test_an_assistant_sees_the_own_sections(course: Class) -> None:
    submit(course, "ada", SUM)
    submit(course, "dia", SUM)
    attempts = {each: course.book.attempts(each)[0].id for each in ("ada", "dia")}
    page = board(course, "okafor")
    assert "Ada" in page
    assert "Dia" not in page
    assert "1 student: sum" in words(page)
    client = course.as_("okafor").client
    for path, status in {
        "/class?section=B": 404,
        "/class/ada/mean-1": 200,
        "/class/dia/mean-1": 404,
        f"/class/attempt/{attempts['ada']}": 200,
        f"/class/attempt/{attempts['dia']}": 404,
        "/class/note?to=person&person=dia": 404,
        "/class/note?to=section&section=B": 404,
    }.items():
        assert client.get(path).status_code == status, path
    assert "Dia" not in client.get("/class/note?to=all").text
    data = {"people": "ada\ndia", "text": "Hello"}
    assert client.post("/class/note", data=data).status_code == 404
    assert course.as_("ada").client.get("/news?since=0").status_code == 204


def test_hidden_cases_are_for_the_staff(course: Class) -> None:
    submit(course, "ada", SUM)
    id = course.book.attempts("ada")[0].id
    assert HIDDEN in course.as_("rivera").client.get(f"/class/attempt/{id}").text
    assert HIDDEN not in course.as_("ada").client.get(f"/a/{id}").text
    for query in ("", "?projector"):
        assert HIDDEN not in board(course, query=query)


# Names -------------------------------------------------------------------------------------------


def test_the_projector_shows_no_names_and_no_code(course: Class) -> None:
    source = SUM + "# by Ada Lovelace\n"
    submit(course, "ada", source)
    submit(course, "ben", source)
    page = board(course, query="?projector")
    assert "2 students" in page
    assert HINT in page
    assert "7.5" in page  # the answer
    assert "return sum(values)" not in page
    for line in ROSTER.splitlines()[1:]:
        id, name, *_ = line.split(",")
        assert f"/{id}/" not in page
        assert not any(word in page for word in name.split())


EXAM = (
    "title: Midterm\nproblems: [{problem: mean-1, points: 10}]\n"
    "exam: {from: 2026-01-01 08:00 UTC, until: 2099-01-01 08:00 UTC}\n"
)


def test_the_projector_shows_no_results_of_an_exam_before_they_are_released(tmp_path: Path) -> None:
    with classroom_site(tmp_path, {**WORKS, "hw1": EXAM}) as course:
        for person in ("ada", "ben"):
            course.as_(person).stream("/p/mean-1/run", source=SUM)
        assert HINT in board(course)
        secret = board(course, query="?projector")
        assert HINT not in secret and "7.5" not in secret and "Stuck" not in secret
        assert "solved" not in words(secret) and "begun" not in words(secret)
        assert "have not been released" in secret
        assert course.as_("rivera").client.post("/class/assignments/hw1/release").status_code == 303
        released = board(course, query="?projector&assignment=hw1")
        assert HINT in released and "2 begun" in words(released)


def test_an_example_is_without_the_name_of_its_author(course: Class) -> None:
    submit(course, "ada", "# Ada LOVELACE, lovelace@example.org\n" + SUM)
    (shown,) = re.findall(r"(?s)<pre><code># .*?</code></pre>", board(course))
    assert "sum(values)" in shown
    assert "lovelace" not in shown.casefold()


def test_an_example_that_cannot_be_looked_up_is_shown_later(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise SandboxError("a sandbox cannot be started")

    submit(course, "ada", SUM)
    with monkeypatch.context() as patched:
        patched.setattr(Judges, "whole", fail)
        assert "sum(values)" not in board(course)
    course.app.state.board.views.snapshot.refresh()  # as it does every few seconds
    assert "sum(values)" in board(course)


def test_an_outcome_that_cannot_be_read_is_read_later(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[object] = []

    def fail(_: Judges, attempt: object) -> None:
        tries.append(attempt)
        raise SandboxError("the store is locked")

    people = ("ada", "ben")
    for person in people:
        submit(course, person, SUM)
    snapshot = course.app.state.board.views.snapshot
    snapshot.refresh()
    with monkeypatch.context() as patched:
        patched.setattr(Judges, "outcome", fail)
        for _ in range(2):
            assert not snapshot.findings("mean-1", people).mistakes
    assert len(tries) == 1  # a problem that cannot be read is not read for each student
    snapshot.refresh()
    (mistake,) = snapshot.findings("mean-1", people).mistakes
    assert len(mistake.students) == len(people)


NAMES = {
    "parts of words": ("adapt = ada_1", ["ada"], "adapt = …_1"),
    "a function of Python": ("max(x)  # Max Planck", ["Max Planck"], "max(x)  # Max …"),
    "an e-mail address": ("# a.lovelace@x.org", ["ada.lovelace@x.org"], "# a.…@x.…"),
    "short parts": ("i = li", ["Li Bo"], "i = li"),
}


@pytest.mark.parametrize("text, names, shown", NAMES.values(), ids=NAMES)
def test_names_in_programs(text: str, names: list[str], shown: str) -> None:
    assert without_names(text, names) == shown


HOSTILE = "<img src=x onerror=alert(1)>\u202e"


def test_names_with_markup_and_directions_stay_names(tmp_path: Path) -> None:
    with classroom_site(tmp_path / "first"):
        pass
    roster = (tmp_path / "first" / "class.csv").read_text("utf-8")
    path = tmp_path / "first" / "class.csv"
    path.write_text(roster.replace("Ada Lovelace", HOSTILE).replace("\nada,", "\na/d a,"), "utf-8")
    with classroom_site(tmp_path / "first") as course:
        client = course.as_("rivera").client
        submit(course, "a/d a", SUM)
        for reply in (
            client.get("/class"),
            client.get("/class/a%2Fd%20a/mean-1"),
            client.get("/class/note?to=all"),
            client.get(f"/class/attempt/{course.book.attempts('a/d a')[0].id}"),
        ):
            assert reply.status_code == 200
            assert "<img" not in reply.text
            assert "<bdi>&lt;img" in reply.text


def test_an_instructor_sees_that_the_server_needs_attention(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "needs attention" not in board(course)
    usage = shutil.disk_usage(course.book.path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5 << 20))
    page = words(board(course))
    assert "The server needs attention Disk : only 5 MiB are free" in page
    assert "needs attention" not in board(course, "okafor")
