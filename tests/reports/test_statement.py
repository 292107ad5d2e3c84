"""Statements as HTML: Markdown, formulas, and markup that is removed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.bank.load import load_problem
from grader.reports.statement import statement_html
from tests._support.bank import ROOT

PROBLEMS = sorted(ROOT.joinpath("problems").iterdir())

BECOMES = {
    "a paragraph": ("One *word*.", "<p>One <em>word</em>.</p>"),
    "a formula": ("$x$", '<math display="inline"><mrow><mi>x</mi></mrow></math>'),
    "a displayed formula": ("$$\nx\n$$", '<math display="block"><mrow><mi>x</mi></mrow></math>'),
    "a less-than sign in a formula": ("$a < b$", "<mo>&lt;</mo>"),
    "a full stop behind a formula": ("is $x$.", "</math>.</span>"),
    "prices": ("5 $ and 6 $", "<p>5 $ and 6 $</p>"),
    "a function without a bracket": (r"$\log x$", '<mi>log</mi><mspace width="0.167em"></mspace>'),
    "a function with a bracket": (r"$\min(x)$", '<mi>min</mi><mo stretchy="false">(</mo>'),
    "a minus as a sign": ("$a = -1$", '<mo form="prefix">\N{MINUS SIGN}</mo>'),
    "a minus as an operator": ("$a - 1$", "<mi>a</mi><mo>\N{MINUS SIGN}</mo>"),
    "aligned equations": (r"$$\begin{aligned}a &= b\end{aligned}$$", '<mtd columnalign="right">'),
    "a formula that is none": (r"$\frac{$", r'<code class="latex">\frac{</code>'),
    "a forgotten argument": (r"$\frac{1}$", r'<code class="latex">\frac{1}</code>'),
    "an unknown command": (r"$\nosuch{x}$", r'<code class="latex">\nosuch{x}</code>'),
    "a table": ("|a|\n|--:|\n|1|", '<th scope="col" class="right">a</th>'),
    "code": ("```python\na < b\n```", "<code>a &lt; b\n</code>"),
    "quotation marks": ('"so"', "<p>“so”</p>"),
    "a link": ("[a](https://example.org)", '<a href="https://example.org"'),
    "a tag": ("a <b>b</b>", "<p>a &lt;b&gt;b&lt;/b&gt;</p>"),
    "a tag in a formula that is none": (r"$\frac{<b>$", r'"latex">\frac{&lt;b&gt;</code>'),
    "a picture": ("![a](https://example.org/b.png)", '!<a href="https://example.org/b.png"'),
    "a lone surrogate": ("a\udc80b", "<p>a?b</p>"),
}


@pytest.mark.parametrize("markdown, html", BECOMES.values(), ids=BECOMES)
def test_becomes(markdown: str, html: str) -> None:
    assert html in statement_html(markdown)


HEADINGS = {
    "as statements begin": ("## A\n## B\n### C", ["h3", "h3", "h4"]),
    "from the top": ("# A\n## B\n# C", ["h3", "h4", "h3"]),
    "a level left out": ("## A\n#### B", ["h3", "h4"]),
    "upside down": ("### A\n## B", ["h3", "h3"]),
    "deeper than there are levels": (
        "# A\n## B\n### C\n#### D\n##### E",
        [*["h3", "h4", "h5", "h6", "h6"]],
    ),
}


@pytest.mark.parametrize("markdown, levels", HEADINGS.values(), ids=HEADINGS)
def test_headings_nest_below_h2(markdown: str, levels: list[str]) -> None:
    assert re.findall(r"<(h\d)>", statement_html(markdown)) == levels


HARMLESS = {
    "a script": "<script>alert(1)</script>",
    "a tag with a handler": "<img src=x onerror=alert(1)>",
    "a tag inside a paragraph": "a <b onclick=alert(1)>b</b>",
    "a script in a formula": r"$\text{<script>alert(1)</script>}$",
    "a tag in a formula that is none": r"$\frac{<img src=x onerror=alert(1)>$",
    "a style in a formula": r"$\style{position:fixed}{x}$",
    "a link in a formula": r"$\href{javascript:alert(1)}{x}$",
    "a link that runs": "[a](javascript:alert(1))",
    "a link to data": "[a](data:text/html,<script>alert(1)</script>)",
    "a picture": "![a](https://example.org/a.png)",
    "a comment": "<!-- a -->",
    "a style": "<style>body{display:none}</style>",
    "code that closes its block": "```\n</code></pre><script>alert(1)</script>\n```",
    "a language with a quotation mark": '```"><script>\na\n```',
}


@pytest.mark.parametrize("markdown", HARMLESS.values(), ids=HARMLESS)
def test_nothing_runs_or_loads(markdown: str) -> None:
    html = statement_html(markdown)
    assert not re.search(r"<(script|style|img|iframe|object|b)\b|<!--", html)
    assert not re.search(r"<[^>]*\s(on\w+|style|src)\s*=", html)
    assert not re.search(r"""href=["']?(javascript|data):""", html)


WIDE = {
    "a displayed formula": "$$x$$",
    "a long formula": r"$x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_{10} + x_{11}$",
    "code": "```\na\n```",
    "indented code": "    a",
    "a table": "|a|\n|-|",
}


@pytest.mark.parametrize("markdown", WIDE.values(), ids=WIDE)
def test_wide_things_can_be_scrolled_with_the_keyboard(markdown: str) -> None:
    opened = r'<\w+ class="wide( \w+)?" tabindex="0" role="group" aria-label="\w+">'
    assert re.search(opened, statement_html(markdown))


def test_a_long_formula_that_begins_with_a_space() -> None:
    html = statement_html(r"$\, x = 1.2 \cdot 0.5 - 0.75 \cdot 0.25 + 0.375,\; y = 0.5$")
    assert html.count("<math") == 4
    assert '</mo><mspace width="0.278em"></mspace></mrow></math><wbr>' in html


def test_a_long_formula_may_be_broken_behind_a_relation() -> None:
    html = statement_html(r"$x = 1.2 \cdot 0.5 - 0.75 \cdot 0.25 = 0.6 - 0.1875 = 0.4125$")
    assert html.count("<wbr>") == 3
    assert html.count("<math") == 4


@pytest.mark.parametrize("folder", PROBLEMS, ids=lambda folder: folder.name)
def test_every_formula_of_the_bank_is_understood(folder: Path) -> None:
    problem = load_problem(str(folder))
    texts = [problem.statement]
    for case in problem.cases:
        texts += [case.explanation, case.remark]
    html = "".join(map(statement_html, texts))
    assert "<math" in html
    assert 'class="latex"' not in html
    assert "$" not in html
