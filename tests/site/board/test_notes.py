"""Notes of the staff, and hints that they open."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests._support.site import NDJSON, RIGHT, SUM, WORKS, Class, classroom_site

HINT = "What do you divide by?"
LATER = "Hints for this problem appear after"


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Class]:
    works = WORKS | {
        "hw2": "title: More means\nhints_after: 2\n"
        "problems: [{problem: mean-2, points: 4}, {problem: mean-3, points: 6}]\n"
    }
    with classroom_site(tmp_path, works) as course:
        yield course


def submit(course: Class, person: str, source: str, slug: str = "mean-1") -> str:
    """Submit a program; return all that the page is told."""
    lines = course.as_(person).stream(f"/p/{slug}/submit", source=source)
    assert lines[-1]["type"] == "done"
    return str(lines)


def told(course: Class, person: str) -> list[str]:
    reply = course.as_(person).client.get("/news?since=0")
    items = reply.json()["items"] if reply.status_code == 200 else []
    return [each["spoken"] for each in items]


# Notes -------------------------------------------------------------------------------------------


def test_a_note_goes_to_those_who_make_a_mistake(course: Class) -> None:
    for person in ("ada", "dia"):
        submit(course, person, SUM)
    submit(course, "ben", RIGHT)
    staff = course.as_("rivera").client
    (address,) = re.findall(r'href="(/class/note\?to=mistake[^"]*)"', staff.get("/class").text)
    form = staff.get(html.unescape(address)).text
    assert HINT in form  # to begin with
    (people,) = re.findall(r'(?s)name="people" value="([^"]*)"', form)
    data = {"people": people, "problem": "mean-1", "text": "Look at the number of values."}
    assert staff.post("/class/note", data=data).status_code == 303
    for person, texts in {
        "ada": ["Note: Look at the number of values."],
        "dia": ["Note: Look at the number of values."],
        "ben": [],
        "cai": [],
    }.items():
        assert told(course, person) == texts
    page = staff.get("/class").text
    assert "to 2 students; dismissed by 0" in page
    course.as_("ada").client.post("/news/read", data={"news": "1"})
    assert "to 2 students; dismissed by 1" in staff.get("/class").text


def test_an_assistant_sees_no_notes_to_other_sections(course: Class) -> None:
    staff, assistant = course.as_("rivera").client, course.as_("okafor").client
    staff.post("/class/note", data={"people": "dia", "text": "Only for Dia."})
    staff.post("/class/note", data={"people": "ada\ndia", "text": "For both."})
    page = assistant.get("/class").text
    assert "Only for Dia." not in page
    assert "For both." in page


TO: dict[str, tuple[str, int]] = {
    "everyone": ("to=all", 6),
    "a section": ("to=section&section=B", 3),
    "one": ("to=person&person=cai&problem=mean-2", 1),
}


@pytest.mark.parametrize("query, count", TO.values(), ids=TO)
def test_the_form_says_who_gets_it(course: Class, query: str, count: int) -> None:
    form = course.as_("rivera").client.get(f"/class/note?{query}").text
    assert f"Send to {count} student{'s' if count > 1 else ''}<" in form
    (people,) = re.findall(r'(?s)name="people" value="([^"]*)"', form)
    assert len(people.split("\n")) == count


@pytest.mark.parametrize("query", ["", "to=mistake&problem=mean-1&mistake=x", "to=section"])
def test_a_note_to_nobody_is_refused(course: Class, query: str) -> None:
    assert course.as_("rivera").client.get(f"/class/note?{query}").status_code == 404


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_a_note_that_cannot_be_sent_is_kept_in_the_form(course: Class, text: str) -> None:
    reply = course.as_("rivera").client.post("/class/note", data={"people": "ada", "text": text})
    assert reply.status_code == 400
    assert "Expected a note of 1 to 2000 characters" in reply.text
    assert text.strip() in reply.text
    assert told(course, "ada") == []


# Hints -------------------------------------------------------------------------------------------


def everything(course: Class, person: str, slug: str) -> Iterator[str]:
    """Yield all that somebody can get about their attempts at a problem."""
    client = course.as_(person).client
    for attempt in course.book.attempts(person, slug):
        yield client.get(f"/a/{attempt.id}").text
        yield client.get(f"/a/{attempt.id}", headers=NDJSON).text
        yield client.get(f"/a/{attempt.id}/report.html").text
    yield client.get(f"/p/{slug}").text
    archive = zipfile.ZipFile(io.BytesIO(client.get("/export.zip").content))
    yield from (archive.read(name).decode() for name in archive.namelist())


def test_hints_come_after_some_submits(course: Class) -> None:
    assert HINT in submit(course, "ben", SUM, "mean-1")  # an assignment without a condition
    first = submit(course, "ada", SUM, "mean-2")
    assert HINT not in first
    assert f"{LATER} 2 submissions; so far: 1" in first
    assert not any(HINT in each for each in everything(course, "ada", "mean-2"))
    run = course.as_("ada").stream("/p/mean-2/run", source=SUM)
    assert HINT not in str(run)
    assert HINT not in submit(course, "ada", SUM, "mean-2")  # the same program again does not count
    second = submit(course, "ada", SUM + "# again\n", "mean-2")
    assert HINT in second
    assert LATER not in second
    assert all(HINT in each for each in [*everything(course, "ada", "mean-2")][:3])


def test_what_is_right_needs_no_hint(course: Class) -> None:
    assert LATER not in submit(course, "ada", RIGHT, "mean-2")


def test_the_staff_sees_hints_at_once(course: Class) -> None:
    submit(course, "ada", SUM, "mean-2")
    assert HINT in course.as_("rivera").client.get("/class?assignment=hw2").text


def test_hints_can_be_opened_for_one(course: Class) -> None:
    for person in ("ada", "ben"):
        submit(course, person, SUM, "mean-2")
    staff = course.as_("okafor").client
    assert LATER in staff.get("/class/ada/mean-2").text
    data = {"problem": "mean-2", "person": "ada"}
    assert staff.post("/class/hints", data=data).status_code == 303
    assert LATER not in staff.get("/class/ada/mean-2").text
    assert any(HINT in each for each in everything(course, "ada", "mean-2"))
    assert not any(HINT in each for each in everything(course, "ben", "mean-2"))
    assert told(course, "ada")[0].startswith("Hints: ")
    assert told(course, "ben") == []


@pytest.mark.parametrize("staff, has_others", [("rivera", True), ("okafor", False)])
def test_hints_can_be_opened_for_all_of_ones_sections(
    course: Class, staff: str, has_others: bool
) -> None:
    for person in ("ada", "dia"):
        submit(course, person, SUM, "mean-2")
    client = course.as_(staff).client
    assert "Show them to all now" in client.get("/class?assignment=hw2").text
    assert "Show them to all now" not in client.get("/class?assignment=hw1").text
    assert client.post("/class/hints", data={"problem": "mean-2"}).is_redirect
    # Of two problems one is left; for both, if an assistant has opened them for some alone.
    offers = client.get("/class?assignment=hw2").text.count("Show them to all now")
    assert offers == (1 if has_others else 2)
    assert any(HINT in each for each in everything(course, "ada", "mean-2"))
    assert any(HINT in each for each in everything(course, "dia", "mean-2")) is has_others
