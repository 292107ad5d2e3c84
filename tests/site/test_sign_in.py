"""Signing in to a course: links, codes, sessions, and signing out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from grader.site.access.authenticators import Members
from grader.site.access.devices import device_of
from grader.site.access.links import MAX_WRONG_CODES, LinkKind, Links
from grader.site.access.people import Person, Registry
from grader.site.access.sessions import MAX_SESSION, Sessions, hash_of
from grader.site.records.book import NAME, Book
from grader.site.records.notes import time_of
from grader.site.server.addresses import public_address
from tests._support.site import HOST, Class, classroom_site, course_in, site

FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:147.0) Gecko/147.0 Firefox/147.0"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    with classroom_site(tmp_path_factory.mktemp("course")) as running:
        yield running


def link_for(room: Class, person: str, kind: LinkKind = LinkKind.LINK) -> str:
    """Return the path of a new link."""
    (link,) = members(room).links.make([person], kind).result()
    return f"/in/{link.token}"


def members(room: Class) -> Members:
    assert isinstance(room.settings.authenticator, Members)
    return room.settings.authenticator


def sign_in(room: Class, person: str) -> TestClient:
    client = room.stranger()
    path = link_for(room, person)
    client.get(path)
    assert client.post(path).status_code == 303
    return client


# Links -------------------------------------------------------------------------------------------


def test_opening_a_link_shows_a_name_and_signs_nobody_in(room: Class) -> None:
    browser, path = room.stranger(), link_for(room, "ada")
    for _ in range(3):
        page = browser.get(path)
        assert page.status_code == 200 and "Ada Lovelace" in page.text
        assert browser.head(path).status_code == 200
        assert browser.get("/").status_code == 401
    reply = browser.post(path)
    assert reply.status_code == 303 and reply.headers["location"] == "/"
    assert browser.get("/").status_code == 200


def test_a_link_signs_in_one_browser(room: Class) -> None:
    first, second, path = room.stranger(), room.stranger(), link_for(room, "ada")
    for browser in (first, second):
        assert browser.get(path).status_code == 200
    assert first.post(path).status_code == 303
    assert second.post(path).status_code == 404 and second.get(path).status_code == 404
    assert second.get("/").status_code == 401


def test_a_used_link_in_the_same_browser_goes_on(room: Class) -> None:
    browser, path = room.stranger(), link_for(room, "ada")
    browser.get(path)
    browser.post(path)
    for reply in (browser.get(path), browser.post(path)):
        assert (reply.status_code, reply.headers["location"]) == (303, "/")


def test_an_unused_link_is_kept_by_a_browser_that_is_signed_in(room: Class) -> None:
    browser = sign_in(room, "ada")
    path = link_for(room, "ada")
    assert browser.get(path).status_code == browser.post(path).status_code == 303
    assert room.stranger().get(path).status_code == 200


def test_a_request_whose_reply_was_lost_can_be_repeated(room: Class) -> None:
    browser, path = room.stranger(), link_for(room, "ada")
    browser.get(path)
    before = dict(browser.cookies)
    browser.post(path)
    browser.cookies.clear()
    browser.cookies.update(before)  # as if the cookie of the session had never come
    assert browser.get("/").status_code == 401
    assert "Ada Lovelace" in browser.get(path).text
    assert browser.post(path).status_code == 303 and browser.get("/").status_code == 200
    assert len(members(room).sessions.of("ada")) >= 1


def test_a_double_click_begins_one_session(room: Class) -> None:
    browser, path = room.stranger(), link_for(room, "eli")
    browser.get(path)
    nonce = dict(browser.cookies)
    clicks = [room.stranger() for _ in range(4)]
    for each in clicks:
        each.cookies.update(nonce)
    with ThreadPoolExecutor(len(clicks)) as threads:
        replies = list(threads.map(lambda each: each.post(path), clicks))
    assert [each.status_code for each in replies] == [303] * len(clicks)
    assert len({each.headers["set-cookie"] for each in replies}) == 1
    assert len(members(room).sessions.of("eli")) == 1


def test_a_browser_of_somebody_else_is_not_taken_over(room: Class) -> None:
    browser, path = sign_in(room, "ben"), link_for(room, "ada")
    for reply in (browser.get(path), browser.post(path)):
        assert reply.status_code == 409 and "signed in as Ben Okri" in reply.text
        assert "<h1>This cannot be done</h1>" in reply.text
    assert room.stranger().get(path).status_code == 200


def test_a_new_link_replaces_an_unused_one(room: Class) -> None:
    old, new = link_for(room, "ada"), link_for(room, "ada")
    other = link_for(room, "ben")
    browser = room.stranger()
    assert browser.get(old).status_code == browser.post(old).status_code == 404
    assert browser.get(new).status_code == browser.get(other).status_code == 200


def test_the_link_at_the_start_leaves_the_other_one(room: Class) -> None:
    lasting = link_for(room, "rivera")
    first, second = (link_for(room, "rivera", LinkKind.START) for _ in range(2))
    replies = [room.stranger().get(path).status_code for path in (lasting, first, second)]
    assert replies == [200, 404, 200]


def test_scripts_sign_in_by_a_link_of_their_person_alone(room: Class) -> None:
    scopes = {each: room.desk.scope(each) for each in ("ada", "ben")}
    browser, path = room.stranger(), link_for(room, "ada")
    headers = {"accept": "application/json", "x-scope": scopes["ben"]}
    reply = browser.post(path, headers=headers)
    assert reply.status_code == 409 and "somebody else" in reply.json()["message"]
    reply = browser.post(path, headers=headers | {"x-scope": scopes["ada"]})
    assert reply.json() == {"signed_in": True} and browser.get("/").status_code == 200


# Codes -------------------------------------------------------------------------------------------


def code_of(browser: TestClient) -> tuple[str, str]:
    """Make a code on a device; return its digits and the path of the link beside it."""
    page = browser.post("/me/device").text
    digits, link = re.search(r'class="digits">([\d ]+)<', page), re.search(r"(/in/[\w-]+)<", page)
    assert digits is not None and link is not None
    return digits[1], link[1]


def test_a_code_signs_in_another_device_once(room: Class) -> None:
    here, phone = sign_in(room, "cai"), room.stranger()
    phone.headers["user-agent"] = FIREFOX
    digits, _ = code_of(here)
    assert phone.get("/code").status_code == 200
    typed = {"person": " Cai ", "code": digits, "next": "/p/mean-1"}
    reply = phone.post("/code", data=typed)
    assert (reply.status_code, reply.headers["location"]) == (303, "/p/mean-1")
    assert "Firefox on Android" in here.get("/me").text
    assert room.stranger().post("/code", data=typed).status_code == 403


def test_a_code_in_a_browser_that_is_signed_in_is_not_used_up(room: Class) -> None:
    here, browser = sign_in(room, "cai"), sign_in(room, "cai")
    digits, _ = code_of(here)
    typed = {"person": "Cai", "code": digits, "next": "/p/mean-1"}
    assert browser.post("/code", data=typed).headers["location"] == "/p/mean-1"
    reply = sign_in(room, "ben").post("/code", data=typed)
    assert reply.status_code == 409 and "signed in as Ben Okri" in reply.text
    assert room.stranger().post("/code", data=typed).status_code == 303


def test_ids_that_differ_in_capitals_alone_are_of_two_people(tmp_path: Path) -> None:
    course_in(tmp_path)
    with (tmp_path / "class.csv").open("a") as roster:
        roster.write("gus,Gus One,A,\nGUS,Gus Two,A,\n")
    with classroom_site(tmp_path) as room:
        for person in ("gus", "GUS"):
            digits, _ = code_of(sign_in(room, person))
            browser = room.stranger()
            typed = {"person": person, "code": digits}
            assert browser.post("/code", data=typed).status_code == 303
            assert f"<code>{person}</code>" in browser.get("/me").text


def test_the_link_beside_a_code_is_used_up_with_it(room: Class) -> None:
    here = sign_in(room, "cai")
    digits, path = code_of(here)
    assert room.stranger().post("/code", data={"person": "cai", "code": digits}).status_code == 303
    assert room.stranger().post(path).status_code == 404
    digits, path = code_of(here)
    assert room.stranger().post(path).status_code == 303
    assert room.stranger().post("/code", data={"person": "cai", "code": digits}).status_code == 403


def wrong(digits: str) -> str:
    return f"{(int(digits.replace(' ', '')) + 1) % 1_000_000:06}"


def test_wrong_codes_void_the_right_one(room: Class) -> None:
    digits, path = code_of(sign_in(room, "cai"))
    for count in range(MAX_WRONG_CODES):
        reply = room.stranger().post("/code", data={"person": "cai", "code": wrong(digits)})
        assert reply.status_code == 403, count
    assert room.stranger().post("/code", data={"person": "cai", "code": digits}).status_code == 403
    assert room.stranger().post(path).status_code == 303  # nobody guesses 192 bits


def test_many_guesses_at_once_are_counted_too(room: Class) -> None:
    """All of them wait for one thread, and each sees those before it."""
    digits, _ = code_of(sign_in(room, "cai"))
    links = members(room).links
    guesses = [links.use_code("cai", wrong(digits), "nonce", "a test") for _ in range(50)]
    last = links.use_code("cai", digits.replace(" ", ""), "nonce", "a test")
    assert {each.result() for each in (*guesses, last)} == {None}


def test_an_old_code_is_replaced_and_a_new_one_may_be_tried_again(room: Class) -> None:
    here = sign_in(room, "cai")
    old, _ = code_of(here)
    for _ in range(MAX_WRONG_CODES):
        room.stranger().post("/code", data={"person": "cai", "code": wrong(old)})
    new, _ = code_of(here)
    replies = [
        room.stranger().post("/code", data={"person": "cai", "code": code}).status_code
        for code in (old, new)
    ]
    assert replies == ([303, 403] if old == new else [403, 303])


@pytest.mark.parametrize(
    "there",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "/p\n/x", "", "p/mean-1"],
)
def test_after_a_code_one_stays_on_this_server(room: Class, there: str) -> None:
    digits, _ = code_of(sign_in(room, "cai"))
    typed = {"person": "cai", "code": digits, "next": there}
    assert room.stranger().post("/code", data=typed).headers["location"] == "/"


ASKED = {
    "a page": ("/p/mean-1", "/p/mean-1"),
    "with a query": ("/class?view=live", "/class?view=live"),
    "an id with a mark and a blank": ("/class/a%3Fb%20c/mean-1", "/class/a%3Fb%20c/mean-1"),
    "an id in any script": ("/class/%C3%A9/mean-1", "/class/%C3%A9/mean-1"),
}


@pytest.mark.parametrize("asked, page", ASKED.values(), ids=ASKED)
def test_after_signing_in_the_page_that_was_asked_for_opens(
    room: Class, asked: str, page: str
) -> None:
    reply = room.stranger().get(asked)
    assert reply.status_code == 401 and f'name="next" value="{page}"' in reply.text


# Sessions ----------------------------------------------------------------------------------------


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Sessions, Links, Clock]]:
    book, clock = Book(tmp_path), Clock()
    Registry(book).update([Person("ada", "Ada"), Person("ben", "Ben")]).result()
    sessions = Sessions(book, clock)
    yield sessions, Links(book, sessions, clock), clock
    book.close()


VALID = {
    LinkKind.LINK: {"days": 14},
    LinkKind.START: {"hours": 1},
    LinkKind.BROWSER: {"minutes": 2},
    LinkKind.CODE: {"minutes": 10},
}


@pytest.mark.parametrize("kind", LinkKind, ids=str)
def test_links_expire(kept: tuple[Sessions, Links, Clock], kind: LinkKind) -> None:
    _, links, clock = kept
    (link,) = links.make(["ada"], kind).result()
    clock.pass_(**VALID[kind])
    clock.pass_(seconds=-1)
    assert links.find(link.token, "nonce") == "ada"
    clock.pass_(seconds=1)
    assert links.find(link.token, "nonce") is None
    assert links.use(link.token, "nonce", "a test").result() is None


def test_codes_expire(kept: tuple[Sessions, Links, Clock]) -> None:
    _, links, clock = kept
    code = links.make_code("ada").result()
    clock.pass_(minutes=10)
    assert links.use_code("ada", code.digits, "nonce", "a test").result() is None
    assert links.find(code.token, "nonce") is None


def test_a_session_lasts_as_long_as_it_is_used_but_not_for_ever(
    kept: tuple[Sessions, Links, Clock],
) -> None:
    sessions, _, clock = kept
    secret = sessions.begin("ada", "a test").result()
    begun = clock.now
    while (session := sessions.find(secret)) is not None:
        sessions.note_use(session)
        sessions.prune().result()
        assert sessions.of("ada")[0].seen_at == time_of(clock.now)
        clock.pass_(days=20)
    assert clock.now - begun >= MAX_SESSION and clock.now - begun < MAX_SESSION + timedelta(days=20)
    assert sessions.of("ada") == [] and sessions.use() == {}


def test_a_session_that_is_not_used_ends(kept: tuple[Sessions, Links, Clock]) -> None:
    sessions, _, clock = kept
    secret = sessions.begin("ada", "a test").result()
    clock.pass_(days=30)
    assert sessions.find(secret) is None


def test_recent_use_is_not_written_each_time(kept: tuple[Sessions, Links, Clock]) -> None:
    sessions, _, clock = kept
    secret = sessions.begin("ada", "a test").result()
    clock.pass_(minutes=4)
    session = sessions.find(secret)
    assert session is not None
    sessions.note_use(session)
    sessions.prune().result()  # after what was written before
    assert sessions.find(secret) == session


def test_who_has_signed_in_and_who_has_a_link(kept: tuple[Sessions, Links, Clock]) -> None:
    sessions, links, clock = kept
    link, _ = links.make(["ada", "ben"], LinkKind.LINK).result()
    assert set(links.until()) == {"ada", "ben"}
    links.use(link.token, "nonce", "a test").result()
    assert set(links.until()) == {"ben"}
    assert sessions.use()["ada"].devices == 1
    clock.pass_(days=200)
    links.prune().result()
    assert links.was_of(link.token) is None and not links.until()


def test_the_book_has_no_secret(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as room:
        browser, path = room.stranger(), link_for(room, "ada")
        browser.get(path)
        browser.post(path)
        digits, other = code_of(browser)
        secrets = [path[4:], other[4:], hash_of(digits.replace(" ", ""))]
        secrets += list(browser.cookies.values())
    data = b"".join(each.read_bytes() for each in (tmp_path / "book").glob(f"{NAME}*"))
    assert [each for each in secrets if each.encode() in data] == []
    assert hash_of(path[4:]).encode() in data


# Signing out -------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_and_clears_the_browser(room: Class) -> None:
    browser = sign_in(room, "dia")
    cookies = dict(browser.cookies)
    reply = browser.post("/out")
    assert reply.headers["location"] == "/out" and "storage" in reply.headers["clear-site-data"]
    assert "cookies" not in reply.headers["clear-site-data"]  # those of other servers here
    assert browser.get("/out").status_code == 200 and browser.get("/").status_code == 401
    browser.cookies.update(cookies)  # somebody has kept the cookie
    assert browser.get("/").status_code == 401


def test_what_another_person_left_on_the_device_stays(room: Class) -> None:
    reply = sign_in(room, "dia").post("/out", data={"keeps": "others"})
    assert reply.headers["clear-site-data"] == '"cache"'


def test_another_device_can_be_signed_out(room: Class) -> None:
    here, there = sign_in(room, "fay"), sign_in(room, "fay")
    found = re.search(r'name="session" value="(\w+)"', here.get("/me").text)
    assert found is not None
    stranger = sign_in(room, "dia")
    stranger.post("/me/out", data={"session": found[1]})
    assert there.get("/").status_code == 200  # it is not hers
    assert here.post("/me/out", data={"session": found[1]}).status_code == 303
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 401)


def test_one_person_alone_can_sign_out_too(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        assert page.client.get("/me").status_code == 200
        assert page.client.post("/out").headers["location"] == "/out"
        assert page.client.get("/out").status_code == 200
        assert page.client.get("/").status_code == 401
        headers = {"accept": "application/json"}
        reply = page.client.post(f"/in/{page.book.secret}", headers=headers)
        assert reply.json() == {"signed_in": True} and page.client.get("/").status_code == 200
        assert page.client.get("/me/device").status_code == 404
        assert page.client.get("/code").status_code == 404


# Cookies and browsers ----------------------------------------------------------------------------


def test_cookies_behind_tls_are_for_this_host_by_https_alone(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as room:
        address = public_address(f"https://{HOST}", [])
        secure = Members(room.book, address.cookie("grader"))
        room.desk.__dict__["authenticator"] = secure
        (link,) = secure.links.make(["ada"], LinkKind.LINK).result()
        browser = TestClient(room.app, f"https://{HOST}", follow_redirects=False)
        browser.portal = room.client.portal
        browser.get(f"/in/{link.token}")
        cookie = browser.post(f"/in/{link.token}").headers["set-cookie"]
        assert cookie.startswith("__Host-grader-8321=") and "Domain" not in cookie
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert f"https://{HOST}/in/" in browser.post("/me/device").text


AGENTS = {
    FIREFOX: "Firefox on Android",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0": "Edge on Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/19.1 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/149.0.0.0 Safari/537.36": "Chrome on Linux",
    "curl/8.5": "A browser",
    "": "A browser",
}


@pytest.mark.parametrize("agent, words", AGENTS.items())
def test_browsers_in_words(agent: str, words: str) -> None:
    assert device_of(agent) == words
