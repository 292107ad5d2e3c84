"""Nobody is somebody else: forged ids, links, roles, hosts and names."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from grader.site.access.authenticators import Members
from grader.site.access.links import LinkKind
from grader.site.access.sessions import hash_of
from tests._support.site import HOST, NDJSON, RIGHT, Class, Site, classroom_site

ATTEMPT = "attempt-of-ada"
PUBLIC = {"/static/{version}/{name}", "/healthz", "/readyz", "/in/{token}", "/code", "/out"}
PUBLIC |= {"/login", "/oauth_callback"}  # there is none without a login of the institution
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    with classroom_site(tmp_path_factory.mktemp("course")) as running:
        running.as_("ada").stream("/p/mean-1/submit", source=RIGHT, id=ATTEMPT)
        running.as_("ada").save(RIGHT + "# by ada\n", 0, "mean-1")
        yield running


def members(room: Class) -> Members:
    assert isinstance(room.settings.authenticator, Members)
    return room.settings.authenticator


# Every route of the application ------------------------------------------------------------------


def routes(room: Class) -> Iterator[tuple[str, str, str]]:
    """Yield the method, the path as written, and an address of every route."""
    values = {"slug": "mean-1", "id": ATTEMPT, "first": "starter", "second": "now"}
    for route in room.app.routes:
        assert isinstance(route, Route) and route.methods, "a route that this test cannot walk"
        address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: values.get(m[1], "unknown"), route.path)
        for method in sorted(route.methods - {"HEAD"}):
            yield method, route.path, address


def ask(client: TestClient, method: str, address: str, **headers: str) -> Response:
    content = b"" if method in ("GET", "HEAD") else b"person=ada&session=none&kind=try"
    kind = FORM if content else {}
    reply: Response = client.request(method, address, content=content, headers=kind | headers)
    return reply


def test_nothing_is_shown_without_a_session(room: Class) -> None:
    found = {}
    for method, path, address in routes(room):
        reply = ask(room.stranger(), method, address)
        if path not in PUBLIC and reply.status_code != 401:
            found[method, path] = reply.status_code
    assert found == {}
    assert "Sign in" in room.stranger().get("/p/mean-1").text


def test_pages_of_the_staff_do_not_exist_for_students(room: Class) -> None:
    walked = 0
    for method, path, address in routes(room):
        if path.startswith("/class"):
            walked += 1
            replies = [ask(room.as_("ada").client, method, each) for each in (address, "/nothing")]
            assert [each.status_code for each in replies] == [404, 404], (method, path)
            assert replies[0].content == replies[1].content
    assert walked >= 3


# Who may do what to whom -------------------------------------------------------------------------


def test_an_attempt_of_somebody_else_is_like_none(room: Class) -> None:
    for path in ("/a/{}", "/a/{}/report.html"):
        replies = []
        for id in (ATTEMPT, "attempt-of-none"):
            client = room.as_("ben").client
            replies += [client.get(path.format(id)), client.get(path.format(id), headers=NDJSON)]
        assert {each.status_code for each in replies} == {404}
        assert replies[0].content == replies[2].content and replies[1].content == replies[3].content
        for each in replies:  # it is another one for each request
            each.headers.pop("x-request-id")
        assert dict(replies[0].headers) == dict(replies[2].headers)


def test_an_id_of_somebody_else_starts_nothing(room: Class) -> None:
    ben = room.as_("ben")
    reply = ben.client.post(
        "/p/mean-1/submit", data={"source": RIGHT, "id": ATTEMPT}, headers=NDJSON
    )
    assert reply.status_code == 409
    assert [each.person for each in room.book.attempts("ada")] == ["ada"]
    assert room.book.attempts("ben") == []


def test_texts_of_somebody_else_are_not_found(room: Class) -> None:
    ben = room.as_("ben").client
    assert "by ada" in room.as_("ada").client.get("/p/mean-1").text
    assert "by ada" not in ben.get("/p/mean-1").text + ben.get("/p/mean-1/history").text
    assert ben.get(f"/p/mean-1/history/{ATTEMPT}/now").status_code == 404
    assert ben.post("/p/mean-1/restore", data={"text": ATTEMPT}).status_code == 404


def asked_about(room: Class, who: str, whom: str, action: str) -> Response:
    reply: Response = room.as_(who).client.post(f"/class/people/{action}", data={"person": whom})
    return reply


@pytest.mark.parametrize("action", ["link", "out"])
def test_assistants_reach_their_sections_alone(room: Class, action: str) -> None:
    nobody = asked_about(room, "okafor", "nobody", action)
    for whom in ("dia", "rivera"):
        reply = asked_about(room, "okafor", whom, action)
        assert (reply.status_code, reply.content) == (404, nobody.content)
    for who, whom in (("okafor", "ada"), ("okafor", "okafor"), ("rivera", "dia")):
        assert asked_about(room, who, whom, action).status_code in (200, 303)
    page = room.as_("okafor").client.get("/class/people").text
    assert "Ada Lovelace" in page and "Dia Mirza" not in page and "Rosa Rivera" not in page


def test_another_person_in_the_same_browser_gets_no_text(room: Class) -> None:
    """The page of Ada is still open when Ben signs in; what it sends is not kept as his."""
    ben, scope = room.as_("ben"), room.desk.scope("ada")
    headers = {"x-scope": scope, "if-match": '"0"'}
    reply = ben.client.put("/p/mean-2/draft", content=b"by ada", headers=headers)
    assert reply.status_code == 401 and "somebody else" in reply.json()["message"]
    reply = ben.client.post(f"/p/mean-2/run?as={scope}", data={"source": "by ada"})
    assert reply.status_code == 401 and "somebody else" in reply.text
    assert room.book.draft("ben", "mean-2") is None and room.book.attempts("ben") == []
    own = {"x-scope": room.desk.scope("ben"), "if-match": '"0"'}
    assert ben.client.put("/p/mean-2/draft", content=b"", headers=own).status_code == 200


# Links and codes ---------------------------------------------------------------------------------


def test_all_links_that_sign_nobody_in_look_the_same(room: Class) -> None:
    """Unknown, used, expired, replaced, and of a person who has left the roster."""
    links = members(room).links
    used, replaced, gone, old = links.make(["ben", "cai", "fay", "dia"], LinkKind.LINK).result()
    expired = "UPDATE link SET expires_at = '2026-01-01T00:00:00.000Z' WHERE hash = ?"
    room.book.write(lambda book: book.execute(expired, (hash_of(old.token),))).result()
    assert room.stranger().post(f"/in/{used.token}").status_code == 303
    links.make(["cai"], LinkKind.LINK).result()
    classroom = room.desk.classroom
    assert classroom is not None
    room.desk.registry.update([each for each in classroom.people if each.id != "fay"]).result()
    tokens = [each.token for each in (used, replaced, gone, old)]
    tokens += [secrets.token_urlsafe(24), "x", "%00"]
    try:
        for send in ("GET", "POST"):
            replies = [ask(room.stranger(), send, f"/in/{each}") for each in tokens]
            assert {each.status_code for each in replies} == {404}
            assert len({each.content for each in replies}) == 1
            assert all("set-cookie" not in each.headers for each in replies)
    finally:
        room.desk.registry.update(classroom.people).result()


def test_a_code_cannot_be_used_as_a_link(room: Class) -> None:
    """It would be guessed without a bound."""
    code = members(room).links.make_code("ada").result()
    for guess in (code.digits, f"ada%00{code.digits}", f"code%00ada%00{code.digits}"):
        assert room.stranger().post(f"/in/{guess}").status_code == 404


def test_no_code_says_who_takes_part(room: Class) -> None:
    members(room).links.make_code("ada").result()
    bodies = set()
    for person in ("ada", "ben", "nobody", "", "x" * 200, "\x00", "'; --"):
        data = {"person": person, "code": "abcdef"}
        reply = room.stranger().post("/code", data=data, headers={"accept": "application/json"})
        assert reply.status_code == 403
        bodies.add(reply.content)
    assert len(bodies) == 1


def test_who_leaves_the_roster_is_signed_out_and_cannot_come_back(room: Class) -> None:
    classroom, browser = room.desk.classroom, room.stranger()
    assert classroom is not None
    links = members(room).links
    (link,) = links.make(["fay"], LinkKind.LINK).result()
    code = links.make_code("fay").result()
    fay = room.as_("fay").client
    room.desk.registry.update([each for each in classroom.people if each.id != "fay"]).result()
    try:
        assert fay.get("/").status_code == fay.post("/me/device").status_code == 401
        data = {"person": "fay", "code": code.digits}
        assert browser.post("/code", data=data).status_code == 403
        for token in (link.token, code.token):
            assert browser.get(f"/in/{token}").status_code == 404
            assert browser.post(f"/in/{token}").status_code == 404
        assert fay.post("/out").status_code == 303
    finally:
        room.desk.registry.update(classroom.people).result()


def test_a_forged_nonce_gives_no_session(room: Class) -> None:
    """Who has set a victim's nonce, and later gets the used link, still lacks the secret."""
    (link,) = members(room).links.make(["ada"], LinkKind.LINK).result()
    victim, thief = room.stranger(), room.stranger()
    victim.cookies.set("grader-8321-nonce", "known")
    assert victim.post(f"/in/{link.token}").status_code == 303
    secret = victim.cookies["grader-8321"]
    assert "known" not in secret and link.token not in secret
    thief.cookies.set("grader-8321", "known")
    assert thief.get("/").status_code == 401


