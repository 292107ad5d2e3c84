"""All pages below a prefix: links, forms, scripts and redirects stay there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from grader.errors import UsageError
from grader.site.server.addresses import local_address
from grader.site.server.prefix import check_prefix
from tests._support.site import HOST, PORT, RIGHT, Site, site

PREFIX = "/rooms/numbers%20101"
TEMPLATES = Path(str(files("grader.site") / "templates"))
TEMPLATE_NAMES = sorted(str(each.relative_to(TEMPLATES)) for each in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_templates_put_the_prefix_before_their_addresses(name: str) -> None:
    text = (TEMPLATES / name).read_text("utf-8")
    found = re.findall(r'\b(?:href|action|formaction|src)="/[^"]*', text)
    assert not found, 'write href="{{ root() }}/…": the pages may be below a prefix'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book"), address=local_address(PORT, PREFIX)) as running:
        yield running


@pytest.fixture(params=["kept", "removed"])
def client(page: Site, request: pytest.FixtureRequest) -> TestClient:
    """A client of a proxy that leaves the prefix in paths, or removes it."""
    if request.param == "kept":
        return page.client

    async def removing(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(unquote(PREFIX))
        await page.client.app({**scope, "path": path}, receive, send)

    client = TestClient(
        removing, str(page.client.base_url), cookies=page.client.cookies, follow_redirects=False
    )
    client.portal = page.client.portal
    return client


def addresses(text: str) -> list[str]:
    found = re.findall(r'(?:href|action|formaction|src)="([^"]*)', text)
    return [each for each in found if not each.startswith(("#", "data:"))]


def test_every_address_has_the_prefix(client: TestClient) -> None:
    sent = client.post("/p/mean/submit", data={"source": RIGHT})
    assert sent.status_code == 303 and sent.headers["location"].startswith(PREFIX + "/a/")
    attempt = sent.headers["location"].removeprefix(PREFIX)
    for path in ("/", "/p/mean", "/p/mean/history", attempt, "/nothing"):
        text = client.get(path).text
        found = addresses(text)
        assert len(found) > 4 and all(each.startswith(PREFIX + "/") for each in found), path
    style = next(each for each in found if each.endswith("site.css"))
    assert client.get(style.removeprefix(PREFIX)).status_code == 200


SLASHES = {
    "/p/mean/": (307, "/p/mean"),
    "/p/mean/history//?first=a": (307, "/p/mean/history?first=a"),
    "/nothing/": (307, "/nothing"),
    "//evil.example/": (404, None),
    "//": (404, None),
}


@pytest.mark.parametrize("path, reply", SLASHES.items(), ids=SLASHES)
def test_a_slash_at_the_end_leads_to_the_page_without(
    client: TestClient, path: str, reply: tuple[int, str | None]
) -> None:
    """Below the prefix, and at whatever host and scheme the proxy has."""
    found = client.get(f"http://{HOST}{PREFIX}{path}")
    status, page = reply
    assert found.status_code == status
    assert found.headers.get("location") == (page and PREFIX + page)


def test_the_cookie_stays_below_the_prefix(page: Site) -> None:
    signed_in = page.client.get(f"/in/{page.book.secret}")
    assert f"path={PREFIX}" in signed_in.headers["set-cookie"].lower().split("; ")


def test_signing_out_leaves_what_other_programs_of_the_host_have_stored(tmp_path: Path) -> None:
    with site(tmp_path, address=local_address(PORT, "/room")) as page:
        reply = page.client.post(f"http://{HOST}/room/out")
        assert reply.status_code == 303 and reply.headers["clear-site-data"] == '"cache"'


def test_what_only_begins_like_the_prefix_is_another_page(tmp_path: Path) -> None:
    with site(tmp_path, address=local_address(PORT, "/room")) as page:
        for path, status in (("/rooms", 404), ("/room", 200), ("/room/p/mean", 200)):
            assert page.client.get(f"http://{HOST}{path}").status_code == status, path


def test_a_prefix_that_is_a_page_is_refused() -> None:
    routes = [Route("/p/{slug}", lambda request: None), Route("/healthz", lambda request: None)]
    for prefix in ("/p", "/healthz"):
        with pytest.raises(UsageError, match="beginning of a page's own path"):
            check_prefix(prefix, routes)
    for prefix in ("", "/pages", "/course"):
        check_prefix(prefix, routes)
