"""What is refused before any page: other hosts, other origins, strangers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import PackageLoader
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from grader.site.access.authenticators import SingleUser
from grader.site.forms import read_form
from grader.site.pages import assets
from grader.site.queue.judges import JUDGEMENTS
from grader.site.records.book import NAME
from grader.site.refusals import Refused
from grader.site.server.guard import Guard
from grader.site.server.rates import Buckets, Rate
from tests._support.site import ADDRESS, HOST, NDJSON, RIGHT, Site, site
from tests._support.waiting import run_apart

OWN = f"http://{HOST}"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book")) as running:
        yield running


PAGES = ("/", "/p/mean", "/p/mean/history", "/nothing", "/p/nothing", "/a/nothing", "/healthz")


@pytest.mark.parametrize("path", PAGES)
def test_every_reply_forbids_what_is_not_of_this_server(page: Site, path: str) -> None:
    headers = page.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "nonce" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "no-cache" in headers["cache-control"]


@pytest.mark.parametrize("path", PAGES[:3])
def test_pages_have_no_inline_style_or_script(page: Site, path: str) -> None:
    page.stream("/p/mean/run", source="def mean(values):\n    return 0.5 * sum(values)\n")
    text = page.client.get(path).text
    assert " style=" not in text and "<style" not in text and " onclick" not in text
    assert "<script>" not in text and "http://" not in text.replace(OWN, "")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost:1", ""])
def test_another_host_is_refused(page: Site, host: str) -> None:
    reply = page.client.get("/", headers={"host": host})
    assert reply.status_code == 421 and f"open {OWN}/" in reply.text


STRANGE = {
    "cross-site": {"sec-fetch-site": "cross-site"},
    "another server here": {"sec-fetch-site": "same-site"},
    "another origin": {"origin": "http://evil.example"},
    "no origin": {"origin": "null"},
    "another port": {"origin": "http://127.0.0.1:1"},
    "an origin that is none": {"origin": "http://[evil"},
}
OWN_PAGE = {
    "same-origin": {"sec-fetch-site": "same-origin", "origin": OWN},
    "an old browser": {"origin": OWN},
    "no browser": {},
}


@pytest.mark.parametrize("headers", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("path", ["run", "submit", "try", "restore", "draft"])
def test_changes_from_elsewhere_are_refused(page: Site, path: str, headers: dict[str, str]) -> None:
    method = "PUT" if path == "draft" else "POST"
    reply = page.client.request(method, f"/p/mean/{path}", data={"source": RIGHT}, headers=headers)
    assert reply.status_code == 403
    assert page.book.draft("me", "mean") is None


@pytest.mark.parametrize("headers", OWN_PAGE.values(), ids=OWN_PAGE)
def test_changes_from_a_page_are_accepted(page: Site, headers: dict[str, str]) -> None:
    reply = page.client.post("/p/mean/run", data={"source": RIGHT}, headers=headers | NDJSON)
    assert reply.status_code == 200


@pytest.mark.parametrize(
    "mode, status", [("navigate", 200), ("no-cors", 403), ("cors", 403)], ids=str
)
def test_other_sites_may_link_to_a_page_alone(page: Site, mode: str, status: int) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": mode}
    assert page.client.get("/p/mean", headers=headers).status_code == status


def test_a_stranger_sees_nothing(page: Site) -> None:
    cookies = dict(page.client.cookies)
    page.client.cookies.clear()
    try:
        for path in ("/", "/p/mean", "/p/mean/history", "/a/some-attempt", "/export.zip"):
            reply = page.client.get(path)
            assert reply.status_code == 401 and "grader serve" in reply.text
        for path in ("run", "submit", "try", "restore"):
            reply = page.client.post(f"/p/mean/{path}", data={"source": RIGHT}, headers=NDJSON)
            assert reply.status_code == 401 and reply.json()["message"]
        assert page.save("x", 0).status_code == 401
        assert page.client.get("/in/guess").status_code == 404
        page.client.cookies.set(next(iter(cookies)), "0" * 64)
        assert page.client.get("/").status_code == 401
    finally:
        page.client.cookies.clear()
        page.client.cookies.update(cookies)
    assert page.client.get("/").status_code == 200


def test_a_form_that_is_none_is_refused(page: Site) -> None:
    for content, kind in (
        (b"{}", "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
    ):
        reply = page.client.post("/p/mean/run", content=content, headers={"content-type": kind})
        assert reply.status_code == 400


def read(body: bytes, calls: list[object]) -> dict[str, str]:
    """Read a form, and note the calls of functions that it takes."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def count() -> dict[str, str]:
        headers = [(b"content-type", b"application/x-www-form-urlencoded")]
        sys.setprofile(lambda *call: calls.append(call[1]))  # in this thread alone
        try:
            return await read_form(Request({"type": "http", "headers": headers}, receive))
        finally:
            sys.setprofile(None)

    return run_apart(count())


