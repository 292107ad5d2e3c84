"""A page for each problem of the bank, and a table of them, written when the site is built.

    ```{problem-table}
    ```
    The problems in the order in which to solve them, each with a link to its page.

The pages are what `grader show` prints, so they have no hidden case and no solution. They are
written to `docs/problems`, which is not under version control.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from reference import Generated
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

import grader
from grader.bank.curriculum import in_order
from grader.bank.locate import Bank, Heading, find_bank
from grader.reports.problem_text import problem_markdown

FOLDER = "problems"
_ROOT = Path(grader.__file__).resolve().parents[1]
_START = """## Solve it

```console
$ grader start {slug} {file}
$ grader grade {file}
```
"""


def _bank() -> Bank:
    return find_bank(str(_ROOT))


def write_pages(app: Sphinx) -> None:
    """Write the pages, and remove those of problems that the bank no longer has."""
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(exist_ok=True)
    bank = _bank()
    slugs = bank.slugs()
    for path in folder.glob("*.md"):
        if path.stem not in slugs:
            path.unlink()
    for slug in slugs:
        text = problem_markdown(bank.load(slug, with_solutions=False))
        start = _START.format(slug=slug, file=f"{slug.replace('-', '_')}.py")
        _write_if_changed(folder / f"{slug}.md", f"{text}\n{start}")


def _write_if_changed(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, encoding="utf-8")


class ProblemTable(Generated):
    """The problems of the bank, in the order in which to solve them."""

    def markdown(self) -> Iterator[str]:
        headings = in_order(_bank().headings())
        titles = {each.slug: each.title for each in headings}
        yield from ("| problem | difficulty | after | about |", "| --- | --- | --- | --- |")
        yield from (_row(each, titles) for each in headings)
        yield from ("", "```{toctree}", ":hidden:", "")
        yield from (f"{FOLDER}/{each.slug}" for each in headings)
        yield "```"


def _row(heading: Heading, titles: Mapping[str, str]) -> str:
    after = ", ".join(f"[{titles[slug]}]({FOLDER}/{slug}.md)" for slug in heading.after)
    title = f"[{heading.title}]({FOLDER}/{heading.slug}.md)"
    return f"| {title} | {heading.difficulty} | {after} | {', '.join(heading.tags)} |"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", write_pages)
    app.add_directive("problem-table", ProblemTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
