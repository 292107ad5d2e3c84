"""Formulas in a terminal: readable where they can be read, unchanged where not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.problem_text import problem_markdown
from grader.reports.terminal_maths import readable, with_readable_maths
from tests._support.bank import SLUGS, load

FORMULAS = {
    r"x_i^2 \le \frac{1}{n}": "xᵢ² ≤ 1/n",
    r"\frac{a + b}{2}": "(a + b)/2",
    r"\binom{n - c}{k}": "C(n - c, k)",
    r"\sqrt{x}": "√x",
    r"\sqrt[3]{x + 1}": "³√(x + 1)",
    r"\sum_{i=1}^{n} x_i": "∑ᵢ₌₁ⁿ xᵢ",
    r"e^{-\lambda t}": "e^(-λ t)",
    r"\hat{A}_{i,t}": "A\u0302_(i,t)",
    r"\mathrm{softmax}(x)": "softmax(x)",
    r"\left. x \right|": "x |",
    r"\exp\left(-\frac{x}{T}\right)": "exp(-x/T)",
    r"\{ i : x_i \ge f \}": "{ i : xᵢ ≥ f }",
    r"\begin{aligned} a &= b \\\\ c &= d \end{aligned}": "a = b\nc = d",
    r"X^\top": "Xᵀ",
    "100\\%": "100%",
}


@pytest.mark.parametrize("formula, text", FORMULAS.items(), ids=FORMULAS)
def test_a_formula_becomes_unicode(formula: str, text: str) -> None:
    assert readable(formula) == text


@pytest.mark.parametrize(
    "formula", ["x^", "{x", "x}", r"\frac{1}", r"\sqrt[3", "{" * 99 + "}" * 99]
)
def test_a_formula_that_cannot_be_read_stays(formula: str) -> None:
    assert with_readable_maths(f"a ${formula}$ b") == f"a ${formula}$ b"


def test_code_is_left_alone_and_markup_escaped() -> None:
    text = "`$x_i$` and $a*b_{i,j}$\n```\n$x_i$\n```\n"
    assert with_readable_maths(text) == "`$x_i$` and a\\*b\\_(i,j)\n```\n$x_i$\n```\n"


UNCHANGED = {
    "prices": r"A ticket costs \$5, or \$6 at the door.",
    "prices in code": r"`\$5` or `$6$`",
    "one price": r"It costs \$5$",
    "tildes around code": "~~~~python\nf'```{x}```$x_i$'\n~~~~\n",
    "two backticks around code": "``$x_i$`` and ``a ` $x_i$``",
}


@pytest.mark.parametrize("text", UNCHANGED.values(), ids=UNCHANGED)
def test_what_is_not_a_formula_stays(text: str) -> None:
    assert with_readable_maths(text) == text


def test_a_formula_may_contain_a_price() -> None:
    assert with_readable_maths(r"\$5 is $x_i = \$5$, and $a$ is \$6") == (
        r"\$5 is xᵢ = $5, and a is \$6"
    )
    assert with_readable_maths("a \\\\$x_i$") == "a \\\\xᵢ", "the backslash is escaped"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_formula_of_the_bank_is_readable(slug: str) -> None:
    markdown = problem_markdown(load(slug))
    text = with_readable_maths(markdown)
    assert "$" not in text and "\\frac" not in text
    # Of a command that is not known, the name would appear, and its arguments one after the other.
    commands = set(re.findall(r"\\([A-Za-z]+)\{", markdown))
    assert [each for each in commands if readable(rf"\{each}{{a}}{{b}}").startswith(each)] == []


@given(st.text(r"ab{}^_\$&[] \n`"))
def test_any_text_is_read(text: str) -> None:
    with_readable_maths(text)
