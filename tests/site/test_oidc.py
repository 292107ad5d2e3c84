"""Signing in by OpenID Connect, at a certified provider that runs beside the tests."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import grader.site.access
from grader.errors import UsageError
from grader.site.access.logins import BACK
from grader.site.access.oauth import OpenId, check_issuer
from grader.site.access.returning import page_after
from grader.site.access.sign_in_options import SignIn, single_sign_on_of
from tests._support.bank import PATIENCE_S
from tests._support.identity import (
    ADDRESS,
    SECRET,
    Provider,
    leave,
    new_keys,
    query,
    refused,
    sign_in,
    with_login,
)
from tests._support.site import Class, classroom_site

HOUR_S = 3600


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider(ADDRESS.link(BACK))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Class]:
    login = OpenId(provider.issuer, "grader", SECRET, patience_s=PATIENCE_S)
    folder = tmp_path_factory.mktemp("course")
    with classroom_site(folder, address=ADDRESS, adapt=lambda it: with_login(it, login)) as running:
        yield running


@pytest.fixture(scope="module")
def running(provider: Provider) -> Iterator[None]:
    with provider.running():
        yield


@pytest.fixture
def browser(course: Class) -> TestClient:
    return course.stranger()


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("login", ["ada", "ADA"])
def test_a_person_of_the_roster_is_signed_in(browser: TestClient, login: str) -> None:
    asked = browser.get("/p/mean-1?a=b")
    assert asked.status_code == 401 and "/ml/login?next=%2Fp%2Fmean-1%3Fa%3Db" in asked.text
    away = leave(browser, "/p/mean-1?a=b")
    question = query(away)
    assert question["code_challenge_method"] == "S256" and len(question["nonce"]) >= 20
    reply = browser.get(sign_in(away, login))
    assert (reply.status_code, reply.headers["location"]) == (303, "/ml/p/mean-1?a=b")
    cookies = reply.headers.get_list("set-cookie")
    assert all("secure" in each.lower() and "Path=/ml" in each for each in cookies)
    assert "Ada" in browser.get("/me").text


@pytest.mark.usefixtures("running")
def test_it_is_the_same_session_as_after_a_link(browser: TestClient, course: Class) -> None:
    browser.get(sign_in(leave(browser), "ada"))
    rows = course.book.read("SELECT person FROM session")
    assert {row["person"] for row in rows} == {"ada"}


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    "login, words",
    [
        ("eve", "eve@example.org, and nobody of this course has that id"),
        ("liar", "has not verified that your e-mail address is ben@example.org"),
        ("liar in words", "has not verified that your e-mail address is ben@example.org"),
        ("nameless", "did not give your email"),
    ],
    ids=["stranger", "unverified", "unverified in words", "nameless"],
)
def test_others_are_told_in_words(browser: TestClient, login: str, words: str) -> None:
    refused(browser.get(sign_in(leave(browser), login)), browser, words)


# What somebody could try -------------------------------------------------------------------------


@pytest.mark.usefixtures("running")
def test_an_answer_is_for_the_browser_that_asked(browser: TestClient, course: Class) -> None:
    stolen = sign_in(leave(browser), "ada")
    another = course.stranger()
    refused(another.get(stolen), another, "not started in this browser")
    leave(another)  # it has asked something else
    refused(another.get(stolen), another, "not started in this browser")


@pytest.mark.usefixtures("running")
def test_a_code_is_for_the_question_that_it_answers(browser: TestClient, course: Class) -> None:
    theirs = query(sign_in(leave(course.stranger()), "ada"))["code"]
    away = leave(browser)
    forged = f"{ADDRESS.link(BACK)}?code={theirs}&state={query(away)['state']}"
    refused(browser.get(forged), browser, "refused the sign-in")


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("state", ["another", ""])
def test_a_wrong_state(browser: TestClient, state: str) -> None:
    back = sign_in(leave(browser), "ada")
    changed = back.replace(query(back)["state"], state)
    refused(browser.get(changed), browser, "not started in this browser")


@pytest.mark.usefixtures("running")
def test_a_token_for_another_nonce(browser: TestClient) -> None:
    away = leave(browser)
    changed = away.replace(query(away)["nonce"], "another-nonce-of-somebody")
    refused(browser.get(sign_in(changed, "ada")), browser, "is not valid")


@pytest.mark.usefixtures("running")
def test_an_answer_counts_once(browser: TestClient, course: Class) -> None:
    back = sign_in(leave(browser), "ada")
    kept = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    again = course.stranger()
    again.cookies.update(kept)
    refused(again.get(back), again, "refused the sign-in")


@pytest.mark.usefixtures("running")
def test_who_cancels_is_told(browser: TestClient) -> None:
    state = query(leave(browser))["state"]
    reply = browser.get(f"{BACK}?error=access_denied&state={state}")
    refused(reply, browser, "you did not agree")
    assert "/ml/login" in reply.text


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("value", ["x", "e30", "bnVsbA", "W10", "A" * 5000, "eyJhIjox"], ids=str)
def test_a_cookie_that_somebody_wrote(browser: TestClient, value: str) -> None:
    browser.cookies.set("__Secure-grader-login", value)
    refused(browser.get(f"{BACK}?code=x&state=y"), browser, "not started in this browser")


@pytest.mark.usefixtures("running")
def test_a_cookie_with_a_state_of_another_kind(browser: TestClient) -> None:
    value = base64.urlsafe_b64encode(b'{"_state_institution_y": "text"}').decode().rstrip("=")
    browser.cookies.set("__Secure-grader-login", value)
    refused(browser.get(f"{BACK}?code=x&state=y"), browser, "gave an answer that cannot be read")


PAGES = {
    "/p/mean": "/p/mean",
    "/?q=a": "/?q=a",
    "//evil.example": "/",
    "/\\evil.example": "/",
    "https://evil.example": "/",
    "": "/",
    "/a\r\nset-cookie: x": "/",
    "/" + "a" * 500: "/",
}


@pytest.mark.parametrize("wanted, page", PAGES.items(), ids=range(len(PAGES)))
def test_afterwards_a_page_of_this_server_opens(wanted: str, page: str) -> None:
    assert page_after(wanted) == page


# What providers do -------------------------------------------------------------------------------


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, TestClient]]:
    """A provider that a test starts, and a browser at a course that signs in by it."""
    provider = Provider(ADDRESS.link(BACK))
    login = OpenId(provider.issuer, "grader", SECRET, patience_s=PATIENCE_S)
    folder = tmp_path_factory.mktemp("course")
    with classroom_site(folder, address=ADDRESS, adapt=lambda it: with_login(it, login)) as course:
        yield provider, course.stranger()


def test_a_provider_may_change_its_keys(alone: tuple[Provider, TestClient]) -> None:
    provider, browser = alone
    with provider.running():
        assert browser.get(sign_in(leave(browser), "ada")).status_code == 303
    browser.cookies.clear()
    with provider.running(keys=new_keys()):
        assert browser.get(sign_in(leave(browser), "ada")).status_code == 303


WRONG: dict[str, dict[str, Any]] = {
    "expired": {"clockOffsetS": -2 * HOUR_S},
    "signed by another key": {"published": new_keys()},
}


@pytest.mark.parametrize("settings", WRONG.values(), ids=WRONG)
def test_a_token_that_is_not_valid(
    alone: tuple[Provider, TestClient], settings: dict[str, Any]
) -> None:
    provider, browser = alone
    with provider.running(**settings):
        refused(browser.get(sign_in(leave(browser), "ada")), browser, "is not valid")


def test_a_provider_that_is_away(alone: tuple[Provider, TestClient]) -> None:
    provider, browser = alone
    refused(browser.get("/login"), browser, "does not answer")
    with provider.running():
        back = sign_in(leave(browser), "ada")
    refused(browser.get(back), browser, "does not answer")
    with provider.running():
        assert browser.get(sign_in(leave(browser), "ada")).status_code == 303


def test_a_provider_of_another_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    provider = Provider(ADDRESS.link(BACK))
    login = OpenId(
        provider.issuer.replace("127.0.0.1", "localhost"), "grader", SECRET, patience_s=PATIENCE_S
    )
    folder = tmp_path_factory.mktemp("course")
    with (
        provider.running(),
        classroom_site(folder, address=ADDRESS, adapt=lambda it: with_login(it, login)) as course,
    ):
        browser = course.stranger()
        refused(browser.get("/login"), browser, "it names itself")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "grader.site.access.oauth")
    monkeypatch.delattr(grader.site.access, "oauth")
    monkeypatch.setitem(sys.modules, "authlib.integrations.starlette_client", None)
    sign_in = SignIn(oidc="https://a.org", oidc_client="grader")
    with pytest.raises(UsageError, match=r"pip install 'exercise-grader\[serve,oidc\]'"):
        single_sign_on_of(sign_in, None, None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("text, words", [(None, "cannot be read"), (" \n", "is empty")], ids=str)
def test_a_secret_that_is_none(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "secret"
    if text is not None:
        file.write_text(text)
    sign_in = SignIn(oidc="https://a.org", oidc_client="grader", oidc_secret=str(file))
    with pytest.raises(UsageError, match=f"--oidc-secret: .*{words}"):
        single_sign_on_of(sign_in, None, None, None)  # type: ignore[arg-type]


def test_without_a_login_there_is_no_such_page(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as course:
        for path in ("/login", BACK):
            assert course.stranger().get(path).status_code == 404


@pytest.mark.parametrize(
    "issuer", ["", "login.example.org", "http://login.example.org", "https://"]
)
def test_a_provider_that_others_could_read(issuer: str) -> None:
    with pytest.raises(UsageError, match="--oidc: expected the address"):
        check_issuer(issuer)
