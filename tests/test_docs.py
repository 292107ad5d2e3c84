"""The documentation does what it says: every page is run, and the site of them is built."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from browser import chromium, open_page
from conftest import ROOT
from playwright.sync_api import Browser

from docs import NOT_RUN, Mistake, blocks, run

PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}


def as_a_reader(page: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(ROOT / "tests" / "docs.py"), str(page)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600)


# The pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_does_what_it_says(page: Path) -> None:
    done = as_a_reader(page)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page, beginning", NOT_RUN)
def test_what_is_not_run_is_still_there(page: str, beginning: str) -> None:
    found = [path for path in PAGES.values() if path.name == page]
    assert any(block.text.startswith(beginning) for path in found for block in blocks(path))


LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
OURS = re.compile(r"`((?:\.ci|benchmarks|docs|examples|grader|tests)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_files_a_page_speaks_of_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []
    assert [name for name in OURS.findall(text) if not (ROOT / name).exists()] == []


# What runs them ----------------------------------------------------------------------------------

FINE = {
    "output": "```console\n$ printf 'a\\nb\\nc\\n'\na\nc\n```",
    "output with something left out": "```console\n$ echo 'a 17 b'\n…\na … b\n```",
    "output on standard error": "```console\n$ echo a >&2\na\n```",
    "a command on two lines": "```console\n$ echo a \\\n    b\na b\n```",
    "exit code 1": "```console\n$ false\n$ echo a\na\n```",
    "a shell for a block": "```console\n$ mkdir d\n$ cd d\n$ ls ..\nd\n```",
    "names of an earlier block": "```python\na = 1\n```\n\n```python\nassert a == 1\n```",
    "a file in a folder": '```text title="a/b.txt"\nc\n```\n\n```console\n$ cat a/b.txt\nc\n```',
    "a setup": '<!-- setup\ntest -d "$ROOT/grader" && touch a\n-->\n\n```console\n$ ls a\na\n```',
    "data": "```yaml\na: !set [1]\n```\n\n```json\n{}\n```\n\n```toml\na = 1\n```",
    "in a list": "- a\n\n    ```console\n    $ echo a\n    a\n    ```",
}


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page to be written, and run in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return tmp_path / "page.md"


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_a_page_that_is_right(text: str, page: Path) -> None:
    page.write_text(text, encoding="utf-8")
    run(page)


WRONG = {
    "other output": ("```console\n$ echo a\nb\n```", "should print\nb\nbut prints\na"),
    "half a line": ("```console\n$ echo ab\na\n```", "should print\na\n"),
    "in another order": ("```console\n$ printf 'a\\nb\\n'\nb\na\n```", "should print\na\n"),
    "by another command": ("```console\n$ echo a\n$ echo b\na\n```", "$ echo b\nshould print\na"),
    "exit code 2": ("```console\n$ true\n$ (exit 2)\n$ true\n```", "$ (exit 2)\nexits with 2"),
    "exit code 2 in a pipe": ("```console\n$ (exit 2) | cat\n```", "exits with 2"),
    "no such command": ("```console\n$ graderr list\n```", "exits with 127"),
    "no such variable": ("```console\n$ echo $ROOT\n```", "ROOT: unbound variable"),
    "a console without a command": ("```console\ngrader list\n```", "begins with a command"),
    "python that raises": ("```python\n1 / 0\n```", "division by zero"),
    "python that warns": ("```python\nimport warnings\nwarnings.warn('a')\n```", "UserWarning: a"),
    "a setup that fails": ("<!-- setup\nfalse\ntrue\n-->", "the setup exits with 1"),
    "a setup without an end": ("<!-- setup\ntrue", "a comment without an end"),
    "another comment": ("<!-- stup\ntrue\n-->", "a block of <!-- stup"),
    "no language": ("```\na\n```", "a block of no language"),
    "only indented": ("    a\n", "a block of no language"),
    "another language": ("```bash\ngrader list\n```", "a block of bash"),
    "yaml": ("```yaml\na: [\n```", "while parsing"),
    "json": ("```json\n{a: 1}\n```", "JSONDecodeError"),
    "toml": ("```toml\na\n```", "TOMLDecodeError"),
    "a file that is no yaml": ('```yaml title="a.yaml"\na: [\n```', "while parsing"),
    "a file elsewhere": ('```text title="../a"\nb\n```', "../a is outside of the folder"),
    "sh without a reason": ("```sh\ntrue\n```", "with the reason in NOT_RUN"),
}


@pytest.mark.parametrize("text, message", WRONG.values(), ids=WRONG)
def test_a_page_that_is_wrong(text: str, message: str, page: Path) -> None:
    page.write_text(f"One line.\n\n{text}\n", encoding="utf-8")
    with pytest.raises(Exception) as raised:
        run(page)
    assert message in f"{raised.typename}: {raised.value}"
    assert raised.value.__notes__ == ["at page.md:3"]


def test_what_is_not_run_must_be_right_in_grammar(page: Path) -> None:
    page = page.with_name("README.md")
    page.write_text("```sh\nmake demo\n```", encoding="utf-8")
    run(page)
    page.write_text("```sh\nmake demo (\n```", encoding="utf-8")
    with pytest.raises(Mistake, match="syntax error"):
        run(page)


def test_a_reader_has_the_bank_the_programs_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ ls\nproblems\nsolutions\n$ ls ~\nwork\n$ type grader python pytest\n```\n"
        '```python title="mine.py"\na = 1\n```\n'
        "```python\nimport mine\n\nmine.b\n```\n",
        encoding="utf-8",
    )
    done = as_a_reader(page)
    assert done.returncode == 1
    assert done.stderr.endswith(
        """page.md", line 15, in <module>
