"""`grader serve` as a real process: it starts, streams, stops, and goes on where it was."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest
from click.testing import CliRunner

import grader
from grader.cli import cli
from grader.site import serve as serving
from grader.site.access.authenticators import SingleUser
from grader.site.app import Settings
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind, digest_of, now
from grader.site.records.writer import BookError
from tests._support.bank import PATIENCE_S, ROOT, patient_bank
from tests._support.served import served
from tests._support.site import NDJSON, SUM, site
from tests._support.waiting import Gate


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_stops_while_pages_are_open_and_goes_on_later(
    tmp_path: Path, gate: Gate, how: signal.Signals
) -> None:
    bank, book = patient_bank(tmp_path / "bank"), tmp_path / "book"
    waiting = f"def mean(values):\n    {gate.wait}\n    return sum(values)\n"
    data = {"source": waiting, "id": "cut-short"}
    with served(bank, book, "--sandbox", "basic") as server:
        with server.client.stream("POST", "/p/mean/run", data=data, headers=NDJSON) as reply:
            lines = reply.iter_lines()
            assert json.loads(next(lines))["type"] == "receipt"
            gate.await_arrival()
            server.process.send_signal(how)
            last = [json.loads(line) for line in lines if line][-1]
        assert last["type"] == "failed" and last["stopping"] and "kept" in last["message"]
        out, error = server.process.communicate(timeout=PATIENCE_S)
    assert server.process.returncode == 0, error
    assert "Traceback" not in error and out.endswith("Everything that you sent is kept.\n")
    gate.open()
    with served(bank, book, "--sandbox", "basic") as server:
        reply = server.client.get("/a/cut-short", headers=NDJSON)
        assert json.loads(reply.text.splitlines()[-1])["verdict"] == "wrong_answer"


def test_a_killed_server_has_kept_what_it_acknowledged(tmp_path: Path) -> None:
    bank, book = patient_bank(tmp_path / "bank"), tmp_path / "book"
    with served(bank, book) as server:
        headers = {"if-match": '"0"'}
        saved = server.client.put("/p/mean/draft", content="kept", headers=headers)
        data = {"source": SUM, "id": "just-sent"}
        with server.client.stream("POST", "/p/mean/submit", data=data, headers=NDJSON) as reply:
            assert json.loads(next(reply.iter_lines()))["attempt"] == "just-sent"
            server.process.kill()
        server.process.communicate()
    with served(bank, book) as server:
        assert f'data-digest="{saved.json()["digest"]}"' in server.client.get("/p/mean").text
        reply = server.client.get("/a/just-sent", headers=NDJSON)
        assert json.loads(reply.text.splitlines()[-1])["verdict"] == "wrong_answer"


def test_one_server_for_each_book(tmp_path: Path) -> None:
    bank, book = patient_bank(tmp_path / "bank"), tmp_path / "book"
    with served(bank, book) as server:
        port = server.client.base_url.port
        second = CliRunner().invoke(cli, ["serve", str(bank), "--book", str(book), "--no-browser"])
        assert "another `grader serve` is writing to" in str(second.exception)
        taken = ["serve", str(bank), "--port", str(port), "--no-browser"]
        assert f"port {port} of" in str(CliRunner().invoke(cli, taken).exception)
        with socket.create_connection(("127.0.0.1", port or 0)) as other:  # says nothing
            assert server.client.get("/healthz").text == "ok\n"
            other.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            assert b" 421 " in other.recv(100)


def test_the_secret_is_no_argument_of_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: SimpleQueue[str] = SimpleQueue()
    served: list[Settings] = []
    monkeypatch.setattr("webbrowser.open", opened.put)
    monkeypatch.setattr(serving, "run", lambda settings, listener: served.append(settings))
    words = ["serve", str(ROOT), "--book", str(tmp_path / "book"), "--port", "0"]
    printed = CliRunner().invoke(cli, words, catch_exceptions=False).output
    address = opened.get(timeout=PATIENCE_S)
    (settings,) = served
    settings.judges.close()
    settings.book.close()
    assert settings.book.secret in printed and settings.book.secret not in address
    authenticator = settings.authenticator
    assert isinstance(authenticator, SingleUser) and authenticator.is_right(
        address.rpartition("/")[2]
    )


@pytest.mark.parametrize(
    "words, message",
    [
        (["nowhere"], "nowhere is not a bank"),
        ([str(ROOT), "--bank", str(ROOT)], "given twice"),
        ([str(ROOT), "--book", "/proc/nothing"], "/proc/nothing cannot be"),
    ],
    ids=["bank", "twice", "book"],
)
def test_what_cannot_be_served_is_said(words: list[str], message: str) -> None:
    failed = CliRunner().invoke(cli, ["serve", "--no-browser", "--port", "0", *words])
    assert message in str(failed.exception)


def test_other_commands_load_nothing_of_it() -> None:
    code = (
        "import sys, grader.cli.grade_command, grader.cli.list_command, grader.cli.serve_command;"
        "import grader.judging.audience, grader.reports.judgement.html;"
        "print([n for n in sys.modules if n.startswith(('grader.site', 'starlette', 'uvicorn'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout == "[]\n"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grader, "site", grader.site)  # importing it again sets it
    for name in [name for name in sys.modules if name.startswith("grader.site")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    failed = CliRunner().invoke(cli, ["serve", str(ROOT), "--no-browser"])
    assert "pip install 'exercise-grader[serve]'" in str(failed.exception)


# Faults of the disk ------------------------------------------------------------------------------


def full_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full for every book that is opened from now on."""
    connect = Book._connect

    def limited(self: Book) -> sqlite3.Connection:
        connection = connect(self)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {max(pages, 1)}")
        return connection

    monkeypatch.setattr(Book, "_connect", limited)


