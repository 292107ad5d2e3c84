"""Signing in by a JupyterHub, of which the server is a service.

The hub here is as much of one as a service talks to. docs/deploying.md says with which real one
this has been tried.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from grader.errors import UsageError
from grader.site.access.logins import BACK
from grader.site.access.oauth import Hub
from tests._support.identity import ADDRESS, leave, query, refused, with_login
from tests._support.site import Class, classroom_site


class FakeHub(BaseHTTPRequestHandler):
    """The part of a hub's API that a service uses to sign people in; a code is a name."""

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        form = parse_qs(self.rfile.read(length).decode())
        is_right = form["client_secret"] == ["token"] and len(form["code_verifier"][0]) >= 43
        self._say(
            200 if is_right else 403, {"access_token": form["code"][0], "token_type": "Bearer"}
        )

    def do_GET(self) -> None:
        kind, _, name = self.headers["authorization"].removeprefix("Bearer ").partition("-")
        self._say(200 if kind != "expired" else 403, {"kind": kind, "name": name})

    def _say(self, status: int, content: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """A course that is a service of a hub."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeHub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    facts = {
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{server.server_port}/hub/api",
        "JUPYTERHUB_API_TOKEN": "token",
        "JUPYTERHUB_CLIENT_ID": "service-grader",
    }
    login = Hub(ADDRESS.origin, facts)
    folder = tmp_path_factory.mktemp("course")
    try:
        with classroom_site(
            folder, address=ADDRESS, adapt=lambda it: with_login(it, login)
        ) as course:
            yield course
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def from_hub(browser: TestClient, code: str) -> httpx.Response:
    away = leave(browser)
    assert away.startswith("https://practice.example.org/hub/api/oauth2/authorize?")
    return browser.get(f"{BACK}?code={code}&state={query(away)['state']}")


def test_a_hub_names_its_users(hub: Class) -> None:
    browser = hub.stranger()
    assert from_hub(browser, "user-ada").status_code == 303
    assert "Ada Lovelace" in browser.get("/me").text


def test_a_browser_has_one_session(hub: Class) -> None:
    browser, members = hub.stranger(), hub.desk.members
    for person in ("ben", "ben", "cai"):
        assert from_hub(browser, f"user-{person}").status_code == 303
    assert "Cai Lun" in browser.get("/me").text
    assert (len(members.sessions.of("ben")), len(members.sessions.of("cai"))) == (0, 1)


def test_strangers_cannot_have_a_hub_asked_by_very_many_at_once(
    hub: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = hub.stranger()
    away = leave(browser)
    back = f"{BACK}?code=user-dia&state={query(away)['state']}"
    with monkeypatch.context() as patch:
        patch.setitem(vars(hub.desk.sso), "_asking", asyncio.Semaphore(0))
        for path in ("/login", back):
            reply = browser.get(path)
            assert reply.status_code == 503 and "many people are signing in" in reply.text
            assert reply.headers["retry-after"] == "5"
    assert browser.get(back).status_code == 303  # nothing was used up
    assert "Dia Mirza" in browser.get("/me").text


def test_a_page_that_is_open_offers_to_sign_in_again_by_the_hub(hub: Class) -> None:
    browser = hub.stranger()
    from_hub(browser, "user-ada")
    page = browser.get("/p/mean-1").text
    assert 'href="/ml/login" target="_blank"' in page and "Your link, or a code" in page


@pytest.mark.parametrize(
    "code, words",
    [
        ("user-eve", "nobody of this course has that id"),
        ("service-ada", "did not say who you are"),
        ("expired-ada", "does not answer"),
    ],
)
def test_others_of_a_hub_are_told_in_words(hub: Class, code: str, words: str) -> None:
    browser = hub.stranger()
    refused(from_hub(browser, code), browser, words)


def test_what_a_hub_gives_to_a_service_is_needed() -> None:
    with pytest.raises(UsageError, match="--jupyterhub: expected JUPYTERHUB_API_TOKEN"):
        Hub("https://hub", {})