# Requests from elsewhere -------------------------------------------------------------------------

FORGED = {
    "another host": ({"host": "evil.example"}, 421),
    "another origin": ({"origin": "http://evil.example"}, 403),
    "another site": ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 403),
    "another server here": ({"sec-fetch-site": "same-site"}, 403),
}
CHANGES = (
    "/in/{}",
    "/code",
    "/out",
    "/me/out",
    "/me/device",
    "/class/people/link",
    "/class/people/out",
)


@pytest.mark.parametrize("headers, status", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("path", CHANGES)
def test_no_other_page_signs_in_or_out(
    room: Class, path: str, headers: dict[str, str], status: int
) -> None:
    (link,) = members(room).links.make(["ada"], LinkKind.LINK).result()
    client = (
        room.as_("rivera").client if path.startswith(("/me", "/cl", "/out")) else room.stranger()
    )
    reply = ask(client, "POST", path.format(link.token), **headers)
    assert reply.status_code == status
    assert room.stranger().get(f"/in/{link.token}").status_code == 200  # it is as it was
    if len(client.cookies):
        assert client.get("/").status_code == 200


def test_a_mail_client_on_the_web_may_open_a_link(room: Class) -> None:
    (link,) = members(room).links.make(["ada"], LinkKind.LINK).result()
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    page = room.stranger().get(f"/in/{link.token}", headers=headers)
    assert page.status_code == 200 and page.headers["referrer-policy"] == "no-referrer"


# Names -------------------------------------------------------------------------------------------

ODD_ROSTER = """\
id,name,section
ada,<script>alert(1)</script>,A
"b""'<i>",Ben \u202egnirt\u202c \u2066x\u2069,A
cai,"=HYPERLINK(""http://evil.example"")",<b>A</b>
"""
ODD_COURSE = """\
title: Means
staff: [{id: rivera, name: "<b>Rosa</b>\\u202e"}]
assignments: [{assignment: hw1.yaml, graded: hw1}]
"""


def test_names_are_text(tmp_path: Path) -> None:
    with classroom_site(tmp_path):
        pass
    (tmp_path / "class.csv").write_text(ODD_ROSTER, "utf-8")
    (tmp_path / "course.yaml").write_text(ODD_COURSE, "utf-8")
    with classroom_site(tmp_path) as room:
        teacher, odd = room.as_("rivera"), "b\"'<i>"
        made = members(room).links.make([odd, "ada"], LinkKind.LINK).result()
        texts = [teacher.client.get(each).text for each in ("/class/people", "/me")]
        texts += [room.stranger().get(f"/in/{each.token}").text for each in made]
        texts += [teacher.client.get(f"/in/{each.token}").text for each in made]
        for who in ("ada", odd, "cai"):
            person = room.as_(who).client
            texts += [person.get(each).text for each in ("/", "/me", "/p/mean-1")]
            texts.append(person.post("/me/device").text)
            asked = {"person": who}
            texts.append(teacher.client.post("/class/people/link", data=asked).text)
            typed = {"person": who, "code": "000000"}
            texts.append(room.stranger().post("/code", data=typed).text)
    whole = "\n".join(texts)
    assert "<script>alert" not in whole and "<b>Rosa" not in whole and "<b>A<" not in whole
    assert 'value="b&#34;&#39;&lt;i&gt;"' in whole
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(whole)


def test_signing_in_is_no_way_around_the_host(room: Class, tmp_path: Path) -> None:
    """The address in a picture or a new link is that of this server, whatever is asked for."""
    page = Site(room.as_("ada").client, room.book, room.settings).client.post("/me/device").text
    assert f"http://{HOST}/in/" in page
