"""The blocks of every page run as written, and the site is complete and works offline."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from lxml import html
from playwright.sync_api import Browser, ViewportSize

from grader.cli import cli
from grader.course.assignment_fields import make_assignment_record
from tests._support.bank import PATIENCE_S, ROOT
from tests._support.browser import open_page
from tests._support.docs import NOT_RUN, Mistake, blocks, run

PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for path in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
}


def run_page(page: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-W",
        "error",
        str(ROOT / "tests" / "_support" / "docs.py"),
        str(page),
    ]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE_S)


# The pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_page_runs_as_written(page: Path) -> None:
    done = run_page(page)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page, beginning", NOT_RUN)
def test_blocks_that_are_not_run_exist(page: str, beginning: str) -> None:
    found = [path for path in PAGES.values() if path.name == page]
    assert any(block.text.startswith(beginning) for path in found for block in blocks(path))


def texts_of_the_package() -> str:
    """Return the texts of the code, and the templates and scripts of the pages, on one line.

    What is inserted into a text is an ellipsis.
    """
    found = []
    for path in sorted((ROOT / "grader").rglob("*.py")):
        inside: set[ast.AST] = set()  # parts of another text; `walk` gives the whole one first
        for node in ast.walk(ast.parse(path.read_bytes())):
            match node:
                case ast.JoinedStr(values=parts):
                    inside.update(parts)
                    of_parts = (str(p.value) if isinstance(p, ast.Constant) else "…" for p in parts)
                    found.append("".join(of_parts))
                case ast.Constant(value=str(text)) if node not in inside:
                    found.append(text)
    for kind in ("*.html", "*.js"):
        found += [path.read_text("utf-8") for path in sorted((ROOT / "grader").rglob(kind))]
    return " ".join("\n".join(found).split())


def messages_explained(page: Path) -> list[str]:
    """Return the messages in the tables that say what to do about what "you see"."""
    found: list[str] = []
    for table in page.read_text("utf-8").split("\n\n"):
        if table.startswith("| you see |"):
            for row in table.splitlines()[2:]:
                found += re.findall(r'"([^"]+)"', row.split("|")[1])
    return found


def test_messages_that_pages_explain_exist() -> None:
    texts = texts_of_the_package()
    quoted = [(name, each) for name, page in PAGES.items() for each in messages_explained(page)]
    assert len(quoted) > 20
    assert [
        (name, message)
        for name, message in quoted
        for part in re.split(r"…|`[^`]+`", message)
        if part.strip() not in texts
    ] == []


LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
REPOSITORY_FILE = re.compile(r"`((?:\.ci|benchmarks|docs|examples|grader|tests)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_files_named_on_a_page_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []
    assert [name for name in REPOSITORY_FILE.findall(text) if not (ROOT / name).exists()] == []


# Running a page ----------------------------------------------------------------------------------

VALID_PAGES = {
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
    """The path of a page that runs in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return tmp_path / "page.md"


@pytest.mark.parametrize("text", VALID_PAGES.values(), ids=VALID_PAGES)
def test_valid_page_runs(text: str, page: Path) -> None:
    page.write_text(text, encoding="utf-8")
    run(page)


INVALID_PAGES = {
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
    "a file that is not yaml": ('```yaml title="a.yaml"\na: [\n```', "while parsing"),
    "a file elsewhere": ('```text title="../a"\nb\n```', "../a is outside of the folder"),
    "sh without a reason": ("```sh\ntrue\n```", "with the reason in NOT_RUN"),
}


@pytest.mark.parametrize("text, message", INVALID_PAGES.values(), ids=INVALID_PAGES)
def test_invalid_page_fails_at_its_line(text: str, message: str, page: Path) -> None:
    page.write_text(f"One line.\n\n{text}\n", encoding="utf-8")
    with pytest.raises(Exception) as raised:
        run(page)
    assert message in f"{raised.typename}: {raised.value}"
    assert raised.value.__notes__ == ["at page.md:3"]


def test_blocks_that_are_not_run_are_checked_for_syntax(page: Path) -> None:
    page = page.with_name("README.md")
    page.write_text("```sh\nmake demo\n```", encoding="utf-8")
    run(page)
    page.write_text("```sh\nmake demo (\n```", encoding="utf-8")
    with pytest.raises(Mistake, match="syntax error"):
        run(page)


