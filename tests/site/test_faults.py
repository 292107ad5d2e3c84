"""What fails while people work: disks, locks, clocks, processes, and those at the other end.

Whatever fails, what was acknowledged is there afterwards, and each attempt is there once.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest

from grader.site.records import notes
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind, digest_of, now
from tests._support.bank import PATIENCE_S, TEST_BANK, patient_bank
from tests._support.served import Server, served
from tests._support.site import NDJSON, RIGHT, SUM, site
from tests._support.waiting import Gate

CHILDREN_ONLY = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only on Linux")


def last_line(reply: httpx.Response) -> dict[str, object]:
    found: dict[str, object] = json.loads(reply.text.splitlines()[-1])
    return found


# The disk ----------------------------------------------------------------------------------------


def fill_disk(server: Server, is_full: bool) -> None:
    """Let no file of a server grow, as on a full disk; or let them grow again."""
    size = 1 if is_full else resource.RLIM_INFINITY
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@CHILDREN_ONLY
def test_on_a_full_disk_nothing_is_acknowledged_and_later_everything(tmp_path: Path) -> None:
    bank, book = patient_bank(tmp_path / "bank"), tmp_path / "book"
    sent = {"source": SUM, "id": "sent-again-later"}
    with served(bank, book) as server:

        def save() -> httpx.Response:
            headers = {"if-match": '"0"'}
            return server.client.put("/p/mean/draft", content="a draft", headers=headers)

        fill_disk(server, is_full=True)
        saved = save()
        assert saved.status_code == 507 and "nothing was saved" in saved.json()["message"]
        refused = server.client.post("/p/mean/submit", data=sent, headers=NDJSON)
        assert refused.status_code == 507 and "nothing was saved" in refused.json()["message"]
        assert server.client.get("/p/mean").status_code == 200
        ready = server.client.get("/readyz")
        assert ready.status_code == 503 and "book: not ok" in ready.text
        assert "backups: ok: none was made yet" in ready.text
        fill_disk(server, is_full=False)
        assert save().json()["revision"] == 1
        for _ in range(2):  # the second is the same attempt
            reply = server.client.post("/p/mean/submit", data=sent, headers=NDJSON)
            assert last_line(reply)["verdict"] == "wrong_answer"
        code, out = server.end(signal.SIGTERM)
        assert code == 0 and "Traceback" not in out
    kept = Book(book)
    try:
        (attempt,) = kept.attempts("me")
        assert attempt.id == "sent-again-later" and attempt.outcome is not None
    finally:
        kept.close()


def test_a_submit_to_a_locked_book_is_kept_once_when_it_is_sent_again(tmp_path: Path) -> None:
    sent = {"source": SUM, "id": "sent-while-locked"}
    with site(tmp_path, patience_s=0.05) as page:
        other = sqlite3.connect(page.book.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = page.client.post("/p/mean/submit", data=sent, headers=NDJSON)
        assert refused.status_code == 507 and "another program" in refused.json()["message"]
        assert page.client.get("/a/sent-while-locked").status_code == 404
        other.close()
        assert page.stream("/p/mean/submit", **sent)[-1]["verdict"] == "wrong_answer"
        assert len(page.book.attempts("me")) == 1


def written(folder: Path, count: int) -> None:
    """Write a book of commits, and leave it as a process that was killed would."""
    code = f"""