AttributeError: module 'mine' has no attribute 'b'
at page.md:12
"""
    )


# The site ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it, where no other host can be reached."""
    folder = tmp_path_factory.mktemp("site")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0 and "WARNING" not in done.stderr, done.stderr
    return folder


def test_every_page_has_a_place_in_the_site(site: Path) -> None:
    home = (site / "index.html").read_text("utf-8")
    named = set(re.findall(r'<a href="([\w-]+)\.html" class="md-nav__link', home))
    assert named | {"index"} == {path.stem for path in PAGES.values()} - {"README"}


class _Loaded(HTMLParser):
    """What a page has a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get("href" if tag == "link" else "src")
        if address and given.get("rel") != "canonical":
            self.addresses.append(address)


def test_the_site_loads_nothing_from_another_host(site: Path) -> None:
    for page in site.glob("*.html"):
        loaded = _Loaded()
        loaded.feed(page.read_text("utf-8"))
        assert len(loaded.addresses) > 3
        assert [each for each in loaded.addresses if "//" in each] == [], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\W*(https?:)?//", sheet.read_text("utf-8")), sheet


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_the_search_works_from_the_disk(site: Path, browser: Browser) -> None:
    with open_page(browser, site / "index.html", offline=True) as page:
        page.locator("input.md-search__input").click()
        page.keyboard.type("misconception")
        found = page.locator("a.md-search-result__link")
        found.first.wait_for()
        addresses = [str(link.get_attribute("href")) for link in found.all()]
        assert any("/problem-format.html" in address for address in addresses)


@pytest.mark.parametrize("name, scheme", [("student", "light"), ("ci", "dark")])
def test_a_page_can_be_read_by_everybody(
    site: Path, browser: Browser, name: str, scheme: str
) -> None:
    window = {"width": 360, "height": 800}
    with open_page(
        browser, site / f"{name}.html", color_scheme=scheme, viewport=window, offline=True
    ) as page:
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= window["width"]
        ours = {"include": [["article"]], "exclude": [[".md-code__nav"]]}  # else it is the theme's
        found = Axe().run(page, ours).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