def test_page_runs_with_the_bank_and_the_programs_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ ls\nproblems\nsolutions\n$ ls ~\nwork\n$ type grader python pytest\n```\n"
        '```python title="mine.py"\na = 1\n```\n'
        "```python\nimport mine\n\nmine.b\n```\n",
        encoding="utf-8",
    )
    done = run_page(page)
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
    """The site as `make docs` builds it, without access to another host."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return built(tmp_path_factory.mktemp("site"))
    import fcntl

    folder = tmp_path_factory.getbasetemp().parent / "site"  # of all workers, which build it once
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return folder if folder.exists() else built(folder)


def built(folder: Path) -> Path:
    """Build the site in a folder, which remains only if it is complete."""
    done = build(ROOT / "docs", folder)
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    return folder


def build(pages: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    options = ["--fail-on-warning", "--keep-going", "--quiet", "-d", str(folder / ".doctrees")]
    return subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(pages), str(folder)],
        env={**os.environ, **nowhere},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
    )


BROKEN_PAGES = {
    "a link to a page that does not exist": ("[a](nowhere.md)\n", "'nowhere.md'"),
    "a link to a heading that does not exist": ("[a](index.md#nowhere)\n", "'nowhere'"),
    "an unknown directive": ("```{no-such-directive}\n```\n", "no-such-directive"),
}


def test_broken_pages_fail_the_build(tmp_path: Path) -> None:
    """All in one build, which reports each at its page."""
    pages = tmp_path / "pages"
    shutil.copytree(ROOT / "docs" / "_ext", pages / "_ext")
    shutil.copytree(ROOT / "docs" / "_static", pages / "_static")
    shutil.copy(ROOT / "docs" / "conf.py", pages)
    (pages / "index.md").write_text("# A page\n\n```{toctree}\n:glob:\n\npage*\n```\n", "utf-8")
    for number, (text, _) in enumerate(BROKEN_PAGES.values()):
        (pages / f"page{number}.md").write_text(f"# Page {number}\n\n{text}", "utf-8")
    done = build(pages, tmp_path / "site")
    assert done.returncode == 1
    for number, (_, message) in enumerate(BROKEN_PAGES.values()):
        where = rf"page{number}\.md(\.rst)?:"  # as versions of MyST have it
        assert re.search(f"{where}.*{re.escape(message)}", done.stderr), done.stderr
    assert "index.md" not in done.stderr


def test_every_page_is_in_the_navigation(site: Path) -> None:
    home = (site / "index.html").read_text("utf-8")
    named = set(re.findall(r'<a class="reference internal" href="([\w-]+)\.html">', home))
    assert named | {"index"} == {path.stem for path in PAGES.values() if path.parent != ROOT}


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


def test_reference_lists_every_command_with_its_options(site: Path) -> None:
    page = html.parse(site / "cli.html")
    for path, command in commands(cli, "grader"):
        section = page.find(f".//section[@id='{path.replace(' ', '-')}']")
        assert section is not None, path
        listed = " ".join(term.text_content() for term in section.iterfind("dl/dt"))
        for option in (each for each in command.params if isinstance(each, click.Option)):
            assert set(option.opts) <= set(re.split(r"[,\s]+", listed)), (path, option.opts)


PAGE_OF_KEYS = {
    "spec": "problem-format",
    "cases": "problem-format",
    "wrong": "problem-format",
    "mutants": "problem-format",
    "assignment": "assignments",
    "judgement-2": "reports",
}


@pytest.mark.parametrize("name, page", PAGE_OF_KEYS.items(), ids=PAGE_OF_KEYS)
def test_reference_lists_every_key(site: Path, name: str, page: str) -> None:
    if name == "assignment":
        schema = json.dumps(make_assignment_record(None, ()).schema())
    else:
        schema = (ROOT / "grader" / "schemas" / f"{name}.schema.json").read_text("utf-8")
    keys = re.findall(r'"(\w+)":\s*\{\s*"description"', schema)
    listed = [term.text_content() for term in html.parse(site / f"{page}.html").iterfind(".//dt")]
    assert len(keys) >= 2
    for key in keys:
        assert any(re.match(rf"(\S+\.)?{key} \(", term) for term in listed), key


def test_no_page_makes_a_request_to_another_host(site: Path, browser: Browser) -> None:
    requested: list[str] = []
    with open_page(browser, site / "index.html") as page:
        page.on("request", lambda request: requested.append(request.url))
        for file in sorted(site.glob("*.html")):
            page.goto(file.as_uri())
    assert any(url.endswith("/student.html") for url in requested)
    assert [url for url in requested if not url.startswith(("file:", "data:"))] == []


def test_search_works_from_the_disk(site: Path, browser: Browser) -> None:
    with open_page(browser, site / "index.html", offline=True) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.locator("input.sidebar-search").fill("misconception")
        page.keyboard.press("Enter")
        page.get_by_text("Search finished").wait_for()
        found = [link.get_attribute("href") for link in page.locator("ul.search a").all()]
        assert any(str(address).startswith("problem-format.html") for address in found)
        assert errors == []


@pytest.mark.parametrize(
    "name, scheme", [("student", "light"), ("tolerances", "dark"), ("cli", "light")]
)
def test_page_is_accessible_on_a_phone(
    site: Path, browser: Browser, name: str, scheme: Literal["light", "dark"]
) -> None:
    window = ViewportSize(width=360, height=800)
    with open_page(
        browser, site / f"{name}.html", color_scheme=scheme, viewport=window, offline=True
    ) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
        found = Axe().run(page, {"include": [["article"]]}).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