import os
from pathlib import Path
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind, digest_of, now
book = Book(Path({str(folder)!r}))
for n in range({count}):
    text = f"text {{n}} " * 99
    attempt = Attempt(f"attempt-{{n:02}}", "me", "mean", Kind.RUN, digest_of(text.encode()), now())
    book.begin(attempt, text.encode(), is_draft=True).result()
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_journal_loses_the_newest_alone(tmp_path: Path, damage: str) -> None:
    count, draws = 25, random.Random(18)
    whole = tmp_path / "whole"
    written(whole, count)
    journal = (whole / "book.sqlite-wal").read_bytes()
    assert len(journal) > 100_000
    found = set()
    for number in range(40):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        shutil.copy(whole / "book.sqlite", folder)
        place = draws.randrange(len(journal) + 1) if number else len(journal)
        damaged = bytearray(journal[:place] if damage == "cut" else journal)
        if damage == "flipped" and place < len(journal):
            damaged[place] ^= 1 << draws.randrange(8)
        (folder / "book.sqlite-wal").write_bytes(damaged)
        book = Book(folder)
        try:
            kept = [each.id for each in book.attempts("me")]
            assert kept == [
                f"attempt-{n:02}" for n in range(len(kept))
            ]  # none in between is missing
            for each in book.attempts("me"):
                assert digest_of(book.source(each.digest)) == each.digest
            draft = book.draft("me", "mean")
            assert (draft.digest if draft else None) == (
                book.attempts("me")[-1].digest if kept else None
            )
            with closing(sqlite3.connect(book.path)) as reader:
                assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            text = Attempt("goes-on", "me", "mean", Kind.RUN, digest_of(b"x"), now())
            book.begin(text, b"x", is_draft=False).result()
        finally:
            book.close()
        found.add(len(kept))
    assert max(found) == count and len(found) > 5


# The clock ---------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [datetime(2026, 11, 26, 12, tzinfo=UTC)]
    monkeypatch.setattr(notes, "_clock", lambda: clock[0])
    book = Book(tmp_path)
    try:
        for number, hours in enumerate((0, 0, -5, 0, 0, 0)):
            clock[0] += timedelta(hours=hours, minutes=2)
            draft = book.save_draft("me", "mean", b"%d" % number, number).result()
            assert draft.revision == number + 1
        present = book.draft("me", "mean")
        assert present is not None and book.source(present.digest) == b"5"
        # One a minute is kept, as if the clock had not been set.
        assert [each.revision for each in book.log("me", "mean")] == [1, 2, 3, 4, 5]
    finally:
        book.close()


def test_attempts_of_before_and_after_are_both_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path) as page:
        page.stream("/p/mean/submit", source=RIGHT, id="by-the-clock-before")
        past = datetime.now(UTC) - timedelta(days=2)
        monkeypatch.setattr(notes, "_clock", lambda: past)
        page.stream("/p/mean/submit", source=SUM, id="by-the-clock-after")
        assert len(page.book.attempts("me", "mean")) == 2
        assert page.book.standings("me")["mean"].solved_at
        for name in ("before", "after"):
            assert page.client.get(f"/a/by-the-clock-{name}").status_code == 200
        assert page.client.get("/p/mean/history").status_code == 200


