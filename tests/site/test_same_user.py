"""The address that a browser was opened with signs in nobody else on the machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.requests import Request

from grader.site.access import sign_in
from grader.site.access.authenticators import SingleUser
from grader.site.access.links import LinkKind, Links
from grader.site.access.same_user import is_same_user
from grader.site.access.sessions import Sessions
from tests._support.site import classroom_site, site

_HAS_TABLES = Path("/proc/net/tcp").exists()


@contextmanager
def connected(host: str) -> Iterator[Request]:
    """A request of this process to itself at 127.0.0.1."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection((host, listener.getsockname()[1])),
    ):
        accepted, client = listener.accept()
        with accepted:
            server = accepted.getsockname()
            yield Request({"type": "http", "headers": [], "client": client, "server": server})


@pytest.mark.skipif(not _HAS_TABLES, reason="this system has no list of connections")
@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_a_connection_is_of_one_user(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(host) as request:
        assert is_same_user(request)
        me = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: me + 1)
        assert not is_same_user(request)


@pytest.mark.skipif(not _HAS_TABLES, reason="this system has no list of connections")
def test_a_connection_that_is_not_known_is_of_another_user() -> None:
    with connected("127.0.0.1") as request:
        request.scope["client"] = ("127.0.0.2", 1)
        assert not is_same_user(request)


def test_a_socket_without_an_address_is_protected_by_its_rights() -> None:
    assert is_same_user(Request({"type": "http", "headers": [], "client": None}))


def test_another_user_is_not_signed_in_by_what_the_browser_was_opened_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with classroom_site(tmp_path) as course:
        links = Links(course.book, Sessions(course.book))
        (opened,) = links.make(["rivera"], LinkKind.BROWSER).result()
        (sent,) = links.make(["ada"], LinkKind.LINK).result()
        with monkeypatch.context() as patch:
            patch.setattr(sign_in, "is_same_user", lambda request: False)
            stranger = course.stranger()
            for reply in (stranger.get, stranger.post):
                refused = reply(f"/in/{opened.token}")
                assert refused.status_code == 404 and "this link is not valid" in refused.text
            assert stranger.get(f"/in/{sent.token}").status_code == 200
        assert course.stranger().post(f"/in/{opened.token}").status_code == 303  # not used up


def test_a_ticket_is_not_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(tmp_path) as page:
        authenticator = page.settings.authenticator
        assert isinstance(authenticator, SingleUser)
        ticket = authenticator.ticket()
        page.client.cookies.clear()
        with monkeypatch.context() as patch:
            patch.setattr(sign_in, "is_same_user", lambda request: False)
            assert page.client.get(f"/in/{ticket}").status_code == 404
            assert page.client.get(f"/in/{page.book.secret}").status_code == 303
        assert page.client.get(f"/in/{ticket}").status_code == 303
