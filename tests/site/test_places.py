"""`grader serve` at a Unix socket, at a socket that another program holds, and below a prefix."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser

from grader.errors import UsageError
from grader.site.server.places import Place, opened
from tests._support.bank import PATIENCE_S, ROOT, TEST_BANK, copies
from tests._support.practice import (
    WRONG,
    Practice,
    judged,
    ready,
    saved,
    watched,
    write,
)
from tests._support.site import NDJSON, RIGHT
from tests._support.waiting import until

CONTRADICTIONS = {
    "a port and a socket": (Place(port=1, uds="x"), True, "one place to listen"),
    "two sockets": (Place(fd=3, uds="x"), True, "one place to listen"),
    "an address and a socket": (Place(host="10.0.0.1", fd=3), True, "one place to listen"),
    "one person on the network": (Place(host="0.0.0.0"), False, "only for this machine"),
    "no public address": (Place(host="0.0.0.0"), True, "needs --public-url"),
    "two prefixes": (
        Place(port=0, root_path="/a", public_url="https://a.org/b"),
        True,
        "--root-path is /a, and the path of --public-url /b",
    ),
}


@pytest.mark.parametrize(
    "place, is_for_course, message", CONTRADICTIONS.values(), ids=CONTRADICTIONS
)
def test_contradictions_are_named(place: Place, is_for_course: bool, message: str) -> None:
    with pytest.raises(UsageError, match=message), opened(place, is_for_course):
        pass


def test_what_is_seen_from_outside(tmp_path: Path) -> None:
    path = str(tmp_path / "grader.sock")
    with opened(Place(uds=path), is_for_course=False) as site:
        assert site.is_owners and site.address.hosts is None and site.described == path
    with opened(Place(uds=path, public_url="https://a.org/b"), is_for_course=False) as site:
        assert not site.is_owners  # a proxy lets others in, who have to know the secret
        assert set(site.address.hosts or ()) == {"a.org", "a.org:443", "localhost"}
    with opened(Place(uds=path), is_for_course=True) as site:
        assert not site.is_owners
    with opened(Place(port=0, public_url="https://a.org"), is_for_course=True) as site:
        port = site.listener.getsockname()[1]
        assert set(site.address.hosts or ()) == {
            *("a.org", "a.org:443", f"127.0.0.1:{port}", f"localhost:{port}")
        }


def test_one_person_gets_no_socket_that_others_may_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "grader.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        path.chmod(0o660)
        place = Place(fd=listener.detach())
        refused = pytest.raises(UsageError, match="signed in as you")
        with refused, opened(place, is_for_course=False):
            pass


@contextmanager
def serving(folder: Path, *words: str, fd: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A server for one person, once it listens."""
    command = [sys.executable, "-m", "grader", "serve", str(TEST_BANK), "--no-browser"]
    process = subprocess.Popen(
        [*command, "--book", str(folder / "book"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        pass_fds=() if fd is None else (fd,),
    )
    try:
        assert process.stdout is not None
        assert "Practise at" in process.stdout.readline(), process.communicate()
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def client_of(path: str) -> httpx.Client:
    """Return a client that connects to a Unix socket, each time a new one."""
    transport = httpx.HTTPTransport(uds=path, limits=httpx.Limits(max_keepalive_connections=0))
    return httpx.Client(transport=transport, base_url="http://hub.example", timeout=PATIENCE_S)


def test_the_owner_of_a_socket_needs_no_secret(tmp_path: Path) -> None:
    path = str(tmp_path / "grader.sock")
    with (
        serving(tmp_path, "--uds", path, "--root-path", "/user/ada/grader") as process,
        client_of(path) as client,
    ):
        assert os.stat(path).st_mode & 0o777 == 0o600
        page = client.get("/user/ada/grader/p/mean")
        assert page.status_code == 200 and 'action="/user/ada/grader/p/mean/run"' in page.text
        for headers, status in (
            ({"sec-fetch-site": "same-origin"}, 200),
            ({"origin": "http://hub.example"}, 200),
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"origin": "http://evil.example"}, 403),
        ):
            sent = client.post("/p/mean/run", data={"source": RIGHT}, headers={**NDJSON, **headers})
            assert sent.status_code == status, headers
        out = client.post("/out")
        assert out.status_code == 409 and "only your account on this machine" in out.text
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        assert process.returncode == 0 and not os.path.exists(path)


def test_a_restart_drops_no_connection(tmp_path: Path) -> None:
    """As systemd does: the socket stays open, while one server ends and another begins."""
    path = str(tmp_path / "grader.sock")
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    listener.bind(path)
    os.umask(before)
    listener.listen(128)
    is_over = threading.Event()
    failures: list[str] = []
    answered = [0] * 4

    def ask(number: int) -> None:
        with client_of(path) as client:
            while not is_over.is_set():
                try:
                    form = {"source": RIGHT, "id": f"restart-{number}-{answered[number]}"}
                    reply = client.post("/p/mean/submit", data=form)
                    if reply.status_code not in (303, 429):  # 429: too many, on a fast machine
                        failures.append(reply.text)
                except httpx.HTTPError as error:
                    failures.append(repr(error))
                answered[number] += 1

    def more_than(counts: list[int]) -> bool:
        return all(now > then for now, then in zip(answered, counts, strict=True))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(answered))]
    words = ("--fd", str(listener.fileno()))
    try:
        with serving(tmp_path, *words, fd=listener.fileno()) as first:
            for thread in threads:
                thread.start()
            until(lambda: more_than([5] * len(answered)))
            first.send_signal(signal.SIGTERM)
            assert first.wait(PATIENCE_S) == 0
        seen = list(answered)
        with serving(tmp_path, *words, fd=listener.fileno()):
            until(lambda: more_than([count + 5 for count in seen]))
            is_over.set()
            for thread in threads:
                thread.join()
    finally:
        is_over.set()
        listener.close()  # who still waits gets an error, and ends
    assert not failures, failures[:3]


def test_pages_below_a_prefix_work_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    practice = Practice(copies(tmp_path / "bank", 2), tmp_path / "book", "/ml/w%201")
    try:
        with watched(browser, practice) as context:  # and nothing outside of the prefix is asked
            page = context.new_page()
            page.goto(practice.origin + "/")
            page.locator(".path a").first.click()
            ready(page)
            write(page, WRONG)
            saved(page)
            page.keyboard.press("Control+Enter")
            judged(page, "wrong answer")
            page.keyboard.press("Control+Shift+Enter")
            judged(page, "wrong answer")
            page.get_by_role("link", name="History").click()
            page.get_by_role("button", name="Compare").click()
            page.get_by_role("button", name="Continue with").first.click()
            ready(page)
            page.get_by_role("link", name="Problems").click()
            page.get_by_role("link", name="Export my work").wait_for()
            assert page.url.startswith(practice.origin)
            cookies = context.cookies()
            assert [each.get("path") for each in cookies] == ["/ml/w%201"]
    finally:
        practice.close()
