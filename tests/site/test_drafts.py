"""Drafts: revisions, conflicts, what is kept of earlier texts, and how two differ."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import Match, SequenceMatcher
from itertools import groupby
from pathlib import Path

import pytest

from grader.site import text_changes
from grader.site.records import drafts
from grader.site.records.book import Book
from grader.site.records.drafts import Conflict
from grader.site.records.notes import Attempt, Kind, digest_of, now
from grader.site.text_changes import Change, compare_texts
from tests._support.site import RIGHT, SUM, Site, site


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    opened = Book(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book")) as running:
        yield running


def save(book: Book, text: str, base: int | None) -> int:
    return book.save_draft("me", "mean", text.encode(), base).result().revision


def test_each_text_has_a_revision(book: Book) -> None:
    assert [save(book, "a", 0), save(book, "ab", 1), save(book, "abc", 2)] == [1, 2, 3]
    draft = book.draft("me", "mean")
    assert draft is not None and book.source(draft.digest) == b"abc"
    assert draft.digest == digest_of(b"abc") and draft.saved_at.endswith("Z")


def test_the_same_text_again_is_no_new_revision(book: Book) -> None:
    assert [save(book, "a", 0), save(book, "a", 0), save(book, "a", 7)] == [1, 1, 1]


def test_a_stale_text_changes_nothing(book: Book) -> None:
    save(book, "a", 0)
    save(book, "ab", 1)
    with pytest.raises(Conflict) as conflict:
        save(book, "other", 1)
    assert conflict.value.content == b"ab" and conflict.value.draft.revision == 2
    assert save(book, "abc", 2) == 3


def test_people_and_problems_have_drafts_of_their_own(book: Book) -> None:
    save(book, "a", 0)
    book.save_draft("ada", "mean", b"b", 0).result()
    book.save_draft("me", "sum", b"c", 0).result()
    found = [book.draft(*each) for each in (("me", "mean"), ("ada", "mean"), ("me", "sum"))]
    assert [book.source(each.digest) for each in found if each] == [b"a", b"b", b"c"]


def test_what_is_kept_of_earlier_texts(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = range(0, 600, 25)
    times = iter(f"2026-11-26T20:{at // 60:02}:{at % 60:02}.000Z" for at in seconds)
    monkeypatch.setattr(drafts, "now", lambda: next(times))
    for number in range(8):  # a revision each 25 s
        save(book, "x" * (number + 1), number)
    kept = [each.revision for each in book.log("me", "mean")]
    assert kept == [1, 3, 5]  # the first, and the last of each minute
    with pytest.raises(KeyError):
        book.source(digest_of(b"xx"))  # nothing refers to it any more
    save(book, "x", 8)  # what most of was removed is kept whatever the time
    assert [each.revision for each in book.log("me", "mean")] == [1, 3, 5, 8]


def test_a_text_that_was_sent_is_kept(book: Book) -> None:
    save(book, "a", 0)
    attempt = Attempt("some-attempt", "me", "mean", Kind.RUN, digest_of(b"ab"), now())
    assert book.begin(attempt, b"ab", is_draft=True).result() == (attempt, True)
    assert book.begin(attempt, b"ab", is_draft=True).result() == (attempt, False)
    save(book, "abc", 2)
    assert book.source(attempt.digest) == b"ab"


def test_a_book_is_found_again(tmp_path: Path) -> None:
    first = Book(tmp_path)
    save(first, "a", 0)
    secret = first.secret
    first.close()
    second = Book(tmp_path)
    assert second.secret == secret and save(second, "ab", 1) == 2
    second.close()


# The page ----------------------------------------------------------------------------------------


def test_a_draft_is_saved_under_its_revision(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        reply = page.save("first", 0)
        assert reply.status_code == 200 and reply.json()["revision"] == 1
        assert reply.json()["digest"] == digest_of(b"first")
        stale = page.save("stale", 0)
        assert stale.status_code == 409
        assert (stale.json()["source"], stale.json()["revision"]) == ("first", 1)
        shown = page.client.get("/p/mean").text
        assert 'data-revision="1"' in shown and ">\nfirst</textarea>" in shown


@pytest.mark.parametrize(
    "headers, content, status",
    [
        ({}, b"x", 428),
        ({"if-match": "*"}, b"x", 428),
        ({"if-match": '"0"', "x-digest": "0" * 64}, b"x", 400),
        ({"if-match": '"0"'}, b"\xff", 400),
        ({"if-match": '"0"'}, b"#" * ((1 << 20) + 1), 413),
        ({"if-match": '"0"'}, b"#" * (4 << 20), 413),
    ],
    ids=["no-revision", "any-revision", "digest", "not-text", "large", "larger-than-any-form"],
)
def test_what_cannot_be_saved_is_refused_in_words(
    page: Site, headers: dict[str, str], content: bytes, status: int
) -> None:
    reply = page.client.put("/p/mean/draft", content=content, headers=headers)
    assert reply.status_code == status and reply.json()["message"]


TEXTS = ["", "\n", "\n\nx", "</textarea><b>", "\x00\x07é\u202e", "x" * 40_000]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_comes_back_as_it_was(page: Site, text: str) -> None:
    shown = page.client.get("/p/mean").text
    revision = int(shown.split('data-revision="')[1].split('"')[0])
    assert page.save(text, revision).status_code == 200
    shown = page.client.get("/p/mean").text
    inner = shown.split('maxlength="1048576">\n')[1].split("</textarea>")[0]
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        inner = inner.replace(entity, character)
    assert inner == text


def test_history_and_going_back(page: Site) -> None:
    page.client.post("/p/mean/run", data={"source": RIGHT})  # without a script: also the draft
    page.stream("/p/mean/submit", source=SUM, id="in-the-history")
    history = page.client.get("/p/mean/history").text
    assert "Starter code" in history and "Draft now" in history and "/a/in-the-history" in history
    chosen = page.client.get("/p/mean/history?first=starter&second=in-the-history")
    assert chosen.headers["location"] == "/p/mean/history/starter/in-the-history"
    compared = page.client.get(chosen.headers["location"]).text
    assert "return sum(values)" in compared and 'class="added"' in compared
    restored = page.client.post("/p/mean/restore", data={"text": "in-the-history"})
    assert restored.status_code == 303
    draft = page.book.draft("me", "mean")
    assert draft is not None and page.book.source(draft.digest) == SUM.encode()
    for unknown in ("/p/mean/history/starter/nothing", "/p/mean/history?first=x&second=y"):
        assert page.client.get(unknown).status_code == 404


def test_comparing_texts() -> None:
    old = "".join(f"line {n}\n" for n in range(20))
    new = old.replace("line 10\n", "line ten\nline 10.5\n")
    lines = compare_texts(old.encode(), new.encode())
    changes = [(each.change, each.text) for each in lines if each.change is not Change.SAME]
    assert changes == [
        (Change.LEFT_OUT, "7 equal lines"),
        (Change.REMOVED, "line 10"),
        (Change.ADDED, "line ten"),
        (Change.ADDED, "line 10.5"),
        (Change.LEFT_OUT, "6 equal lines"),
    ]
    assert [each.new for each in lines if each.change is Change.ADDED] == [11, 12]
    same = {each.change for each in compare_texts(RIGHT.encode(), RIGHT.encode())}
    assert same <= {Change.SAME, Change.LEFT_OUT}


def test_texts_that_take_long_to_compare_are_replaced_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = b"first\n" + b"a\n" * 40 + b"last\n"
    new = b"first\n" + b"b\na\n" * 40 + b"b\nlast\n"
    whole = [Change.SAME, Change.REMOVED, Change.ADDED, Change.SAME]
    assert len([*groupby(each.change for each in compare_texts(old, new))]) > len(whole)
    monkeypatch.setattr(text_changes, "_MAX_WORK", (40 + 40 * 40) * 40 - 1)
    lines = compare_texts(old, new)
    assert [change for change, _ in groupby(each.change for each in lines)] == whole
    assert (lines[0].text, lines[-1].text) == ("first", "last")
    assert (lines[-1].old, lines[-1].new) == (42, 83)


@pytest.mark.parametrize("count", [2, 5, 100, 350])
@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("filler", ["\n", "other\n", "0\n"])
def test_comparing_texts_takes_bounded_work(
    count: int, is_reversed: bool, filler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A block of equal lines for each number, and each search for one reads the rest of a text.
    numbers = [f"{n}\n" for n in range(count)]
    fillers = filler * ((1 << 16) // len(filler) // count)
    long, short = "".join(each + fillers for each in numbers), "".join(numbers)
    steps = 0

    class Counted(SequenceMatcher[str]):
        """Counts the lines that are read, and those that are compared with them."""

        def find_longest_match(
            self, low: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
        ) -> Match:
            nonlocal steps
            equal = vars(self)["b2j"]
            for line in vars(self)["a"][low:ahi]:
                steps += 1 + len(equal.get(line, ()))
            assert steps <= 300_000
            return super().find_longest_match(low, ahi, blo, bhi)

    monkeypatch.setattr(text_changes, "SequenceMatcher", Counted)
    monkeypatch.setattr(text_changes, "_MAX_WORK", 250_000)
    texts = [long.encode(), short.encode()]
    assert compare_texts(*(reversed(texts) if is_reversed else texts))


def test_of_a_very_long_comparison_the_first_lines_are_shown(page: Site) -> None:
    page.book.save_draft("me", "mean", b"\n" * (1 << 20), None).result()
    path = "/p/mean/history/starter/now"
    compared = page.client.get(path).text
    assert "Only the first 5000 lines of this comparison are shown." in compared
    assert compared.count("<tr") == 1 + 5000 + 1
    page.book.save_draft("me", "mean", RIGHT.encode(), None).result()
    assert "Only the first" not in page.client.get(path).text
