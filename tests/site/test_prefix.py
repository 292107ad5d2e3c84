"""All pages below a prefix: links, forms, scripts and redirects stay there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from grader.errors import UsageError
from grader.site.prefix import Prefix, check_prefix
from tests._support.site import HOST, RIGHT, Site, site

PREFIX = "/rooms/numbers%20101"
TEMPLATES = files("grader.site") / "templates"


@pytest.mark.parametrize("name", sorted(each.name for each in TEMPLATES.iterdir()))
def test_templates_put_the_prefix_before_their_addresses(name: str) -> None:
    text = (TEMPLATES / name).read_text("utf-8")
    found = re.findall(r'\b(?:href|action|formaction|src)="/[^"]*', text)
    assert not found, 'write href="{{ root() }}/…": the pages may be below a prefix'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book")) as running:
        yield running


@pytest.fixture(params=["kept", "removed"])
def client(page: Site, request: pytest.FixtureRequest) -> TestClient:
    """A client of a proxy that leaves the prefix in paths, or removes it."""
    below = Prefix(page.client.app, PREFIX)
    origin = f"http://{HOST}{PREFIX if request.param == 'kept' else ''}"
    client = TestClient(below, origin, cookies=page.client.cookies, follow_redirects=False)
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


def test_without_a_prefix_nothing_is_added(page: Site) -> None:
    assert all(
        each.startswith("/") and PREFIX not in each for each in addresses(page.client.get("/").text)
    )


def test_what_only_begins_like_the_prefix_is_another_page(page: Site) -> None:
    client = TestClient(
        Prefix(page.client.app, "/room"), f"http://{HOST}", cookies=page.client.cookies
    )
    client.portal = page.client.portal
    assert client.get("/rooms").status_code == 404
    assert client.get("/room").status_code == 200


def test_a_prefix_that_is_a_page_is_refused() -> None:
    routes = [Route("/p/{slug}", lambda request: None), Route("/healthz", lambda request: None)]
    for prefix in ("/p", "/healthz"):
        with pytest.raises(UsageError, match="beginning of a page's own path"):
            check_prefix(prefix, routes)
    for prefix in ("", "/pages", "/course"):
        check_prefix(prefix, routes)
