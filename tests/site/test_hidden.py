"""Hidden cases never leave the server: every byte of every reply and log is looked at."""

from __future__ import annotations

import io
import itertools
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import SpecError
from grader.site.queue.judges import Judges
from tests._support.site import NDJSON, RIGHT, SUM, Site, site

# Of the hidden case of the test bank: its arguments, and the answers to it, right and wrong.
SECRETS = ("8128.125", "496.5", "4312.3125", "8624.625")
LEAKING = """
import sys
seen = []
def mean(values):
    seen.append(values)
    print(values, file=sys.stderr)
    print(values)
    {end}
"""
ENDS = {
    "returns them": "return str(seen)",
    "raises them": "raise ValueError(values)",
    "names an exception after them": "raise type(str(values), (Exception,), {})()",
    "returns a type": "return type(str(values), (), {})()",
    "ends the process": "import os; os._exit(int(values[0]) % 256)",
    "a dict of them": "return {str(values): values}",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book"), names_reference=True) as running:
        yield running


def everything(page: Site, source: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield every reply that is about a text, with its headers."""
    for kind, script in itertools.product(("run", "submit"), (True, False)):
        id = f"hidden-{name}-{kind}-{int(script)}"
        headers = NDJSON if script else {}
        data = {"source": source, "id": id}
        paths = [
            page.client.post(f"/p/mean/{kind}", data=data, headers=headers),
            page.client.get(f"/a/{id}"),
            page.client.get(f"/a/{id}", headers=NDJSON),
            page.client.get(f"/a/{id}/report.html"),
            page.client.get("/p/mean"),
            page.client.get("/p/mean/history"),
            page.client.get(f"/p/mean/history/starter/{id}"),
            page.client.get("/"),
        ]
        for reply in paths:
            assert reply.status_code < 500, reply.text
            yield str(reply.url), f"{reply.headers}\n{reply.text}"
    data = {"source": source, "arguments": "mean([1.0, 2.0])"}
    for headers in (NDJSON, {}):
        reply = page.client.post("/p/mean/try", data=data, headers=headers)
        yield "try", f"{reply.headers}\n{reply.text}"


TEXTS = {
    "right": RIGHT,
    "wrong": SUM,
    "not-python": "def mean(:\n",
    **{f"leak{n}": LEAKING.format(end=end) for n, end in enumerate(ENDS.values())},
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_reply_has_anything_of_a_hidden_case(
    page: Site, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen = 0
    for where, text in everything(page, TEXTS[name], name):
        seen += "secret" in text  # its name may be known
        for secret in SECRETS:
            assert secret not in text, where
    assert seen
    for secret in SECRETS:
        assert secret not in caplog.text


def test_hidden_cases_come_together_at_the_end(page: Site) -> None:
    lines = page.stream("/p/mean/submit", source=SUM + "# together\n")
    kinds = [each.get("name", each["type"]) for each in lines]
    assert kinds == ["receipt", "three", "one", "secret", "done"]


def test_an_export_has_nothing_of_it_either(page: Site, tmp_path: Path) -> None:
    page.stream("/p/mean/submit", source=SUM + "# exported\n")
    with zipfile.ZipFile(io.BytesIO(page.client.get("/export.zip").content)) as archive:
        names = archive.namelist()
        texts = [archive.read(each).decode() for each in names]
    assert any(name.startswith("mean/submits/") and name.endswith(".html") for name in names)
    assert not [secret for secret in SECRETS for text in texts if secret in text]


def test_a_broken_problem_quotes_nothing(
    page: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise SpecError([])

    def fail_otherwise(*_: object) -> None:
        raise ZeroDivisionError(SECRETS[0])

    page.stream("/p/mean/submit", source=SUM + "# with a report\n")
    for failure, status in ((fail, 500), (fail_otherwise, 500)):
        with monkeypatch.context() as broken:
            broken.setattr(Judges, "judge", failure)
            lines = page.stream("/p/mean/run", source=f"{RIGHT}# {failure.__name__}\n")
            assert lines[-1]["type"] == "failed" and SECRETS[0] not in lines[-1]["message"]
            broken.setattr(Judges, "stored", failure)
            reply = page.client.get("/export.zip")
            assert reply.status_code == status and SECRETS[0] not in reply.text
    assert "ZeroDivisionError" in caplog.text and SECRETS[0] not in caplog.text
