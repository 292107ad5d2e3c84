"""Links for a class: whom they are for, the table, the sheet, and a server that is running."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from click.testing import CliRunner, Result
from lxml import etree

from grader.cli import cli
from grader.errors import UsageError
from grader.site.access.class_links import begin_course
from grader.site.access.qr import qr_code
from grader.site.records.book import Book
from tests._support.bank import PATIENCE_S
from tests._support.site import HOST, Class, classroom_site, course_in

ADDRESS = f"http://{HOST}"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Class]:
    with classroom_site(tmp_path) as running:
        classroom = running.desk.classroom
        assert classroom is not None
        begin_course(running.book, classroom, ADDRESS)
        yield running


def links(room: Class, *words: str, asks: int = 0) -> Result:
    folder = str(room.book.path.parent)
    done = CliRunner().invoke(cli, ["links", "--book", folder, *words])
    assert done.exit_code == asks, done.output
    return done


def printed(room: Class, *words: str) -> dict[str, str]:
    """Return the printed links by the ids of their people."""
    return dict(re.findall(r"\((\w+)\): (http://\S+)", links(room, *words).stdout))


WANTED: dict[str, tuple[tuple[str, ...], str]] = {
    "all students": ((), "ada ben cai dia eli fay"),
    "a section": (("--section", "B"), "dia eli fay"),
    "two people": (("--person", "ada", "--person", "rivera"), "ada rivera"),
    "the staff": (("--staff",), "okafor rivera"),
}


@pytest.mark.parametrize("words, people", WANTED.values(), ids=WANTED)
def test_whom_links_are_for(room: Class, words: tuple[str, ...], people: str) -> None:
    made = printed(room, *words)
    assert " ".join(sorted(made)) == people
    for person, address in made.items():
        browser = room.stranger()
        assert browser.post(address).status_code == 303
        assert f"<code>{person}</code>" in browser.get("/me").text


def test_nobody_gets_a_second_link_unless_it_is_to_replace_the_first(room: Class) -> None:
    first = printed(room)
    assert room.stranger().post(first["ada"]).status_code == 303
    again = links(room)
    assert again.stdout == "" and "0 links" in again.stderr and "--replace" in again.stderr
    second = printed(room, "--replace", "--section", "A")
    assert sorted(second) == ["ada", "ben", "cai"]
    assert room.stranger().get(first["ben"]).status_code == 404
    assert room.stranger().get(first["dia"]).status_code == 200


def test_an_unknown_person_is_named(room: Class) -> None:
    done = links(room, "--person", "adda", asks=1)
    assert isinstance(done.exception, UsageError)
    assert "adda" in str(done.exception) and "ada" in str(done.exception)
    done = links(room, "--section", "C", asks=1)
    assert "'C'" in str(done.exception)


def test_the_table_is_for_mail_merge(room: Class, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    links(room, "--roster", str(tmp_path / "class.csv"), "--out", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [each["id"] for each in rows] == ["ada", "ben", "cai", "dia", "eli", "fay"]
    assert rows[0]["email"] == "ada@example.org" and rows[0]["sections"] == "A"
    assert rows[0]["link"].startswith(f"{ADDRESS}/in/") and rows[0]["valid_until"] > "2026"
    assert out.stat().st_mode & 0o077 == 0


def test_files_with_links_are_for_their_owner_alone(room: Class, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    out.touch(0o644)
    links(room, "--out", str(out), "--overwrite")
    assert oct(out.stat().st_mode & 0o777) == "0o600"


def test_no_link_is_made_for_a_file_that_cannot_be_written(room: Class, tmp_path: Path) -> None:
    first = printed(room)
    links(room, "--replace", "--out", str(tmp_path / "no" / "links.csv"), asks=1)
    assert room.stranger().get(first["ada"]).status_code == 200


def test_no_link_is_made_for_a_file_of_somebody_else(
    room: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, out = printed(room), tmp_path / "links.csv"
    out.touch(0o666)

    def refuse(path: str, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(os, "chmod", refuse)
        done = links(room, "--replace", "--overwrite", "--out", str(out), asks=1)
    assert "cannot be made private: Operation not permitted" in str(done.exception)
    assert out.read_text() == "" and room.stranger().get(first["ada"]).status_code == 200


@pytest.mark.parametrize("option", ["--out", "--sheet"])
def test_links_that_were_written_are_not_lost(room: Class, tmp_path: Path, option: str) -> None:
    out = tmp_path / "links"
    links(room, option, str(out))
    written = out.read_text()
    refused = links(room, option, str(out), "--replace", asks=1)
    assert "another file, or replace it with --overwrite" in str(refused.exception)
    done = links(room, option, str(out), "--overwrite")  # nobody needs a link
    assert "0 links were made; not needed by 6 (signed in, or with a link" in done.output
    assert "Nothing was written" in done.output and out.read_text() == written
    link = re.findall(rf"{ADDRESS}/in/[\w-]+", written)[0]
    assert room.stranger().get(link).status_code == 200  # neither call has made it void
    links(room, option, str(out), "--replace", "--overwrite")
    assert out.read_text() != written


def test_the_sheet_has_a_card_for_each(room: Class, tmp_path: Path) -> None:
    sheet, address = tmp_path / "links.html", "https://practice.example.org/course/"
    links(room, "--sheet", str(sheet), "--address", address)
    page = sheet.read_text("utf-8")
    found = re.findall(r'<p class="address">([^<]+)<', page)
    assert len(found) == 6 and all(each.startswith(f"{address}in/") for each in found)
    assert "<script" not in page and page.count("<svg") == 6 and "Ada Lovelace" in page
    assert not re.search(r'(?:src|href)="', page)


@pytest.mark.parametrize("address", ["practice.example.org", "https://a b", ""])
def test_links_to_what_is_no_address_are_not_made(room: Class, address: str) -> None:
    done = links(room, "--address", address, asks=1)
    assert "--address: expected the address of the first page" in str(done.exception)
    assert not room.desk.members.links.until()


def modules(picture: str) -> list[list[bool]]:
    """Return the dark modules that a picture draws."""
    svg = etree.fromstring(picture.encode())
    size = int(svg.get("viewBox", "").split()[2])
    drawn = [[False] * size for _ in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg[1].get("d", "")):
        for at in range(int(x), int(x) + int(width)):
            drawn[int(y)][at] = True
    return drawn


def test_the_picture_is_the_code() -> None:
    segno = pytest.importorskip("segno")
    text = f"{ADDRESS}/in/{'x' * 32}"
    picture = qr_code(text)
    assert picture is not None
    expected = segno.make_qr(text, error="m").matrix_iter(border=4)
    assert modules(str(picture)) == [[bool(each) for each in row] for row in expected]


def test_without_the_extra_there_are_no_pictures(
    room: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    sheet = tmp_path / "links.html"
    done = links(room, "--sheet", str(sheet))
    assert "<svg" not in sheet.read_text("utf-8") and "pip install" in done.stderr
    assert "/in/" in room.as_("ada").client.post("/me/device").text


def test_books_without_a_course(tmp_path: Path) -> None:
    Book(tmp_path / "alone").close()
    for folder, message in (("nothing", "has no book"), ("alone", "not that of a course")):
        done = CliRunner().invoke(cli, ["links", "--book", str(tmp_path / folder)])
        assert isinstance(done.exception, UsageError) and message in str(done.exception)
        assert "grader serve --course" in str(done.exception)
    assert not (tmp_path / "nothing").exists()
    for words in ([], ["--book", "x", "--course", "y"]):
        done = CliRunner().invoke(cli, ["links", *words])
        assert isinstance(done.exception, UsageError) and "--course FILE" in str(done.exception)


def test_a_course_that_is_served(tmp_path: Path) -> None:
    """The address that is printed signs the instructor in, and links are made meanwhile."""
    course_in(tmp_path)
    words = [sys.executable, "-m", "grader", "serve", ".", "--course", "course.yaml"]
    words += ["--roster", "class.csv", "--book", "book", "--port", "0", "--no-browser"]
    run: dict[str, Any] = {"cwd": tmp_path, "encoding": "utf-8"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, **run) as server:
        try:
            assert server.stdout is not None
            first, second = server.stdout.readline(), server.stdout.readline()
            found = re.fullmatch(r"Sign in as Rosa Rivera: (http://\S+)\n", first)
            assert found is not None and second.endswith("grader links --book book\n")
            origin = found[1].partition("/in/")[0]
            with httpx.Client(base_url=origin, timeout=PATIENCE_S) as teacher:
                assert teacher.post(found[1]).status_code == 303
                assert "Dia Mirza" in teacher.get("/class/people").text
            words = [sys.executable, "-m", "grader", "links", "--book", "book", "--person", "ada"]
            made = subprocess.run(words, capture_output=True, check=True, **run)
            with httpx.Client(base_url=origin, timeout=PATIENCE_S) as ada:
                address = made.stdout.split()[-1]
                assert ada.post(address).status_code == 303 and ada.get("/").status_code == 200
                assert ada.get("/class/people").status_code == 404
        finally:
            server.send_signal(signal.SIGINT)