def test_attempts_of_one_moment_have_an_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several wait for the writer with the same time, or the clock was set back."""
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    monkeypatch.setattr(notes, "_clock", lambda: noon)
    moment = now()
    book = Book(tmp_path)
    try:
        for id, at, is_latest in (
            ("second-by-id", moment, True),
            ("overtaken", "2026-11-26T11:59:59.000Z", True),
            ("first-by-id", moment, True),
            ("draft-of-noon", moment, False),
        ):
            attempt = Attempt(id, "me", "mean", Kind.SUBMIT, digest_of(b"x"), at)
            book.begin(attempt, b"x", is_draft=False, is_latest=is_latest).result()
        found = [(each.id, each.received_at[-9:]) for each in book.attempts("me")]
    finally:
        book.close()
    assert found == [
        ("overtaken", "9:59.000Z"),
        ("draft-of-noon", "0:00.000Z"),
        ("second-by-id", "0:00.000Z"),
        ("first-by-id", "0:00.001Z"),
    ]


# Processes and connections -----------------------------------------------------------------------


def test_a_server_that_was_halted_answers_when_it_goes_on(tmp_path: Path) -> None:
    bank, book = patient_bank(tmp_path / "bank"), tmp_path / "book"
    with served(bank, book) as server:
        server.process.send_signal(signal.SIGSTOP)
        try:
            replies: list[httpx.Response] = []
            sent = {"source": SUM, "id": "sent-meanwhile"}

            def submit() -> None:
                replies.append(server.client.post("/p/mean/submit", data=sent, headers=NDJSON))

            thread = threading.Thread(target=submit)
            thread.start()
        finally:
            server.process.send_signal(signal.SIGCONT)
        thread.join(PATIENCE_S)
        assert last_line(replies[0])["verdict"] == "wrong_answer"


def test_an_attempt_is_judged_although_who_sent_it_has_left(tmp_path: Path, gate: Gate) -> None:
    bank, book = patient_bank(tmp_path / "bank"), tmp_path / "book"
    source = f"def mean(values):\n    {gate.wait}\n    return sum(values)\n"
    data = {"source": source, "id": "left-alone"}
    with served(bank, book, "--sandbox", "basic") as server:
        with server.client.stream("POST", "/p/mean/submit", data=data, headers=NDJSON) as reply:
            assert json.loads(next(reply.iter_lines()))["type"] == "receipt"
            gate.await_arrival()
        gate.open()  # the connection is closed
        reply = server.client.get("/a/left-alone", headers=NDJSON)
        assert last_line(reply)["verdict"] == "wrong_answer"
        code, out = server.end(signal.SIGTERM)
        assert code == 0 and "Traceback" not in out and "error" not in out.lower()


def test_the_log_of_a_real_server_is_for_programs_on_request(tmp_path: Path) -> None:
    with served(TEST_BANK, tmp_path / "book", "--log-json") as server:
        name = server.client.get("/p/mean").headers["x-request-id"]
        server.process.send_signal(signal.SIGTERM)
        _, log = server.process.communicate(timeout=PATIENCE_S)
    lines = [json.loads(line) for line in log.splitlines()]
    assert {each["route"] for each in lines} == {"/in/{token}", "/p/{slug}"}
    assert name in {each["request"] for each in lines}


def test_a_body_that_breaks_off_is_no_attempt(tmp_path: Path) -> None:
    with served(TEST_BANK, tmp_path / "book") as server:
        address = ("127.0.0.1", server.client.base_url.port or 0)
        cookie = "; ".join(f"{name}={value}" for name, value in server.client.cookies.items())
        head = (
            f"POST /p/mean/submit HTTP/1.1\r\nhost: 127.0.0.1:{address[1]}\r\ncookie: {cookie}\r\n"
            "content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\n"
            "id=broken-off&source=half"
        )
        with socket.create_connection(address, PATIENCE_S) as broken:
            broken.sendall(head.encode())
        assert server.client.get("/a/broken-off").status_code == 404
        code, out = server.end(signal.SIGTERM)
        assert code == 0 and "Traceback" not in out


@CHILDREN_ONLY
@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit")
def test_slow_connections_keep_nobody_out_of_a_real_server(tmp_path: Path) -> None:
    """A limit of 700 files leaves room for 100 connections; there are 300 slow ones."""
    bank, book = patient_bank(tmp_path / "bank"), tmp_path / "book"
    with served(bank, book, max_files=700) as server:
        address = ("127.0.0.1", server.client.base_url.port or 0)
        cookies = server.client.cookies
        slow = []
        try:
            for number in range(300):
                slow.append(socket.create_connection(address, PATIENCE_S))
                slow[-1].sendall(b"POST / HTTP/1.1\r\nhost: here\r\n" if number % 2 else b"")
            for _ in range(3):
                with httpx.Client(
                    base_url=server.client.base_url, cookies=cookies, timeout=PATIENCE_S
                ) as other:
                    assert other.get("/p/mean").status_code == 200
                    sent = {"source": RIGHT}
                    reply = other.post("/p/mean/submit", data=sent, headers=NDJSON)
                    assert last_line(reply)["verdict"] == "accepted"
            token = (book / "metrics.token").read_text().strip()
            bearer = {"authorization": f"Bearer {token}"}
            counted = server.client.get("/metrics", headers=bearer).text
            line = next(each for each in counted.splitlines() if 'reason="room"' in each)
            assert float(line.rpartition(" ")[2]) >= 200
        finally:
            for each in slow:
                each.close()
