"""Gradebooks made by the server are those of the command, and nothing waits for them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from grader.cli.common import STORE
from grader.site.assignments import gradebooks
from grader.site.assignments.gradebooks import Gradebooks, Making
from grader.site.uploads import MAX_FILE_BYTES, Upload, read_uploads
from tests._support.bank import Command
from tests._support.site import RIGHT, SUM, Class, classroom_site
from tests._support.waiting import run_apart, until
from tests.site.test_terms import works

PAGE = "/class/assignments/hw1"
MADE = "/class/assignments/hw1/gradebook"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,First (1)\n"
    "    Points Possible,,,,,10\n"
    '"Lovelace, Ada",1,ada,ada@example.org,A,\n'
    '"Okri, Ben",2,ben,ben@example.org,A,\n'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("course")


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Class]:
    past = {name: text.replace("2026-11", "2025-11") for name, text in works("").items()}
    with classroom_site(folder, past) as running:
        for person, source in (("ada", RIGHT), ("ben", SUM), ("cai", SUM + "# copied\n")):
            for slug in ("mean-1", "mean-2"):
                running.as_(person).stream(
                    f"/p/{slug}/submit", source=source, id=f"{person}-{slug}"
                )
        yield running


def books_of(room: Class) -> Gradebooks:
    found = room.desk.gradebooks
    assert found is not None
    return found


def restarted(room: Class) -> Gradebooks:
    """Return the gradebooks of another server of the same folder."""
    books = books_of(room)
    return Gradebooks(books.classroom, books.bank, books.tier, books.folder)


def finished(room: Class, name: str) -> Making:
    """Wait until a gradebook is made; return how that ended."""
    until(lambda: (made := books_of(room).made(name)) is not None and bool(made.finished_at))
    made = books_of(room).made(name)
    assert made is not None
    return made


def make(room: Class, path: str = MADE, name: str = "hw1", **files: str) -> None:
    """Make a gradebook, and wait until it is finished."""
    parts: dict[str, Any] = {
        system: (f"{system}.csv", text, "text/csv") for system, text in files.items()
    } or {"do": (None, "make")}
    reply = room.as_("rivera").client.post(path, files=parts)
    assert reply.status_code == 303, reply.text
    made = finished(room, name)
    assert not made.has_failed, made.lines


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files that are for readers."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in (".csv", ".json", ".html")
    }


def test_an_internal_error_keeps_no_other_gradebook_waiting(
    room: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Gradebooks, name: str) -> None:
        raise ValueError("the text of the error, which may quote anything")

    with monkeypatch.context() as patched:
        patched.setattr(Gradebooks, "_share_judgements", fail)
        assert room.as_("rivera").client.post(MADE, files={"do": (None, "make")}).status_code == 303
        made = finished(room, "hw1")
    assert made.has_failed and made.lines[0].startswith("internal error: ValueError")
    make(room)


def test_the_same_bytes_as_the_command(room: Class, folder: Path, grader: Command) -> None:
    make(room)
    made = books_of(room).made("hw1")
    assert made is not None
    assert "3 of 3 attempts: 0 judged, 3 reused" in "\n".join(made.lines), made.lines
    done = grader(
        *("batch", folder / "hw1.yaml", folder / "book" / "book.sqlite"),
        *("--roster", folder / "class.csv", "--out", folder / "by-command"),
        bank=folder,
    )
    assert done.returncode == 0, done.stderr
    by_page, by_command = contents(folder / "hw1"), contents(folder / "by-command")
    assert by_page.keys() == by_command.keys()
    assert {"grades.csv", "class.html", "students/ada.html"} <= by_page.keys()
    for name in ("grades.csv", "cases.csv", "grades.json"):
        assert by_page[name] == by_command[name], name
        loaded = room.as_("rivera").client.get(f"{PAGE}/files/{name}")
        assert loaded.content == by_command[name]
        assert loaded.headers["content-disposition"] == f"attachment; filename*=UTF-8''hw1-{name}"


def test_no_module_comes_from_the_working_folder(
    room: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "queue.py").write_text("def queue(): ...\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    make(room)


def test_gradebooks_are_for_their_owner_alone(room: Class, folder: Path) -> None:
    make(room)
    for path in (folder / "hw1", *(folder / "hw1").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_all_files_together(room: Class) -> None:
    make(room)
    loaded = room.as_("rivera").client.get(f"{PAGE}/files/all.zip")
    with zipfile.ZipFile(io.BytesIO(loaded.content)) as archive:
        names = archive.namelist()
    assert {"grades.csv", "class.html", "students/ada.html"} <= set(names)
    assert not any(name.startswith(".") or name.endswith(".sqlite") for name in names)


def test_similar_programs_are_in_the_class_report(room: Class) -> None:
    make(room)
    text = room.as_("rivera").client.get(f"{PAGE}/files/class.html").text
    assert "First" in text and "<html" in text


def test_a_gradebook_of_canvas_is_filled_in(room: Class, folder: Path) -> None:
    make(room, canvas=CANVAS)
    filled = room.as_("rivera").client.get(f"{PAGE}/files/canvas.csv").text
    assert "ada@example.org,A,10" in filled
    assert "canvas.csv" in room.as_("rivera").client.get(PAGE).text
    assert not list(folder.rglob("uploads")), "names and grades of others are kept"


def test_a_gradebook_of_a_large_class_is_filled_in(room: Class, folder: Path) -> None:
    """Students of other sections are in the file of the system, too, and keep what they have."""
    others = "".join(f'"Other, {n}",{n},other{n}@example.org,B,\n' for n in range(4000))
    make(room, canvas=CANVAS + others)
    filled = room.as_("rivera").client.get(f"{PAGE}/files/canvas.csv").text
    assert "ada@example.org,A,10" in filled and "other3999@example.org" in filled


def test_who_may_not_send_files_is_refused_before_they_are_read(room: Class) -> None:
    for person, status in {"ada": 404, "okafor": 403}.items():
        files = {"canvas": ("canvas.csv", "x" * (1 << 20), "text/csv")}
        assert room.as_(person).client.post(MADE, files=files).status_code == status
    assert room.stranger().post(MADE, files=files).status_code == 401


def test_the_course_is_added_up(room: Class, folder: Path, grader: Command) -> None:
    make(room)
    make(room, "/class/assignments/hw2/gradebook", "hw2")
    make(room, "/class/gradebook", gradebooks.COURSE)
    done = grader("course", folder / "course.yaml", "--out", folder / "total", bank=None)
    assert done.returncode == 0, done.stderr
    loaded = room.as_("rivera").client.get("/class/files/course.csv").content
    assert loaded == (folder / "total" / "course.csv").read_bytes()


def test_other_files_are_not_handed_out(room: Class, folder: Path) -> None:
    make(room)
    rivera = room.as_("rivera").client
    for file in (STORE, ".grader-files.jsonl", "..%2Fhw1.yaml", "students", "course.csv", "x.csv"):
        assert rivera.get(f"{PAGE}/files/{file}").status_code == 404, file
    assert rivera.get("/class/assignments/..%2Fbook/files/grades.csv").status_code == 404


def test_a_command_that_fails_says_why(room: Class, folder: Path) -> None:
    rivera = room.as_("rivera").client
    files = {"canvas": ("canvas.csv", "not a gradebook\n", "text/csv")}
    assert rivera.post(MADE, files=files).status_code == 303
    made = finished(room, "hw1")
    assert made.has_failed
    text = rivera.get(PAGE).text
    assert "The gradebook was not made." in text and "Canvas" in text
    make(room)
    assert "The gradebook was not made." not in rivera.get(PAGE).text


BODIES = {
    "no form with files": (b"a=b", "application/x-www-form-urlencoded", 400),
    "no boundary": (b"--x\r\n\r\n--x--", "multipart/form-data", 400),
    "another boundary": (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=y", 400),
    "no name": (
        b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
        "multipart/form-data; boundary=x",
        400,
    ),
    "no name but that of a file": (
        b'--x\r\nContent-Disposition: form-data; filename="; name=canvas"\r\n\r\na\r\n--x--',
        "multipart/form-data; boundary=x",
        400,
    ),
    "parameters that no browser sends": (
        b"--x\r\nContent-Disposition: form-data; name*1=a; name*=((((((\r\n\r\na\r\n--x--",
        "multipart/form-data; boundary=x",
        400,
    ),
    "headers without end": (
        b"--x\r\n" + b"a: b\r\n" * 100_000 + b"--x--",
        "multipart/form-data; boundary=x",
        400,
    ),
    "no end": (
        b'--x\r\nContent-Disposition: form-data; name="canvas"\r\n\r\na',
        "multipart/form-data; boundary=x",
        400,
    ),
    "many fields": (
        b'--x\r\nContent-Disposition: form-data; name="canvas"\r\n\r\na\r\n' * 21 + b"--x--",
        "multipart/form-data; boundary=x",
        400,
    ),
    "a large file": (
        b'--x\r\nContent-Disposition: form-data; name="canvas"; filename="c"\r\n\r\n'
        + b"a" * (MAX_FILE_BYTES + 1)
        + b"\r\n--x--",
        "multipart/form-data; boundary=x",
        413,
    ),
}


@pytest.mark.parametrize("body, media_type, status", BODIES.values(), ids=BODIES)
def test_forms_that_are_refused(body: bytes, media_type: str, status: int, room: Class) -> None:
    headers = {"content-type": media_type}
    reply = room.as_("rivera").client.post(MADE, content=body, headers=headers)
    assert reply.status_code == status


LONG = {
    "a file of many lines": (b"\r\n" * (MAX_FILE_BYTES // 2), b""),
    "a header of many parameters": (b"", b'; a="b"' * 8000),
}


@pytest.mark.parametrize("content, more", LONG.values(), ids=LONG)
def test_long_forms_do_not_keep_the_event_loop(content: bytes, more: bytes) -> None:
    """A gradebook of blank lines took it three seconds, and a long header sixteen."""
    body = b'--x\r\nContent-Disposition: form-data; name="canvas"\r\n\r\n' + content + b"\r\n--x--"
    headers = [(b"content-type", b"multipart/form-data; boundary=x" + more)]

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    async def read() -> list[Upload]:
        sys.setprofile(count)  # in this thread alone
        try:
            return await read_uploads(
                Request({"type": "http", "method": "POST", "headers": headers}, receive)
            )
        finally:
            sys.setprofile(None)

    assert [each.content for each in run_apart(read())] == [content]
    assert calls < 20_000


# Whether a command writes grades, its exit code, and whether the grades are those of this making.
MAKINGS = {
    "it succeeds": (True, 0, True),
    "it fails at once": (False, 2, False),
    "it fails with grades of some": (True, 3, True),
}


@pytest.mark.parametrize("writes, code, is_new", MAKINGS.values(), ids=MAKINGS)
def test_grades_are_of_when_they_were_begun(
    writes: bool,
    code: int,
    is_new: bool,
    room: Class,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A correction that is published meanwhile may not be in them, also after a restart."""
    grades, earlier, later = tmp_path / "grades.json", 1_000_000_000, 4_000_000_000

    def run(self: Gradebooks, words: list[str], lines: list[str]) -> int:
        if writes:
            (tmp_path / "part").write_text("{}")
            os.utime(tmp_path / "part", (later, later))
            (tmp_path / "part").rename(grades)
        return code

    monkeypatch.setattr(Gradebooks, "out", lambda *_: tmp_path)
    monkeypatch.setattr(Gradebooks, "_share_judgements", lambda *_: None)
    monkeypatch.setattr(Gradebooks, "_run", run)
    grades.write_text("{}")
    os.utime(grades, (earlier, earlier))
    books = restarted(room)
    before = books.begun_at("hw1")
    assert books.start("hw1", {})
    until(lambda: not books.is_busy)
    made = books.made("hw1")
    assert made is not None and made.has_failed == bool(code)
    expected = made.begun_at if is_new else before
    assert (books.begun_at("hw1"), restarted(room).begun_at("hw1")) == (expected, expected)


