"""A person who floods the server is slowed down in words, and costs nobody else anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from grader.site.refusals import Refused
from grader.site.server import guard
from grader.site.server.guard import Guard
from grader.site.server.open_requests import MAX_OPEN, OpenRequests, count_for
from grader.site.server.rates import Buckets, Rate
from tests._support.site import ADDRESS, HOST, NDJSON, RIGHT, Class, classroom_site
from tests._support.waiting import run_apart, until


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    with classroom_site(tmp_path_factory.mktemp("course")) as running:
        yield running


def test_drafts_that_come_too_fast_are_refused_to_one_person(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = Buckets(Rate(per_s=2, burst=20), lambda: 0.0)
    monkeypatch.setattr(course.desk.limits, "drafts", stopped)
    dia, ben = course.as_("dia"), course.as_("ben")  # who have no draft of another test
    replies = [dia.save(f"{number}", number, "mean-1") for number in range(30)]
    assert [each.status_code for each in replies] == [200] * 20 + [429] * 10
    assert "too many drafts at once" in replies[-1].json()["message"]
    assert int(replies[-1].headers["retry-after"]) == 1
    restored = dia.client.post("/p/mean-1/restore", data={"text": "starter"})
    assert restored.status_code == 429 and "too many drafts at once" in restored.text
    monkeypatch.setattr(course.desk.limits.runs, "take", lambda *_: 7.2)
    refused = dia.client.post("/p/mean-1/run", data={"source": "a run too many"})
    assert refused.status_code == 429 and "your text is not saved" in refused.text
    draft = course.book.draft("dia", "mean-1")
    assert draft is not None and course.book.source(draft.digest) == b"19"
    assert ben.save("mine", 0, "mean-1").status_code == 200


CHANGES: dict[str, dict[str, str]] = {"/me/device": {}, "/news/read": {"news": "1"}}


@pytest.mark.parametrize("path, fields", CHANGES.items(), ids=CHANGES)
def test_other_changes_that_come_too_fast_are_refused_to_one_person(
    course: Class, monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str]
) -> None:
    stopped = Buckets(Rate(per_s=1, burst=2), lambda: 0.0)
    monkeypatch.setattr(course.desk.limits, "changes", stopped)
    dia, ben = course.as_("dia").client, course.as_("ben").client
    replies = [dia.post(path, data=fields) for _ in range(3)]
    assert [each.status_code < 400 for each in replies] == [True, True, False]
    assert "try again in 1 s" in replies[-1].text and replies[-1].headers["retry-after"] == "1"
    assert ben.post(path, data=fields).status_code < 400


class Held:
    """Requests that are open until the test ends them."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.app = OpenRequests(self._serve)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            count_for(scope["path"][1:], request)
            count_for(scope["path"][1:], request)  # asked twice, counted once
        except Refused as refused:
            response = PlainTextResponse(refused.message, refused.status)
        else:
            await self.ended.wait()
            response = PlainTextResponse("ok")
        await response(scope, receive, send)

    async def ask(self, person: str) -> int:
        """Return the status of the reply to a request of a person."""
        found: list[Message] = []

        async def send(message: Message) -> None:
            found.append(message)

        scope = {"type": "http", "method": "GET", "path": f"/{person}", "headers": []}
        await self.app(scope, receive_nothing, send)
        return int(found[0]["status"])


async def receive_nothing() -> Message:
    return {"type": "http.request"}


async def _hold() -> tuple[list[int], int, int]:
    held = Held()
    open_ones = [asyncio.ensure_future(held.ask("ada")) for _ in range(MAX_OPEN)]
    await asyncio.sleep(0)  # all have been begun
    too_many = await held.ask("ada")
    other = asyncio.ensure_future(held.ask("ben"))
    await asyncio.sleep(0)
    held.ended.set()
    statuses = list(await asyncio.gather(*open_ones))
    assert await other == 200
    assert not held.app._counts
    return statuses, too_many, await held.ask("ada")


def test_a_person_has_only_some_requests_open_at_once() -> None:
    statuses, too_many, afterwards = run_apart(_hold())
    assert statuses == [200] * MAX_OPEN and too_many == 429 and afterwards == 200


