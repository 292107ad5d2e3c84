"""A proxy names who asks: what counts, and what somebody could try."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from grader.bank.locate import find_bank
from grader.errors import UsageError
from grader.site.access.authenticators import Members
from grader.site.access.matching import FindPerson, finder
from grader.site.access.sign_in_options import SignIn, header_authenticator
from grader.site.access.trusted_header import TrustedHeader, header_name, networks
from grader.site.app import Settings
from grader.site.classroom import load_classroom
from grader.site.refusals import Refused
from grader.site.server.addresses import Address, public_address
from grader.site.server.listeners import on_path, on_port
from grader.site.server.places import Site as Place
from tests._support.bank import PATIENCE_S, ROOT
from tests._support.site import NDJSON, RIGHT, Class, classroom_site, course_in

NAME = "X-Remote-User"
PROXY = "10.0.0.5"
ADDRESS = public_address("https://practice.example.org", [])


def behind(settings: Settings, proxies: Sequence[str] | None) -> Settings:
    """Return settings in which a header says who asks."""
    assert settings.classroom is not None
    allowed = None if proxies is None else networks(proxies)
    authenticator = TrustedHeader(NAME, finder(settings.classroom), allowed)
    return dataclasses.replace(settings, authenticator=authenticator)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    folder = tmp_path_factory.mktemp("course")
    with classroom_site(
        folder, address=ADDRESS, adapt=lambda it: behind(it, [PROXY, "fd00::/8"])
    ) as running:
        yield running


def client(course: Class, address: str = PROXY) -> TestClient:
    """Return a client that connects from an address."""
    found = TestClient(
        course.app, ADDRESS.link(""), client=(address, 40_000), follow_redirects=False
    )
    found.portal = course.client.portal
    return found


NAMED = {
    "id": ("ada", "Ada Lovelace"),
    "capitals": ("ADA", "Ada Lovelace"),
    "e-mail": ("Ben@Example.org", "Ben Okri"),
    "staff": ("rivera", "Rosa Rivera"),
    "blanks": ("  ada ", "Ada Lovelace"),
}


@pytest.mark.parametrize("value, name", NAMED.values(), ids=NAMED)
def test_the_proxy_says_who_asks(course: Class, value: str, name: str) -> None:
    reply = client(course).get("/me", headers={NAME: value})
    assert reply.status_code == 200 and name in reply.text


def test_a_header_in_any_encoding_is_read(course: Class) -> None:
    for raw in ("zoë".encode(), "zoë".encode("latin-1")):
        reply = client(course).get("/", headers=[(NAME.encode(), raw)])
        assert reply.status_code == 403 and "zoë, and nobody of this course" in reply.text


@pytest.mark.parametrize(
    "address", ["10.0.0.6", "127.0.0.1", "::1", "testclient", "::ffff:10.0.0.6", "fe80::1"]
)
def test_the_header_from_elsewhere_does_not_count(course: Class, address: str) -> None:
    for headers in ({NAME: "ada"}, {NAME: "ada", "x-forwarded-for": PROXY}, {}):
        reply = client(course, address).get("/", headers=headers)
        assert reply.status_code == 403 and "Ada" not in reply.text
        assert "behind the login of your institution" in reply.text
    sent = client(course, address).post(
        "/p/mean-1/submit", data={"source": RIGHT, "id": "from-elsewhere"}, headers={NAME: "ada"}
    )
    assert sent.status_code == 403 and course.book.attempt("from-elsewhere") is None


@pytest.mark.parametrize("address", ["10.0.0.5", "::ffff:10.0.0.5", "fd00::7"])
def test_every_form_of_the_proxy_s_address_counts(course: Class, address: str) -> None:
    assert client(course, address).get("/", headers={NAME: "ada"}).status_code == 200


@pytest.mark.parametrize("values", [("ada", "ben"), ("ada", "ada"), ("", "ada")], ids=str)
def test_a_doubled_header_is_refused(course: Class, values: tuple[str, str]) -> None:
    headers = [(NAME, values[0]), (NAME.lower(), values[1])]
    reply = client(course).get("/me", headers=headers)
    assert reply.status_code == 400 and "2 headers X-Remote-User" in reply.text
    assert "Ada" not in reply.text


LOOKALIKES = ["ro\N{LATIN SMALL LETTER LONG S}e", "\N{KELVIN SIGN}im"]
LOOKALIKES += ["stra\N{LATIN SMALL LETTER SHARP S}e"]


@pytest.mark.parametrize("login", LOOKALIKES, ids=ascii)
def test_a_letter_that_is_equal_only_to_unicode_is_of_another_account(
    tmp_path: Path, login: str
) -> None:
    course_in(tmp_path)
    with (tmp_path / "class.csv").open("a", encoding="utf-8") as roster:
        roster.write(
            "rose,R,A,\nKim,K,A,\nstrasse,S,A,\nzo\N{LATIN SMALL LETTER E WITH DIAERESIS},Z,A,\n"
        )
    find = finder_in(tmp_path)
    assert (find("ROSE"), find("kim")) == ("rose", "Kim")
    assert find("Zoe\N{COMBINING DIAERESIS}") == "zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"
    with pytest.raises(Refused, match="nobody of this course"):
        find(login)


@pytest.mark.parametrize("value", ["ada, ben", "ada,ada", "Ada Lovelace", "ada\t ben"])
def test_only_one_id_names_a_person(course: Class, value: str) -> None:
    reply = client(course).get("/me", headers={NAME: value})
    assert reply.status_code == 403 and "nobody of this course has that id" in reply.text


NAMELESS: list[dict[str, str]] = [{}, {NAME: ""}, {NAME: "  "}, {"X_Remote_User": "ada"}]


@pytest.mark.parametrize("headers", NAMELESS, ids=str)
def test_without_a_name_nobody_is_signed_in(course: Class, headers: dict[str, str]) -> None:
    assert client(course).get("/", headers=headers).status_code == 401


def test_a_cookie_of_another_person_says_nothing(course: Class) -> None:
    cookie = Response()
    Members(course.book, ADDRESS.cookie("grader")).let_in("rivera", "a test", cookie)
    headers = {"cookie": cookie.headers["set-cookie"].partition(";")[0]}
    page = client(course).get("/me", headers={**headers, NAME: "ada"})
    assert "Ada Lovelace" in page.text and "Rivera" not in page.text
    assert client(course).get("/me", headers=headers).status_code == 401


def test_a_hostile_id_is_shown_and_not_obeyed(course: Class) -> None:
    value = "<script>alert(1)</script>" + "\u202e" + "a" * 500
    reply = client(course).get("/", headers=[(NAME.encode(), value.encode())])
    assert reply.status_code == 403 and "<script>alert" not in reply.text
    assert "\u202e" not in reply.text and "a" * 200 not in reply.text


def finder_in(folder: Path) -> FindPerson:
    files = (str(folder / "course.yaml"), str(folder / "class.csv"))
    return finder(load_classroom(*files, find_bank(str(folder))))


def test_two_people_who_may_be_meant_are_not_guessed(tmp_path: Path) -> None:
    course_in(tmp_path)
    with (tmp_path / "class.csv").open("a") as roster:
        roster.write("Gus,Gus One,A,gus1@example.org\nGUS,Gus Two,A,gus2@example.org\n")
    find = finder_in(tmp_path)
    assert (find("Gus"), find("GUS")) == ("Gus", "GUS")
    with pytest.raises(Refused, match="several people of this course"):
        find("gus")


def test_an_id_that_two_people_may_have_signs_in_neither(tmp_path: Path) -> None:
    """One system makes "ada" of "Ada", so capitals do not tell ids of two columns apart."""
    course_in(tmp_path)
    (tmp_path / "class.csv").write_text(
        "id,name,section,github_username\nada,Ada Lovelace,A,ada-l\nben,Ben Okri,A,Ada\n"
    )
    find = finder_in(tmp_path)
    assert (find("ada-l"), find("ADA-L"), find("ben")) == ("ada", "ada", "ben")
    for login in ("ada", "Ada", "ADA"):
        with pytest.raises(Refused, match="several people of this course"):
            find(login)


def test_an_id_of_two_people_in_a_class_that_is_loaded_signs_in_neither(tmp_path: Path) -> None:
    course_in(tmp_path)
    files = (str(tmp_path / "course.yaml"), str(tmp_path / "class.csv"))
    classroom = load_classroom(*files, find_bank(str(tmp_path)))
    ids = {"ada": ("ada", "ada-l"), "ben": ("ben", "ada"), "cai": ("cai", "rivera", "Okafor")}
    roster = dataclasses.replace(classroom.roster, ids=ids)
    find = finder(dataclasses.replace(classroom, roster=roster))
    assert (find("ada-l"), find("ben"), find("cai")) == ("ada", "ben", "cai")
    for login in ("ada", "ADA", "rivera", "Rivera", "okafor", "Okafor"):
        with pytest.raises(Refused, match="several people of this course"):
            find(login)


ALIASES = {
    "a preferred name": ("id,name,preferred name\nada,Ada Lovelace,Countess\n", "ada", "Countess"),
    "a number of Moodle": (
        "Identifier,Full name,Email address,Status\nParticipant 12,Ada Lovelace,ada@x.edu,\n",
        "ada@x.edu",
        "12",
    ),
    "the name of a class without ids": ("name\nCountess\n", "", "Countess"),
}


@pytest.mark.parametrize("roster, own, other", ALIASES.values(), ids=ALIASES)
def test_what_is_not_an_id_names_nobody(tmp_path: Path, roster: str, own: str, other: str) -> None:
    course_in(tmp_path)
    text = (tmp_path / "course.yaml").read_text()
    (tmp_path / "course.yaml").write_text("title: Means\n" + text[text.index("assignments:") :])
    (tmp_path / "class.csv").write_text(roster)
    find = finder_in(tmp_path)
    assert not own or find(own)
    with pytest.raises(Refused, match="nobody of this course"):
        find(other)


def test_no_login_names_who_runs_the_server(tmp_path: Path) -> None:
    course_in(tmp_path)
    text = (tmp_path / "course.yaml").read_text()
    (tmp_path / "course.yaml").write_text("title: Means\n" + text[text.index("assignments:") :])
    with pytest.raises(Refused, match="nobody of this course"):
        finder_in(tmp_path)("@instructor")


# The options of the command ----------------------------------------------------------------------


def authenticator(folder: Path, place: Place, *proxies: str) -> TrustedHeader:
    sign_in = SignIn(trust_header=NAME, proxy=proxies)
    files = (str(folder / "course.yaml"), str(folder / "class.csv"))
    return header_authenticator(sign_in, load_classroom(*files, find_bank(str(folder))), place)


def test_a_header_needs_a_proxy(tmp_path: Path) -> None:
    course_in(tmp_path)
    with on_port(0) as listener, pytest.raises(UsageError, match="needs --uds, or --proxy"):
        authenticator(tmp_path, Place(listener, ADDRESS))


def test_a_socket_for_everybody_is_refused(tmp_path: Path) -> None:
    course_in(tmp_path)
    tmp_path.chmod(0o755)
    path = str(tmp_path / "grader.sock")
    with on_path(path, 0o666) as listener, pytest.raises(UsageError, match="as anybody"):
        authenticator(tmp_path, Place(listener, Address("")))
    with on_path(path, 0o660) as listener, pytest.raises(UsageError, match="leave out --proxy"):
        authenticator(tmp_path, Place(listener, Address("")), PROXY)


def test_a_header_needs_an_instructor_whom_it_can_name(tmp_path: Path) -> None:
    course_in(tmp_path)
    text = (tmp_path / "course.yaml").read_text()
    (tmp_path / "course.yaml").write_text(text.replace("Rosa Rivera", "Rosa, role: assistant"))
    with on_port(0) as listener, pytest.raises(UsageError, match="needs an instructor in `staff`"):
        authenticator(tmp_path, Place(listener, ADDRESS), PROXY)


CONTRADICTIONS = {
    "two logins": (SignIn(trust_header=NAME, oidc="https://a"), "expected one login"),
    "a proxy alone": (SignIn(proxy=(PROXY,)), "--proxy needs --trust-header"),
    "no client": (SignIn(oidc="https://a"), "--oidc needs --oidc-client"),
    "a client alone": (SignIn(oidc_client="a"), "need --oidc"),
    "no address": (SignIn(oidc="https://a", oidc_client="a"), "--oidc needs --public-url"),
    "no address of a service": (SignIn(jupyterhub=True), "--jupyterhub needs --public-url"),
}


@pytest.mark.parametrize("sign_in, message", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions_are_named(sign_in: SignIn, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sign_in.check(is_for_course=True, has_public_url=False)


def test_one_person_alone_has_no_login_of_a_house() -> None:
    with pytest.raises(UsageError, match="--trust-header needs --course"):
        SignIn(trust_header=NAME).check(is_for_course=False, has_public_url=True)


def test_what_is_no_header_or_address() -> None:
    for name in ("", "X Remote", "X-User:", "X-Üser"):
        with pytest.raises(UsageError, match="--trust-header: expected"):
            header_name(name)
    for address in ("", "localhost", "10.0.0.1/8", "10.0.0"):
        with pytest.raises(UsageError, match="--proxy: expected"):
            networks([address])


# The whole of it ---------------------------------------------------------------------------------


@contextmanager
def served(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`grader serve` for a course, once it listens."""
    course_in(folder)
    files = ["--course", "course.yaml", "--roster", "class.csv", "--book", "book"]
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "serve", ".", *files, "--no-browser", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None
        printed = process.stdout.readline()
        assert "behind the login of your institution" in printed and "/in/" not in printed
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_course_at_a_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "grader.sock")
    words = ("--uds", path, "--trust-header", NAME, "--public-url", "https://example.org/ml")
    with served(tmp_path / "course", *words):
        assert os.stat(path).st_mode & 0o777 == 0o660
        transport = httpx.HTTPTransport(uds=path)
        with httpx.Client(
            transport=transport, base_url="http://example.org/ml", timeout=PATIENCE_S
        ) as proxy:
            assert "Ada Lovelace" in proxy.get("/me", headers={NAME: "ada"}).text
            headers = {NAME: "ada", **NDJSON}
            sent = proxy.post("/p/mean-1/run", data={"source": RIGHT}, headers=headers)
            assert '"accepted"' in sent.text.splitlines()[-1]


def test_a_course_at_a_port_takes_no_address_from_a_header(tmp_path: Path) -> None:
    """A proxy on another machine is trusted, and not who names its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    words = ("--port", port, "--trust-header", NAME, "--proxy", PROXY)
    with served(tmp_path / "course", *words):
        headers = {NAME: "ada", "x-forwarded-for": PROXY}
        reply = httpx.get(f"http://127.0.0.1:{port}/", headers=headers, timeout=PATIENCE_S)
        assert reply.status_code == 403