# Beside the pages --------------------------------------------------------------------------------


@pytest.fixture
def held(room: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A pipe; a gradebook is made until it is opened for writing."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    script = f"print('begun', flush=True); open({str(pipe)!r}).read()"
    monkeypatch.setattr(Gradebooks, "_run", _run_instead(script))
    yield pipe


def _run_instead(script: str) -> object:
    run = Gradebooks._run

    def run_script(self: Gradebooks, words: list[str], lines: list[str]) -> int:
        with pytest.MonkeyPatch.context() as patch:
            popen = subprocess.Popen

            def other(_: list[str], **options: Any) -> object:
                return popen([sys.executable, "-c", script], **options)

            patch.setattr(subprocess, "Popen", other)
            return run(self, words, lines)

    return run_script


def test_pages_and_judging_go_on_while_one_is_made(room: Class, held: Path) -> None:
    rivera, dia = room.as_("rivera"), room.as_("dia")
    assert rivera.client.post(MADE, files={"do": (None, "make")}).status_code == 303
    assert "The gradebook is being made" in rivera.client.get(PAGE).text
    assert 'reload.js" data-seconds="3"' in rivera.client.get(PAGE).text
    assert rivera.client.get(f"{PAGE}/files/grades.csv").status_code == 404, "half of it may be old"
    assert dia.stream("/p/mean-3/submit", source=RIGHT, id="dia-mean-3")[-1]["type"] == "done"
    assert rivera.client.post(MADE, files={"do": (None, "make")}).status_code == 409
    with held.open("w"):
        pass
    until(lambda: not books_of(room).is_busy)
    assert "Made" in rivera.client.get(PAGE).text
    assert "reload.js" not in rivera.client.get(PAGE).text


def test_a_server_that_ends_ends_it(room: Class, held: Path) -> None:
    books = restarted(room)
    assert books.start("hw1", {})
    process = until(lambda: books._process)
    assert process is not None
    books.stop()
    assert process.wait() != 0
    until(lambda: not books.is_busy)
    assert not books.start("hw1", {})


def test_store_has_the_name_that_batch_gives_it() -> None:
    assert gradebooks._STORE == STORE


def test_a_folder_of_somebody_else_is_left_alone(
    room: Class, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch decides: with a store in it, it would take all files for those of an older version."""
    other = folder / "hw2-of-somebody"
    other.mkdir()
    (other / "grades.csv").write_text("mine")
    monkeypatch.setattr(Gradebooks, "out", lambda *_: other)
    books_of(room)._share_judgements("hw2")
    assert os.listdir(other) == ["grades.csv"]
