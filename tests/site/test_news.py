"""News: what people are told reaches their pages, and nobody else's."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.site.live.news import News, NewsKind
from tests._support.bank import PATIENCE_S
from tests._support.site import SUM, Class, classroom_site

JSON = {"accept": "application/json"}


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Class]:
    with classroom_site(tmp_path) as course:
        yield course


def tell(course: Class, *people: str, text: str = "Read the examples.", **more: Any) -> int:
    """Tell people something; return the number that the first of them gets."""

    def work(connection: sqlite3.Connection) -> None:
        course.desk.news.add(connection, people, NewsKind.NOTE, text, **more)

    course.book.write(work).result()
    return course.desk.news.last(people[0])


def test_news_reach_those_whom_they_are_for(course: Class) -> None:
    ada, ben = course.as_("ada").client, course.as_("ben").client
    assert ada.get("/news?since=0").status_code == 204
    seq = tell(course, "ada", problem="mean-1", author="Rosa Rivera")
    found = ada.get("/news?since=0").json()
    assert found["since"] == seq
    (item,) = found["items"]
    assert item["kind"] == "note"
    assert item["problem"] == "mean-1"
    assert "Read the examples." in item["html"]
    assert "Rosa Rivera" in item["html"]
    assert ada.get(f"/news?since={seq}").status_code == 204
    assert ben.get("/news?since=0").status_code == 204


def test_everybody_is_told_their_own(course: Class) -> None:
    for person in ("ben", "ada", "cai"):
        tell(course, person, text=f"For {person}.")
    for person in ("ada", "ben", "cai"):
        found = course.as_(person).client.get("/news?since=0").json()["items"]
        assert [each["spoken"] for each in found] == [f"Note: For {person}."]


def test_a_page_shows_news_until_they_are_put_away(course: Class) -> None:
    ada, ben = course.as_("ada").client, course.as_("ben").client
    seq = tell(course, "ada", "ben")
    for path in ("/", "/p/mean-1"):
        assert "Read the examples." in ada.get(path).text
    reply = ada.post("/news/read", data={"news": str(seq), "page": "mean-1"})
    assert reply.headers["location"] == "/p/mean-1"
    assert "Read the examples." not in ada.get("/p/mean-1").text
    assert "Read the examples." in ben.get("/p/mean-1").text
    assert ada.get("/news?since=0").json()["items"] == []


def test_nothing_leads_out_of_the_site(course: Class) -> None:
    ada = course.as_("ada").client
    reply = ada.post("/news/read", data={"news": "1", "page": "//example.org"})
    assert reply.headers["location"] == "/"


def test_the_reply_to_a_draft_says_what_is_the_last_news(course: Class) -> None:
    ada = course.as_("ada")
    assert ada.save(SUM, 0, "mean-1").headers["x-news"] == "0"
    seq = tell(course, "ada")
    assert ada.save(SUM + "\n", 1, "mean-1").headers["x-news"] == str(seq)


def test_markup_and_directions_of_a_text_stay_in_it(course: Class) -> None:
    tell(course, "ada", text="<script>alert(1)</script>\u202e", author="<b>Rosa</b>")
    for text in (
        course.as_("ada").client.get("/p/mean-1").text,
        course.as_("ada").client.get("/news?since=0").json()["items"][0]["html"],
    ):
        assert "<script>alert" not in text
        assert "<b>Rosa" not in text
        assert "<bdi>&lt;script&gt;" in text


def test_notes_are_listed_with_their_readers(course: Class) -> None:
    news = course.desk.news
    tell(course, "dia", text="Alone.")
    seq = tell(course, "ada", "ben", "dia", text="All.")
    course.as_("ada").client.post("/news/read", data={"news": str(seq)})
    course.as_("ben").client.post("/news/read", data={"news": str(seq)})  # it is not Ben's
    shown = [(item.text, *counts) for item, *counts in news.notes_to(["ada", "ben", "dia"], 9)]
    assert shown == [("All.", 3, 1), ("Alone.", 1, 0)]
    assert [(item.text, *counts) for item, *counts in news.notes_to(["ben"], 9)] == [("All.", 1, 0)]
    assert len(news.notes_to(["dia"], 1)) == 1


def test_news_are_known_after_a_restart(course: Class) -> None:
    seq = tell(course, "ada")
    assert News(course.book).last("ada") == seq
    assert News(course.book).last("ben") == 0


def test_what_is_being_written_is_not_missed(course: Class) -> None:
    """A page that asks before the commit, and goes on from the number that it gets."""
    ada = course.as_("ada").client
    is_added, may_end = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        course.desk.news.add(connection, ["ada"], NewsKind.NOTE, "Read the examples.")
        is_added.set()
        may_end.wait(PATIENCE_S)

    written = course.book.write(work)
    assert is_added.wait(PATIENCE_S)
    try:
        assert ada.get("/news?since=0").status_code == 204
        assert 'data-since="0"' in ada.get("/p/mean-1").text
    finally:
        may_end.set()
    written.result()
    (item,) = ada.get("/news?since=0").json()["items"]
    assert "Read the examples." in item["html"]


WRONG_NUMBERS = ["-1", "1.5", "", "x", "٣", "9" * 30, "0" * 20 + "9" * 30]


@pytest.mark.parametrize("number", WRONG_NUMBERS)
def test_a_number_that_is_none_is_refused(course: Class, number: str) -> None:
    ada = course.as_("ada").client
    assert ada.get("/news", params={"since": number}).status_code == 400
    assert ada.post("/news/read", data={"news": number}).status_code == 400


def test_nobody_is_told_anything_without_a_session(course: Class) -> None:
    tell(course, "ada")
    assert course.client.get("/news?since=0", headers=JSON).status_code == 401
