"""What a public address says: hosts, prefix, cookies."""

from __future__ import annotations

import http.cookies

import pytest
from starlette.requests import Request
from starlette.responses import Response

from grader.errors import UsageError
from grader.site.server.addresses import Address, Cookie, local_address, prefix_of, public_address

PUBLIC = {
    "a host": (
        "https://example.org",
        "https://example.org",
        "",
        {"example.org", "example.org:443"},
    ),
    "a prefix": (
        "https://Example.org/course/",
        "https://example.org",
        "/course",
        {"example.org", "example.org:443"},
    ),
    "a port": ("http://lab:8080/", "http://lab:8080", "", {"lab:8080"}),
    "a port that is usual": (
        "https://lab:443",
        "https://lab",
        "",
        {"lab", "lab:443"},
    ),
    "an address": ("http://[::1]:81/a/b", "http://[::1]:81", "/a/b", {"[::1]:81"}),
    "a hub": (
        "https://hub/user/ada%40x.org",
        "https://hub",
        "/user/ada%40x.org",
        {"hub", "hub:443"},
    ),
}
WRONG = [
    *("", "example.org", "ftp://example.org", "https://", "https://example.org:x"),
    *("https://ada@example.org", "https://example.org/?a", "https://example.org/#a"),
    *("https://example.org/..", "https://example.org/a/./b"),
    *("https://example.org/a b", 'https://example.org/"', "https://example.org//a", "https://[::1"),
]


@pytest.mark.parametrize("url, origin, prefix, hosts", PUBLIC.values(), ids=PUBLIC)
def test_public_addresses(url: str, origin: str, prefix: str, hosts: set[str]) -> None:
    address = public_address(url, [])
    assert (address.origin, address.prefix) == (origin, prefix)
    assert address.hosts is not None and set(address.hosts) == hosts
    assert address.link("/p/mean") == f"{origin}{prefix}/p/mean"


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"--public-url: expected .* found"):
        public_address(url, [])


@pytest.mark.parametrize(
    "path, prefix", [("/", ""), ("", ""), ("course", "/course"), ("/a/b/", "/a/b")], ids=str
)
def test_prefixes(path: str, prefix: str) -> None:
    assert prefix_of(path) == prefix


@pytest.mark.parametrize("path", ["/a b", "/..", "/a/./b", "/a//b", "/é", "/a;b", "/a?b"])
def test_what_is_no_prefix_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match=r"--root-path: expected"):
        prefix_of(path)


COOKIES = {
    "here": (local_address(81).cookie("name"), Cookie("name-81")),
    "a socket": (Address("").cookie("name"), Cookie("name")),
    "TLS": (public_address("https://a", []).cookie("name"), Cookie("__Host-name", "/", True)),
    "TLS, a prefix": (
        public_address("https://a/b", []).cookie("name"),
        Cookie("__Secure-name", "/b", True),
    ),
}


@pytest.mark.parametrize("cookie, expected", COOKIES.values(), ids=COOKIES)
def test_cookies(cookie: Cookie, expected: Cookie) -> None:
    assert cookie == expected
    for act in (lambda reply: cookie.give(reply, "value", 60), cookie.take):
        reply = Response()
        act(reply)
        header = reply.headers["set-cookie"].lower()
        assert "httponly" in header and "samesite=lax" in header
        assert ("secure" in header.split("; ")) == expected.is_secure
        assert f"path={expected.path}" in header.split("; ")


SENT: dict[str, tuple[list[str], str]] = {
    "alone": (["name=a-b_1"], "a-b_1"),
    "among others": (["x=1; name=a; na=2;names=3"], "a"),
    "with blanks": (["x=1 ;  name = a ; y"], "a"),
    "in another header": (["x=1", "name=a"], "a"),
    "twice": (["name=a; name=b"], "b"),
    "in quotes": (['name="a"'], '"a"'),
    "with an equals sign": (["name=a=b"], "a=b"),
    "empty": (["name="], ""),
    "of another case": (["Name=a"], ""),
    "none": ([], ""),
}


@pytest.mark.parametrize("headers, value", SENT.values(), ids=SENT)
def test_value_of_a_cookie_is_that_of_its_name(headers: list[str], value: str) -> None:
    sent = [(b"cookie", header.encode()) for header in headers]
    assert Cookie("name").of(Request({"type": "http", "headers": sent})) == value


def test_cookies_of_others_are_not_unquoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a time that grows with the square of what anybody may send."""

    def unquote(text: str) -> str:
        raise AssertionError("unquoted")

    monkeypatch.setattr(http.cookies, "_unquote", unquote)
    sent = [(b"cookie", b'x="%s"; name=a' % (b'\\"' * 1000))]
    assert Cookie("name").of(Request({"type": "http", "headers": sent})) == "a"
