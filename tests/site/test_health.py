"""Readiness, metrics and the log: true, and without anything of a person."""

from __future__ import annotations

import fcntl
import io
import json
import logging
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from grader.errors import SandboxError
from grader.sandbox.host import Sandbox
from grader.site.records.notes import Attempt, Kind, digest_of
from grader.site.server import readiness
from grader.site.server.backups import Backups, State
from grader.site.server.log_writer import MAX_LINES, LogWriter
from grader.site.server.logs import REQUESTS, JsonLines, set_up
from grader.site.server.metrics import Counter, Durations, gauge
from grader.site.server.operation import TOKEN, Operation, token_in
from tests._support.bank import PATIENCE_S, ROOT, TEST_BANK
from tests._support.site import NDJSON, RIGHT, Site, site
from tests._support.waiting import until


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(readiness, "_FRESH_S", 0.0)
    monkeypatch.setattr(readiness, "_PROBE_EVERY_S", 0.0)
    (tmp_path / "book").mkdir()
    operation = Operation(
        token=token_in(tmp_path / "book"),
        backups=Backups(tmp_path / "book" / "book.sqlite", tmp_path / "backups"),
    )
    with site(tmp_path / "book", operation=operation, patience_s=0.05) as running:
        yield running


# Readiness ---------------------------------------------------------------------------------------


def test_a_server_that_works_is_ready(page: Site) -> None:
    reply = page.client.get("/readyz", headers={"cookie": ""})
    assert reply.status_code == 200, reply.text
    assert re.sub(r"\d+", "N", reply.text) == (
        "book: ok: written in N ms\njudging: ok: a program was judged\ndisk: ok: N MiB are free\n"
        "clock: ok: N-N-N N:N:N UTC\nbackups: ok: none was made yet\n"
    )
    assert page.client.get("/healthz").text == "ok\n"