def test_a_full_disk_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Book(tmp_path).close()
    full_book(monkeypatch)
    with site(tmp_path) as page:
        large = "#" * 100_000
        saved = page.save(large, 0)
        assert saved.status_code == 507 and "the disk is full" in saved.json()["message"]
        sent = {"source": large, "id": "not-acknowledged"}
        reply = page.client.post("/p/mean/submit", data=sent, headers=NDJSON)
        assert reply.status_code == 507 and "nothing was saved" in reply.json()["message"]
        assert page.book.attempt("not-acknowledged") is None
        plain = page.client.post("/p/mean/submit", data=sent)
        assert plain.status_code == 507 and "the disk is full" in plain.text
        assert page.client.get("/p/mean").status_code == 200


def test_a_locked_book_is_told_in_words(tmp_path: Path) -> None:
    with site(tmp_path, patience_s=0.05) as page:
        other = sqlite3.connect(page.book.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        locked = page.save("x", 0)
        assert locked.status_code == 507 and "another program" in locked.json()["message"]
        other.execute("ROLLBACK")
        other.close()
        assert page.save("x", 0).status_code == 200


def test_what_fails_alone_does_not_undo_others(tmp_path: Path) -> None:
    book = Book(tmp_path)
    try:
        attempts = [
            Attempt(f"attempt-{n % 3}", "me", f"p{n}", Kind.RUN, digest_of(b"x"), now())
            for n in range(6)
        ]
        futures = [book.begin(each, b"x", is_draft=False) for each in attempts]
        failed = [future.exception() is not None for future in futures]
        assert failed == [False, False, False, True, True, True]
        assert len(book.attempts("me")) == 3

        def half(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM attempt")
            raise ZeroDivisionError

        assert isinstance(book._writer.submit(half).exception(), ZeroDivisionError)
        book.save_draft("me", "p", b"x", None).result()  # so that it has been committed
        assert len(book.attempts("me")) == 3
    finally:
        book.close()
    with pytest.raises(BookError, match="stopping"):
        book.save_draft("me", "p", b"x", None).result()


def test_another_database_is_no_book(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "book.sqlite")
    database.execute("CREATE TABLE other (x)")
    database.close()
    failed = CliRunner().invoke(cli, ["serve", str(ROOT), "--book", str(tmp_path), "--port", "0"])
    assert "another program's database" in str(failed.exception)