FORMS = {
    "nothing": (b"", {}),
    "a name alone": (b"a", {"a": ""}),
    "two of a name": (b"a=1&b=2&a=3", {"a": "3", "b": "2"}),
    "nothing between": (b"&a=1&&b=2&", {"a": "1", "b": "2"}),
    "escapes": (b"a%3D=%26%3d%25%2B+%C3%9f%00_", {"a=": "&=%+ \u00df\0_"}),
    "signs of equality": (b"a=b=41==c", {"a": "b=41==c"}),
    "no escapes": (b"a=%&b=%4&c=%zz%%41", {"a": "%", "b": "%4", "c": "%zz%A"}),
    "line ends": (b"a=x%0D%0Ay%0dz%0A&b=%0D\n%\n=\n", {"a": "x\ny\nz\n", "b": "\n%\n=\n"}),
}


@pytest.mark.parametrize("body, fields", FORMS.values(), ids=FORMS)
def test_forms_are_read(body: bytes, fields: dict[str, str]) -> None:
    assert read(body, []) == fields


INVALID = {
    "not ASCII": b"a=\xc3\x9f",
    "not UTF-8": b"a=%ff",
    "many fields": b"&" * 20,
    "many percent signs": b"source=" + b"%" * 200_000,
}


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
def test_forms_that_cannot_be_read_are_refused(body: bytes) -> None:
    calls: list[object] = []
    with pytest.raises(Refused, match="cannot be read"):
        read(body, calls)
    assert len(calls) < 5000


def test_a_long_form_does_not_keep_the_event_loop() -> None:
    """It took two seconds for a program all of whose characters were escaped."""
    calls: list[object] = []
    assert read(b"source=" + b"%0A" * 200_000, calls) == {"source": "\n" * 200_000}
    assert len(calls) < 5000


def test_strangers_cannot_send_much(page: Site) -> None:
    large = {"note": "x" * (64 << 10)}
    for path in ("/in/some-link", "/nothing"):
        reply = page.client.post(path, data=large)
        assert reply.status_code == 413 and "64 KiB" in reply.text

    def parts() -> Iterator[bytes]:  # without a length
        for _ in range(5):
            yield b"x" * (16 << 10)

    headers = {"content-type": "application/x-www-form-urlencoded"}
    reply = page.client.post("/p/mean/run", content=parts(), headers=headers | NDJSON)
    assert reply.status_code == 200


def test_who_leaves_while_sending_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()

    async def leave() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError("nobody waits for a reply")

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", HOST.encode())]}
    run_apart(Guard(app, ADDRESS)(scope, leave, send))
    assert not caplog.messages


def test_a_newer_version_may_be_installed_while_the_pages_are_served(
    page: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Templates of it were used at once, with the code of the old one, and every page failed."""
    monkeypatch.setattr(PackageLoader, "get_source", None)
    assert page.client.get("/p/mean").status_code == 200


def test_static_files_may_be_kept_for_ever(page: Site) -> None:
    text = page.client.get("/").text
    address = text.split('rel="stylesheet" href="')[1].split('"')[0]
    found = page.client.get(address)
    assert "immutable" in found.headers["cache-control"] and ".outcome" in found.text
    old = page.client.get("/static/0123456789abcdef/site.css")  # a page of an older version
    assert old.status_code == 200 and "immutable" not in old.headers["cache-control"]
    for path in ("/static/0/nothing.css", "/static/0/..%2Fbook.py", "/static/0/book.py"):
        assert page.client.get(path).status_code == 404


def test_no_page_is_made_with_a_file_that_does_not_exist() -> None:
    with pytest.raises(KeyError, match=r"nothing\.css"):
        assets().address("nothing.css")


def test_tokens_come_back_with_time() -> None:
    clock = [0.0]
    buckets = Buckets(Rate(per_s=0.5, burst=2), lambda: clock[0])
    assert [buckets.take("me"), buckets.take("me"), buckets.take("me")] == [0, 0, 2]
    assert buckets.take("ada") == 0
    clock[0] = 2
    assert buckets.take("me") == 0
    assert [buckets.take("me", may_owe_s=4) for _ in range(3)] == [2, 4, 6]
    clock[0] = 6
    assert buckets.take("me") == 2


def test_the_book_is_not_for_others(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with site(folder):
        assert folder.stat().st_mode & 0o077 == 0


def test_the_book_is_not_for_others_in_a_folder_that_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    names = [f"{name}{end}" for name in (NAME, JUDGEMENTS) for end in ("", "-wal", "-shm")]
    for name in names[:2]:  # as a server that was killed may have left them
        (tmp_path / name).touch(0o644)
    with site(tmp_path) as page:
        page.stream("/p/mean/run", source=RIGHT)
        modes = {name: oct((tmp_path / name).stat().st_mode & 0o777) for name in names}
    assert modes == dict.fromkeys(names, "0o600")


def test_a_ticket_signs_in_once_and_soon() -> None:
    clock = [0.0]
    authenticator = SingleUser("secret", ADDRESS.cookie("grader"), lambda: clock[0])
    ticket, late = authenticator.ticket(), authenticator.ticket()
    assert [authenticator.is_right(ticket), authenticator.is_right(ticket)] == [True, False]
    clock[0] = 3600
    assert not authenticator.is_right(late) and authenticator.is_right("secret")