def test_a_locked_book_is_not_ready(page: Site) -> None:
    other = sqlite3.connect(page.book.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    reply = page.client.get("/readyz")
    assert reply.status_code == 503 and "book: not ok: another program has locked" in reply.text
    other.close()
    assert page.client.get("/readyz").status_code == 200


def test_a_sandbox_that_fails_is_not_ready(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise SandboxError("no more of it")

    monkeypatch.setattr(Sandbox, "run", fail)
    reply = page.client.get("/readyz")
    assert reply.status_code == 503 and "judging: not ok: " in reply.text
    assert "grader doctor" in reply.text and "no more of it" not in reply.text


def test_a_probe_that_never_ends_is_not_ready(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(readiness, "_ANSWER_S", 0.05)
    monkeypatch.setattr(page.settings.judges, "probe", lambda: str(ended.wait() and ""))
    try:
        for _ in range(2):  # the second does not start another one
            text = page.client.get("/readyz").text
            assert "judging: not ok: a program has been judged for" in text
    finally:
        ended.set()


def test_a_disk_without_room_is_not_ready(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(page.book.path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5 << 20))
    reply = page.client.get("/readyz")
    assert reply.status_code == 503 and "only 5 MiB are free" in reply.text


def test_a_backup_that_failed_is_said_and_takes_the_page_from_nobody(page: Site) -> None:
    backups = page.settings.operation.backups
    assert backups is not None
    backups.state = State(None, "no backup could be made in /srv/book")
    reply = page.client.get("/readyz")
    assert reply.status_code == 200
    assert "backups: not ok: the last try failed, as the log says; none was made yet" in reply.text
    assert "/srv" not in reply.text


def test_a_backup_that_another_process_made_is_the_last(page: Site, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "book-2026-11-26T23-00-00Z.sqlite").touch()
    assert "backups: ok: the last is of 2026-11-26 23:00 UTC" in page.client.get("/readyz").text


def test_a_clock_that_was_set_is_said(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    started = readiness.offset_s()
    monkeypatch.setattr(readiness, "offset_s", lambda: started - 3600)
    reply = page.client.get("/readyz")
    assert reply.status_code == 200 and "clock: not ok: it was changed by -3600 s" in reply.text


def test_a_clock_behind_the_book_is_said(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        later = Attempt("of-later", "me", "mean", Kind.RUN, digest_of(b"x"), "2999-01-01T00:00:00Z")
        page.book.begin(later, b"x", is_draft=False).result()
    with site(tmp_path) as page:
        text = page.client.get("/readyz").text
        assert "clock: not ok: the book has attempts of 2999-01-01T00:00, in the future" in text


def test_asking_often_costs_nothing(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_FRESH_S", 1e9)
    first = page.client.get("/readyz").text
    monkeypatch.setattr(page.book, "note", None)
    assert page.client.get("/readyz").text == first


def test_programs_may_name_the_machine_as_they_like(page: Site) -> None:
    headers = {"host": "10.0.0.7:8321"}
    assert page.client.get("/", headers=headers).status_code == 421
    for path, status in (("/healthz", 200), ("/readyz", 200), ("/metrics", 401)):
        assert page.client.get(path, headers=headers).status_code == status
        strange = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
        assert page.client.get(path, headers=headers | strange).status_code == 403


# Metrics -----------------------------------------------------------------------------------------


def metrics(page: Site) -> dict[str, float]:
    token = page.settings.operation.token
    reply = page.client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/plain")
    lines = [line.rpartition(" ") for line in reply.text.splitlines() if line[0] != "#"]
    return {name: float(value) for name, _, value in lines}


def test_metrics_are_for_who_has_the_token(page: Site) -> None:
    headers = ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {page.book.secret}", "Bearer ä"]
    for each in headers:
        given = {b"authorization": each.encode(), b"x-forwarded-for": b"127.0.0.1"}
        reply = page.client.get("/metrics", headers=given)  # signed in, and from this machine
        assert reply.status_code == 401 and "metrics.token" in reply.text


def test_nobody_has_an_empty_token(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        for each in ("", "Bearer", "Bearer "):
            reply = page.client.get("/metrics", headers={"authorization": each})
            assert reply.status_code == 401


def test_the_token_is_private_and_stays(tmp_path: Path) -> None:
    token = token_in(tmp_path)
    assert len(token) > 20 and token_in(tmp_path) == token
    assert (tmp_path / TOKEN).stat().st_mode & 0o777 == 0o600
    (tmp_path / TOKEN).write_text("")  # the disk was full
    assert token_in(tmp_path) not in ("", token)


def test_requests_and_drafts_are_counted(page: Site) -> None:
    page.client.get("/p/mean")
    page.client.get("/p/nothing-of-this-name")
    page.client.get("/no/such/address")
    page.client.request("BREW", "/p/mean")
    page.save("x", 0)
    page.stream("/p/mean/run", source=RIGHT)
    found = metrics(page)
    assert found['grader_judgement_seconds_count{kind="run",verdict="accepted"}'] == 1
    lanes = ("quick", "medium", "slow")
    assert [found[f'grader_waiting{{lane="{each}"}}'] for each in lanes] == [0, 0, 0]
    count = "grader_request_seconds_count"
    assert found[f'{count}{{route="/p/{{slug}}",method="GET",status="200"}}'] == 1
    assert found[f'{count}{{route="/p/{{slug}}",method="GET",status="404"}}'] == 1
    assert found[f'{count}{{route="other",method="GET",status="404"}}'] == 1
    assert found[f'{count}{{route="/p/{{slug}}",method="other",status="405"}}'] == 1
    assert found["grader_drafts_total"] == 1
    assert found['grader_file_bytes{file="book.sqlite"}'] > 0
    assert found["grader_disk_free_bytes"] > 0 and found["grader_backup_made_seconds"] == 0


def test_the_text_format() -> None:
    durations = Durations("d_seconds", "Help.", ("how",))
    for seconds in (0.001, 0.03, 500.0):
        durations.add(seconds, 'a"\\\n')
    lines = list(durations.lines())
    assert lines[:2] == ["# HELP d_seconds Help.", "# TYPE d_seconds histogram"]
    label = r'how="a\"\\\n"'
    assert f'd_seconds_bucket{{{label},le="0.01"}} 1' in lines
    assert f'd_seconds_bucket{{{label},le="0.05"}} 2' in lines
    assert f'd_seconds_bucket{{{label},le="120.0"}} 2' in lines
    assert f'd_seconds_bucket{{{label},le="+Inf"}} 3' in lines
    assert f"d_seconds_sum{{{label}}} 500.031" in lines and f"d_seconds_count{{{label}}} 3" in lines
    assert list(Counter("c_total", "Help.").lines())[-1] == "c_total 0.0"
    assert gauge("g", "Help.", {"b": 2, "a": 1}, "of")[2:] == ['g{of="a"} 1', 'g{of="b"} 2']


# The log -----------------------------------------------------------------------------------------


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Collect the log as `--log-json` writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root, level = logging.getLogger(), REQUESTS.level
    root.addHandler(handler)
    REQUESTS.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        REQUESTS.setLevel(level)


def test_each_request_is_a_line_with_its_id(page: Site) -> None:
    with logged() as stream:
        reply = page.client.get("/p/mean?name=ada")
    line = json.loads(stream.getvalue())
    assert line.keys() == {"at", "level", "message", "request", "route", "method", "status", "ms"}
    assert line["request"] == reply.headers["x-request-id"] and line["ms"] > 0
    assert (line["route"], line["method"], line["status"]) == ("/p/{slug}", "GET", 200)


def test_neither_log_nor_metrics_have_anything_of_a_person(page: Site) -> None:
    secret = page.book.secret
    private = "a-private-name"
    with logged() as stream:
        page.stream("/p/mean/submit", source=f"{RIGHT}# {private}\n", id=f"attempt-{private}")
        page.client.get(f"/a/attempt-{private}", headers=NDJSON)
        page.client.get(f"/?q={private}")
        page.client.get(f"/{private}", headers={"user-agent": private, "x-request-id": private})
        page.client.get(f"/in/{secret}")
        page.client.post(f"/p/mean/run?{private}", data={"id": private, "source": private * 10**5})
        page.client.request(f"{private.upper()}", "/")
    token = page.settings.operation.token
    scraped = page.client.get("/metrics", headers={"authorization": f"Bearer {token}"}).text
    cookie = next(iter(page.client.cookies.values()))
    for text in (stream.getvalue(), scraped):
        assert len(text) > 500
        for each in (private, private.upper(), secret, token, cookie, "mean", "sum(values)"):
            assert each not in text


def test_an_exception_is_logged_without_its_text() -> None:
    try:
        raise ValueError("quotes a hidden case")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "", 1, "it %s", ("failed",), info)
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "it failed" and line["exception"] == "ValueError"
    assert "hidden" not in json.dumps(line)


@pytest.mark.parametrize("as_json", [True, False])
def test_requests_are_logged_for_programs_only(
    as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(REQUESTS, "level", logging.NOTSET)
    level = root.level
    stream = io.BytesIO()
    try:
        set_up(as_json, stream.write)
        REQUESTS.info("request")
        logging.getLogger("any").warning("a sentence")
        root.handlers[0].close()
    finally:
        root.setLevel(level)
        REQUESTS.setLevel(logging.NOTSET)
    first, *rest = stream.getvalue().decode().splitlines()
    if as_json:
        assert json.loads(first)["message"] == "request" and len(rest) == 1
    else:
        assert first == "a sentence" and not rest


def test_nobody_waits_for_those_who_read_the_log() -> None:
    """A terminal was halted, or a pipe was full: the loop of the server waited for ever to log."""
    may_read, written = threading.Event(), io.BytesIO()

    def write(line: bytes) -> None:
        assert may_read.wait(PATIENCE_S)
        written.write(line)

    writer = LogWriter(write)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "a sentence", (), None)
    for _ in range(MAX_LINES + 10):
        writer.handle(record)
    may_read.set()
    until(lambda: written.getvalue().count(b"a sentence") >= MAX_LINES)
    writer.close()
    sentences = written.getvalue().decode().splitlines()
    (left_out,) = set(sentences) - {"a sentence"}
    assert re.fullmatch(r"lines left out, because nobody read the log: \d+", left_out)
    assert sentences.count("a sentence") + int(left_out.split()[-1]) == MAX_LINES + 10


def test_a_line_that_cannot_be_formatted_fails_no_request() -> None:
    written = io.BytesIO()
    writer = LogWriter(written.write)
    writer.handle(logging.LogRecord("x", logging.ERROR, "", 1, "%d", ("a text",), None))
    writer.close()
    assert written.getvalue().startswith(b"a line of the log cannot be written: TypeError")


def test_a_server_whose_log_nobody_reads_goes_on(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "grader",
        "serve",
        str(TEST_BANK),
        "--no-browser",
        "--log-json",
    ]
    process = subprocess.Popen(
        [*command, "--book", str(tmp_path / "book"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None and process.stderr is not None
    fcntl.fcntl(process.stderr, fcntl.F_SETPIPE_SZ, 4096)
    try:
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address is not None
        origin = address[0].split("/in/")[0]
        for _ in range(100):  # each is a line of more than a hundred bytes
            assert httpx.get(f"{origin}/healthz", timeout=PATIENCE_S).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.communicate()


def test_internal_errors_are_counted_and_have_an_id(
    page: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.site.lists.rows_of", None)
    reply = page.client.get("/")
    assert reply.status_code == 500 and reply.headers["x-request-id"]
    lines = "\n".join(page.settings.operation.metrics.lines())
    assert 'grader_errors_total{what="internal"} 1' in lines