def test_open_requests_are_counted_by_the_pages(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.site.server.open_requests.MAX_OPEN", 0)
    reply = course.as_("ada").client.get("/p/mean-1")
    assert reply.status_code == 429 and "close other windows" in reply.text


def answered(path: str, parts: list[bytes]) -> tuple[int, bytes]:
    """Return the reply to a request whose body comes in parts, and never ends."""
    sent: list[Message] = []
    left = iter(parts)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except Refused as refused:
            await PlainTextResponse(refused.message, refused.status)(scope, receive, send)

    async def receive() -> Message:
        for part in left:
            return {"type": "http.request", "body": part, "more_body": True}
        return await asyncio.Future()  # never

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"host", HOST.encode())]}
    run_apart(Guard(app, ADDRESS)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def test_a_body_that_never_ends_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_BODY_S", 0.01)
    status, text = answered("/p/mean/run", [b"x"])
    assert status == 408 and b"not complete in time" in text


@pytest.mark.parametrize("path, kib", [("/code", 64), ("/p/mean/run", 3 * 1024 + 64)])
def test_a_body_without_a_length_is_read_up_to_a_limit(path: str, kib: int) -> None:
    status, text = answered(path, [bytes(1024)] * kib + [b"x"])
    assert status == 413 and b"shorten it" in text


def test_a_history_is_shown_without_its_texts_in_memory(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of texts of a MiB would be more than the machine has, for each reader."""
    ada = course.as_("ada")
    for number, text in enumerate(("a" * 3000, "b" * 10)):
        assert ada.save(text, number, "mean-2").status_code == 200

    def read(digest: str) -> bytes:
        raise AssertionError("the history needs no text")

    with monkeypatch.context() as patch:
        patch.setattr(course.book, "source", read)
        text = ada.client.get("/p/mean-2/history").text
        staff = course.as_("rivera").client.get("/class/ada/mean-2").text
    assert "3000" in text and "(-2990)" in text
    assert "3000" in staff and "(-2990)" in staff
    assert "bbbbbbbbbb" in ada.client.get("/p/mean-2/history/r1/now").text


def test_submits_that_wait_too_long_are_not_kept(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one person could fill disk and memory with texts that wait for hours."""
    stopped = Buckets(Rate(per_s=0.1, burst=3), lambda: 0.0)
    stopped.take("ada", may_owe_s=1e6, count=62)  # as if that number waited already
    monkeypatch.setattr(course.desk.limits, "submits", stopped)
    ada = course.as_("ada")
    for id, text in {"the-last-one": "first", "one-too-many": "second"}.items():
        reply = ada.client.post("/p/mean-3/submit", data={"source": text, "id": id})
        kept = course.book.attempt(id)
        if id == "the-last-one":
            assert reply.status_code == 303 and kept is not None
            continue
        assert reply.status_code == 429 and kept is None
        assert "many of your submissions wait" in reply.text and "your text is saved" in reply.text
        assert reply.headers["retry-after"] == "10"
    again = ada.client.post("/p/mean-3/submit", data={"source": "first", "id": "the-last-one"})
    assert again.status_code == 303  # the same attempt


def test_much_text_in_a_short_time_is_refused(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = Buckets(Rate(per_s=100, burst=1000), lambda: 0.0)
    monkeypatch.setattr(course.desk.limits, "texts", stopped)
    cai = course.as_("cai")
    assert cai.save("#" * 900, 0, "mean-1").status_code == 200
    for reply in (
        cai.save("#" * 901, 1, "mean-1"),
        cai.client.post("/p/mean-1/run", data={"source": "#" * 901}, headers=NDJSON),
        cai.client.post("/p/mean-1/submit", data={"source": "#" * 901}, headers=NDJSON),
        cai.client.post("/p/mean-1/submit", data={"source": "#" * 901}),
        cai.client.post("/p/mean-1/try", data={"source": "#" * 901, "arguments": "mean([1])"}),
        cai.client.post("/p/mean-1/restore", data={"text": "now"}),
    ):
        assert reply.status_code == 429 and "much text in a short time" in reply.text
        assert reply.headers["retry-after"] in ("8", "9")
    draft = course.book.draft("cai", "mean-1")
    assert draft is not None and draft.revision == 1
    assert cai.save("#" * 50, 1, "mean-1").status_code == 200


def test_somebody_exports_once_at_a_time(course: Class) -> None:
    """An archive takes seconds, and many would leave no thread for the pages of others."""
    ada = course.as_("ada")
    course.desk.limits.exporting.add("ada")
    refused = ada.client.get("/export.zip")
    assert refused.status_code == 429 and "being exported already" in refused.text
    assert course.as_("ben").client.get("/export.zip").status_code == 200
    course.desk.limits.exporting.discard("ada")
    for _ in range(2):
        assert ada.client.get("/export.zip").status_code == 200
    assert not course.desk.limits.exporting


TEXTS = "mean-1/texts/starter/now"
LONG = {
    "own texts": ("ada", "/p/mean-1/history/starter/now"),
    "a student's texts": ("rivera", f"/class/ada/{TEXTS}"),
    "an attempt": ("ada", "/a/of-a-flood"),
    "a report": ("ada", "/a/of-a-flood/report.html"),
}


@pytest.mark.parametrize("person, path", LONG.values(), ids=LONG)
def test_long_pages_are_made_for_one_person_one_at_a_time(
    course: Class, person: str, path: str
) -> None:
    """A student can write texts that take seconds, and ask for their pages many times."""
    sent = {"source": RIGHT, "id": "of-a-flood"}
    assert course.as_("ada").stream("/p/mean-1/submit", **sent)[-1]["type"] == "done"
    course.book.save_draft("ada", "mean-1", RIGHT.encode(), None).result()
    client, other = course.as_(person).client, course.as_("okafor").client

    async def take() -> asyncio.Lock:
        lock = course.desk.limits.turn_of(person)
        await lock.acquire()
        return lock

    async def give_back(lock: asyncio.Lock) -> None:
        lock.release()

    assert client.portal is not None
    lock = client.portal.call(take)
    with ThreadPoolExecutor(1) as threads:
        try:
            waiting = threads.submit(client.get, path)
            until(lambda: lock._waiters)
            assert other.get(f"/class/ada/{TEXTS}").status_code == 200
            assert not waiting.done()
        finally:
            client.portal.call(give_back, lock)
        assert waiting.result().status_code == 200
