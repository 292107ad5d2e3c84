"""The HTML report: its content, what it never contains, and how a browser shows it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from grader.checkers import CLOSE, EXACT, SAME_KIND
from grader.errors import Location
from grader.judging.audience import Audience
from grader.judging.results import result as judge_result
from grader.model.checker import Mismatch, Tolerance
from grader.model.entry_point import EntryPoint
from grader.model.judgement import (
    CaseResult,
    Diagnosis,
    Judgement,
    Protection,
    Run,
    RunStatus,
    Verdict,
)
from grader.model.problem import Case, Paper, Problem, Submission
from grader.model.signature import Function, Parameter
from grader.reports.judgement import html, notebook_check
from grader.sandbox.host import Sandbox
from grader.values import Unsupported, Value
from tests._support.browser import open_page
from tests._support.scripts import changed, judged
from tests._support.small_problems import REFEREE

# Judgements to report on -------------------------------------------------------------------------

STATEMENT = r"""
Average the *clipped* ratios.

## The formula

$$
J = \frac{1}{G} \sum_{i=1}^{G} \min\left(\rho_i \hat{A}_i,\ \operatorname{clip}(\rho_i,
1 - \epsilon, 1 + \epsilon)\, \hat{A}_i\right) - \beta\, D_{\text{KL}}(\pi_\theta \,\|\, \pi_0)
$$

### Arguments

| name | meaning |
|------|---------|
| `ratios_of_the_probabilities` | what $\rho_i$ is, one for each of the responses in the group |

```python
objective(ratios_of_the_probabilities=[1.5, 0.5], advantages=[1.0, -1.0], epsilon=0.2, beta=0.01)
```
"""

SOURCE = b'''import math


def objective(ratios, epsilon):
    """My attempt."""
    print("ratios", ratios)  # to see
    return sum(ratios) / len(ratios) + 0.25 * math.exp(epsilon) / (epsilon - epsilon_of_paper())
'''

FUNCTION = Function("objective", (Parameter("ratios"), Parameter("epsilon", "0.2")))
PUBLIC = Case.of_call(
    name="two-ratios",
    args={"ratios": [1.5, 0.5], "epsilon": 0.2},
    at=Location("cases.yaml"),
    checker=CLOSE,
    expected=0.85,
    has_expected=True,
    explanation=r"Clipped they are $1.2$ and $0.8 = 1 - \epsilon$: a **worked** explanation.",
    remark="Older copies print $0.9$.",
    function=FUNCTION,
)
HIDDEN = replace(PUBLIC, name="none-at-all", hidden=True).with_step(
    args={"ratios": [0.125]}, expected=0.375
)
REDACTED = replace(HIDDEN, explanation="", remark="").with_step(
    args={}, expected=None, has_expected=False
)

RETURNED = Run(RunStatus.RETURNED, value=1.0, stdout="ratios [1.5, 0.5]\n", wall_s=0.0004)
RAISED = Run(
    RunStatus.RAISED,
    error="ZeroDivisionError: division by zero",
    line=7,
    traceback='File "me.py", line 7, in objective\nZeroDivisionError: division by zero\n',
    wall_s=0.0021,
)
NOT_LOADED = Run(RunStatus.NOT_LOADED, error="SyntaxError: expected ':'", line=4)


def result(case: Case = PUBLIC, run: Run = RETURNED, **changes: Any) -> CaseResult:
    """A wrong answer, unless it is changed."""
    mismatch = Mismatch(got=1.0, expected=0.85, error=0.15, allowed=8.5e-5)
    wrong = CaseResult(case, run, Verdict.WRONG_ANSWER, Fraction(0), mismatch)
    return replace(wrong, **changes)


def accepted(case: Case = PUBLIC) -> CaseResult:
    return result(case, verdict=Verdict.ACCEPTED, points=case.points, mismatch=None)


def raised(case: Case = PUBLIC) -> CaseResult:
    return result(case, RAISED, verdict=Verdict.RUN_TIME_ERROR, mismatch=None)


PROBLEM = Problem(
    slug="clipped-mean",
    title="A clipped mean",
    difficulty="easy",
    category="Reinforcement Learning",
    entry_point=EntryPoint((FUNCTION,)),
    statement=STATEMENT,
    starter=b"",
    cases=(PUBLIC, HIDDEN),
    paper=Paper("The paper", "https://example.org/paper"),
)
JUDGEMENT = Judgement(
    problem=PROBLEM,
    submission=Submission(SOURCE, "submissions/ada_lovelace_12345/attempt.py", "Ada Lovelace"),
    results=(
        result(),
        accepted(replace(PUBLIC, name="fine")),
        raised(replace(PUBLIC, name="divides-by-zero-" + "very" * 20)),
        result(REDACTED, mismatch=Mismatch()),
    ),
    verdict=Verdict.WRONG_ANSWER,
    protection=Protection("strict", ("landlock", "seccomp")),
    key_digest="0123456789abcdef" * 4,
    misconceptions=(Diagnosis(("no-clip",), ("Does epsilon change your result at all?",), 3, 4),),
    versions={"grader": "0.1.0", "python": "3.12.1"},
)
INVALID = replace(
    JUDGEMENT,
    results=tuple(
        result(case, NOT_LOADED, verdict=Verdict.INVALID_SUBMISSION, mismatch=None)
        for case in (PUBLIC, REDACTED)
    ),
    verdict=Verdict.INVALID_SUBMISSION,
    misconceptions=(),
)


def with_source(source: bytes) -> Judgement:
    return replace(JUDGEMENT, submission=replace(JUDGEMENT.submission, source=source))


def with_results(*results: CaseResult) -> Judgement:
    return replace(JUDGEMENT, results=results)


def page_of(judgement: Judgement) -> str:
    out = io.StringIO()
    html.write([judgement], out)
    return out.getvalue()


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.texts))


def text_of(judgement: Judgement) -> str:
    return Elements(page_of(judgement)).text


# Untrusted text ----------------------------------------------------------------------------------

HOSTILE = "</pre></code></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"


def _problem(**changes: Any) -> Judgement:
    return replace(JUDGEMENT, problem=replace(PROBLEM, **changes))


def _submission(**changes: Any) -> Judgement:
    return replace(JUDGEMENT, submission=replace(JUDGEMENT.submission, **changes))


def _case(**changes: Any) -> Judgement:
    return with_results(result(replace(PUBLIC, **changes)))


def _step(**changes: Any) -> Judgement:
    return with_results(result(PUBLIC.with_step(**changes)))


def _run(**changes: Any) -> Judgement:
    return with_results(result(run=replace(RETURNED, **changes)))


PLACES: dict[str, Callable[[str], Judgement]] = {
    "the title": lambda text: _problem(title=text),
    "the category": lambda text: _problem(category=text),
    "the difficulty": lambda text: _problem(difficulty=text),
    "the statement": lambda text: _problem(statement=text),
    "the paper": lambda text: _problem(paper=Paper(text, "https://example.org/")),
    "the paper's address": lambda text: _problem(paper=Paper("", f"https://example.org/{text}")),
    "the student's name": lambda text: _submission(student=text),
    "the file's name": lambda text: _submission(origin=text),
    "a flaw": lambda text: replace(_submission(flaw=text), results=()),
    "the code": lambda text: _submission(source=text.encode()),
    "a string in the code": lambda text: _submission(source=f'"""{text}\n'.encode()),
    "a long line of code": lambda text: _submission(source=text.encode() * 100),
    "a case's name": lambda text: _case(name=text),
    "a failing case's name": lambda text: with_results(raised(replace(PUBLIC, name=text))),
    "an argument": lambda text: _step(args={"ratios": text}),
    "the expected answer": lambda text: _step(expected=text),
    "the explanation": lambda text: _case(explanation=text),
    "the remark": lambda text: _case(remark=text),
    "the answer": lambda text: _run(value=text),
    "an answer of a strange type": lambda text: _run(value=Unsupported(text)),
    "the mismatch": lambda text: with_results(result(mismatch=Mismatch(why=text))),
    "the exception": lambda text: with_results(replace(raised(), run=replace(RAISED, error=text))),
    "a syntax error": lambda text: with_results(
        result(run=replace(NOT_LOADED, error=text), verdict=Verdict.INVALID_SUBMISSION)
    ),
    "the traceback": lambda text: _run(traceback=text),
    "the output": lambda text: _run(stdout=text),
    "a hint": lambda text: replace(JUDGEMENT, misconceptions=(Diagnosis(("a",), (text,), 1, 1),)),
    "an observation": lambda text: replace(JUDGEMENT, observations=(text,)),
    "a version": lambda text: replace(JUDGEMENT, versions={text: text}),
    "a layer": lambda text: replace(JUDGEMENT, protection=Protection(text, (text,))),
    "the digest": lambda text: replace(JUDGEMENT, key_digest=text),
}


@pytest.mark.parametrize("judged_with", PLACES.values(), ids=PLACES)
def test_no_text_becomes_markup(judged_with: Callable[[str], Judgement]) -> None:
    elements = Elements(page_of(judged_with(HOSTILE)))
    assert not [tag for tag, _ in elements.tags if tag in ("script", "img", "iframe", "object")]
    assert not [name for _, attrs in elements.tags for name in attrs if name.startswith("on")]
    if judged_with is not PLACES["the paper's address"]:
        assert "alert(1)" in elements.text  # it is shown, as text


DISTURBING = {
    "a bidirectional override": "\u202e",
    "an escape": "\x1b",
    "a NUL": "\0",
    "a carriage return": "\r",
    "a lone surrogate": "\ud800",
    "a C1 control": "\x9b",
}
AUTHORS = (
    "the statement",
    "the explanation",
    "the remark",
)  # the code cannot contain a surrogate
STRANGERS = {name: place for name, place in PLACES.items() if name not in AUTHORS}


@pytest.mark.parametrize("character", DISTURBING.values(), ids=DISTURBING)
def test_no_text_disturbs_the_page(character: str) -> None:
    for name, judged_with in STRANGERS.items():
        if character == "\ud800" and "code" in name:
            continue  # it is bytes
        page = page_of(judged_with(f"a{character}b"))
        assert character not in page, name
        page.encode("utf-8")


def test_an_address_with_a_script_is_not_a_link() -> None:
    page = page_of(_problem(paper=Paper("The paper", "javascript:alert(1)")))
    assert "The paper" in page
    assert "javascript:" not in page


def test_a_content_security_policy_forbids_everything_unused() -> None:
    policies = [
        attrs["content"]
        for tag, attrs in Elements(page_of(JUDGEMENT)).tags
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    rules = (policies[0] or "").split("; ")
    assert {"default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"} <= set(rules)
    assert not re.search(r"script|connect|https?:|\*", policies[0] or "")


def test_nothing_is_loaded() -> None:
    page = page_of(JUDGEMENT)
    for tag, attrs in Elements(page).tags:
        assert "src" not in attrs
        if tag != "a":
            assert (attrs.get("href") or "data:").startswith("data:")
    assert "url(" not in page
    assert "@import" not in page


# Content -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", Verdict, ids=lambda verdict: verdict.value)
def test_a_verdict_has_a_label_and_an_abbreviation(verdict: Verdict) -> None:
    row = text_of(with_results(result(verdict=verdict))).split("Time", 1)[1]
    assert re.search(rf"two-ratios\s*{verdict.label}\s*{verdict.short}", row)


def test_score_and_points() -> None:
    third = replace(PUBLIC, points=Fraction(1, 3))
    text = text_of(with_results(accepted(third), accepted(third), result(third)))
    assert "0.67 of 1 points" in text
    assert text.count("0.33 / 0.33") == 2
    assert text.count("0 / 0.33") == 1


def test_the_header_has_student_and_file() -> None:
    header = text_of(JUDGEMENT).split("Cases")[0]
    for said in ("A clipped mean", "easy", "Reinforcement Learning", "Ada Lovelace", "attempt.py"):
        assert said in header
    assert "4 cases: 1 accepted, 2 wrong answer, 1 run-time error" in header


def test_formulas_are_mathml() -> None:
    elements = Elements(page_of(JUDGEMENT))
    assert len([tag for tag, _ in elements.tags if tag == "math"]) >= 6
    assert "$" not in elements.text


def test_the_call_and_both_answers_are_shown() -> None:
    text = text_of(with_results(result()))
    assert "objective( ratios=[1.5, 0.5], epsilon=0.2, )" in text
    assert "Returned 1.0 Expected 0.85 within 0.01 % of the expected value plus 1e-9" in text
    assert "a worked explanation" in text
    assert "Older copies print" in text


MARKED: dict[str, tuple[Value, Value, list[str], str]] = {
    "an element of a list": ([1.0, 9.0], [1.0, 2.0], ["9.0", "2.0"], "[1.0, <mark>9.0</mark>]"),
    "an element of a matrix": (
        [[1, 5], [3, 4]],
        [[1, 2], [3, 4]],
        ["5", "2"],
        '[1, <mark>5</mark>]\n</span><span class="value-line">[3, 4]</span>',
    ),
    "a text": (
        "<b>",
        "b",
        ["&#39;&lt;b&gt;&#39;", "&#39;b&#39;"],
        "<mark>&#39;&lt;b&gt;&#39;</mark>",
    ),
    "the end of a long list": (
        [*[0] * 500, 1],
        [*[0] * 500, 2],
        ["1", "2"],
        ", 0, <mark>1</mark>]",
    ),
}


@pytest.mark.parametrize("got, expected, marked, part", MARKED.values(), ids=MARKED)
def test_only_what_differs_is_marked(
    got: Value, expected: Value, marked: list[str], part: str
) -> None:
    case = PUBLIC.with_step(expected=expected)
    judged = judge_result(case, Run(RunStatus.RETURNED, value=got), REFEREE)
    page = page_of(with_results(judged))
    assert re.findall("<mark>(.*?)</mark>", page) == marked
    assert part in page
    right = judge_result(case.with_step(expected=got), Run(RunStatus.RETURNED, value=got), REFEREE)
    assert "<mark>" not in page_of(with_results(right))


def test_a_redacted_case_shows_only_its_verdict() -> None:
    leaky = replace(RAISED, stdout="ratios [0.125]", traceback="0.125", value=0.125)
    text = text_of(
        with_results(result(REDACTED, leaky, verdict=Verdict.RUN_TIME_ERROR, mismatch=None))
    )
    cases = text.split("Time", 1)[1].split("The submitted code")[0]
    assert re.fullmatch(
        r" none-at-all hidden run-time error RTE 0 / 1 –"
        r" ZeroDivisionError: division by zero \(line 7\) See line 7 in the code ",
        cases,
    )


def test_a_hidden_case_that_is_not_redacted_is_shown() -> None:
    text = text_of(with_results(result(HIDDEN)))
    assert "ratios=[0.125]" in text
    assert "Expected 0.375" in text


def test_hints_come_before_the_cases() -> None:
    page = page_of(JUDGEMENT)
    assert "this accounts for 3 of your 4 wrong answers" in text_of(JUDGEMENT)
    assert page.index("Does epsilon change") < page.index("<table")


def test_a_note_is_cut_as_in_every_report() -> None:
    judgement = replace(JUDGEMENT, notes=("a" * 1000,))
    for page in (page_of(judgement), notebook_check.fragment(judgement)):
        assert max(map(len, re.findall("a+", page))) == 500


def test_the_slug_of_a_misconception_is_not_shown() -> None:
    (diagnosis,) = JUDGEMENT.misconceptions
    page = page_of(JUDGEMENT)
    assert diagnosis.slug not in page and diagnosis.slug.replace("-", " ") not in text_of(JUDGEMENT)


def test_a_hint_is_given_once() -> None:
    misconceptions = [Diagnosis((slug,), ("The same hint",), 1, 1) for slug in ("a", "b")]
    assert (
        page_of(replace(JUDGEMENT, misconceptions=tuple(misconceptions))).count("The same hint")
        == 1
    )


def test_the_first_failed_case_is_open() -> None:
    opened = [attrs for tag, attrs in Elements(page_of(JUDGEMENT)).tags if tag == "details"]
    assert ["open" in attrs for attrs in opened].count(True) == 1
    assert "open" in opened[0]


def test_the_reason_a_file_could_not_be_loaded_is_shown_once() -> None:
    text = text_of(INVALID)
    assert text.count("SyntaxError: expected ':' (line 4)") == 1
    assert "None of the 2 cases could be run." in text
    assert text.index("SyntaxError") < text.index("two-ratios")


def test_an_internal_error_is_shown_as_one() -> None:
    failed = result(run=Run(RunStatus.NOT_RUN), verdict=Verdict.JUDGE_ERROR)
    text = text_of(replace(with_results(failed), verdict=Verdict.JUDGE_ERROR))
    assert "Internal error in the grader, not in your code." in text
    assert "0 / 1 not run" in text


COMPARED = {
    "the default": (PUBLIC, "within 0.01 % of the expected value plus 1e-9"),
    "decimals": (PUBLIC.with_step(tolerance=Tolerance.of_decimals(4)), "equal to 4 decimals"),
    "absolute alone": (PUBLIC.with_step(tolerance=Tolerance(0.0, 0.5)), "within 0.5"),
    "no tolerance": (PUBLIC.with_step(tolerance=Tolerance(0.0, 0.0)), "exactly equal"),
    "exact": (PUBLIC.with_step(checker=EXACT), "exactly equal"),
    "same kind": (
        PUBLIC.with_step(expected=[0.85], checker=SAME_KIND, tolerance=Tolerance.of_decimals(1)),
        "equal to 1 decimals, in a container of the same type",
    ),
    "texts, without tolerance": (PUBLIC.with_step(expected=["a"]), "exactly equal"),
}


@pytest.mark.parametrize("case, words", COMPARED.values(), ids=COMPARED)
def test_the_comparison_is_described(case: Case, words: str) -> None:
    assert f"Comparison {words} Limits" in text_of(with_results(result(case)))


def test_comparisons_that_differ_are_counted() -> None:
    cases = [PUBLIC.with_step(checker=checker) for checker in (CLOSE, EXACT, CLOSE)]
    text = text_of(with_results(*map(result, cases)))
    assert "plus 1e-9 (2 cases); exactly equal (1 case)" in text


def test_the_comparison_of_a_redacted_case_is_not_shown() -> None:
    exact = PUBLIC.with_step(checker=EXACT)
    assert "Comparison exactly equal Limits" in text_of(
        with_results(result(exact), result(REDACTED))
    )
    assert "Comparison" not in text_of(with_results(result(REDACTED)))


def test_the_conditions_are_shown() -> None:
    text = text_of(JUDGEMENT)
    assert (
        "1 s of processor time, 5 s of real time, 512 MiB of memory, 1024 KiB for the answer"
        in text
    )
    assert "strict (landlock, seccomp)" in text
    assert "grader 0.1.0, python 3.12.1" in text
    assert JUDGEMENT.key_digest in text


DURATIONS = {
    0.0: "0.0 ms",
    0.00042: "0.4 ms",
    0.0123: "12 ms",
    0.9994: "999 ms",
    0.9996: "1.00 s",
    5.004: "5.00 s",
}


@pytest.mark.parametrize("seconds, text", DURATIONS.items())
def test_durations(seconds: float, text: str) -> None:
    run = replace(RETURNED, wall_s=seconds)
    assert f"0 / 1 {text} " in text_of(with_results(result(run=run)))


def test_the_same_judgement_gives_the_same_bytes() -> None:
    again = replace(JUDGEMENT, versions=dict(reversed(list(JUDGEMENT.versions.items()))))
    assert page_of(JUDGEMENT) == page_of(again)


def test_no_level_of_headings_is_skipped() -> None:
    page = page_of(_case(explanation="# A\n### B\n"))
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_reference_has_one_target() -> None:
    tags = Elements(page_of(JUDGEMENT)).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    links = [(attrs.get("href") or "").removeprefix("#") for tag, attrs in tags if tag == "a"]
    labels = [attrs["aria-labelledby"] for _, attrs in tags if "aria-labelledby" in attrs]
    assert len(ids) == len(set(ids))
    assert {*labels, *(link for link in links if ":" not in link)} <= set(ids)


# The submitted code ------------------------------------------------------------------------------


def lines_of(judgement: Judgement) -> list[str]:
    """Return the lines of code as shown, each followed by its mark."""
    code = page_of(judgement).split('<pre><code><span id="line-1"')[1].split("</code></pre>")[0]
    lines = re.split(r'<span id="line-\d+"', code)
    return [Elements(f"<i{line}").text.strip() for line in lines]


LINES = {
    "as they are": (b"a = 1\nb = 2\n", ["a = 1", "b = 2"]),
    "no newline at the end": (b"a\nb", ["a", "b"]),
    "empty lines at the top": (b"\n\na\n", ["", "", "a"]),
    "empty lines at the end": (b"a\n\n\n", ["a", "", ""]),
    "a form feed is not a new line": (b"a\x0cb\nc", ["a\ufffdb", "c"]),
    "Windows": (b"a\r\nb\r\n", ["a", "b"]),
    "old Macintosh": (b"a\rb", ["a", "b"]),
    "a byte order mark": (b"\xef\xbb\xbfa\n", ["a"]),
    "a string over two lines": (b'"""a\nb"""\n', ['"""a', 'b"""']),
    "not UTF-8": (b"caf\xe9\n", ["caf\ufffd"]),
    "NULs": (b"a\0b", ["a\ufffdb"]),
}


@pytest.mark.parametrize("source, lines", LINES.values(), ids=LINES)
def test_lines_are_numbered_as_by_python(source: bytes, lines: list[str]) -> None:
    assert lines_of(replace(with_source(source), results=())) == lines


def test_the_line_that_raised_is_marked() -> None:
    case = replace(PUBLIC, name="zero")
    marked = lines_of(with_results(raised(case)))[6]
    assert marked.endswith("↑ stopped here in the case “zero”")
    assert lines_of(with_results(raised(case), raised(PUBLIC)))[6].endswith("in 2 cases")
    assert lines_of(INVALID)[3].endswith("↑ loading stopped here")


def test_a_line_that_does_not_exist_is_not_marked() -> None:
    far = replace(raised(), run=replace(RAISED, line=10**9))
    assert "See line" not in text_of(with_results(far))


LARGE = {
    "megabytes": b"x = 1\n" * 1_000_000,
    "one line": b"x" * 5_000_000,
    "bytes at random": bytes(range(256)) * 20_000,
    "NULs": bytes(5_000_000),
    "nothing but newlines": b"\n" * 5_000_000,
    "slow to highlight": b"match" + b" " * 90_000 + b"x" + b" " * 5_000_000,
}


@pytest.mark.parametrize("source", LARGE.values(), ids=LARGE)
def test_a_large_file_is_cut(source: bytes) -> None:
    page = page_of(with_source(source))
    assert len(page) < 600_000
    assert f"The file has {len(source):,} bytes; only its beginning is shown." in page


def test_replaced_characters_are_explained() -> None:
    assert "replaces bytes that are not text" in text_of(with_source(b"\xff"))
    assert "replaces bytes that are not text" not in text_of(with_source("é".encode()))


def test_an_empty_file_is_reported() -> None:
    assert "The file is empty." in text_of(with_source(b""))


def test_a_file_of_which_nothing_could_be_read_is_not_said_to_be_empty() -> None:
    submission = replace(JUDGEMENT.submission, source=b"", flaw="it is a RAR archive")
    page = text_of(replace(JUDGEMENT, submission=submission))
    assert "There is none to show: it is a RAR archive." in page and "is empty" not in page


# In a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports as files: of a wrong submission, and of one that could not be loaded."""
    folder = tmp_path_factory.mktemp("pages")
    files = {name: folder / f"{name}.html" for name in ("wrong", "invalid")}
    files["wrong"].write_text(page_of(JUDGEMENT), encoding="utf-8")
    files["invalid"].write_text(page_of(INVALID), encoding="utf-8")
    return files


DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 640}
OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"


@pytest.mark.parametrize("name", ["wrong", "invalid"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, pages: dict[str, Path], name: str, viewport: dict[str, int], scheme: str
) -> None:
    with open_page(browser, pages[name], viewport=viewport, color_scheme=scheme) as page:
        page.evaluate(OPEN_ALL)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_a_phone_need_not_scroll_sideways(browser: Browser, pages: dict[str, Path]) -> None:
    with open_page(browser, pages["wrong"], viewport=PHONE) as page:
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_scrolling_elements_have_a_name_and_take_the_focus(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with open_page(browser, pages["wrong"], viewport=PHONE) as page:
        page.evaluate(OPEN_ALL)
        scrolling = page.evaluate(
            """[...document.querySelectorAll("main *")]
                .filter(box => box.scrollWidth > box.clientWidth + 1)
                .filter(box => ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
                .map(box => [box.tabIndex, box.getAttribute("aria-label")])"""
        )
    assert {label for _, label in scrolling} >= {"Formula", "Code", "The submitted code"}
    assert all(tab_index == 0 and label for tab_index, label in scrolling)


def test_the_page_makes_no_requests(browser: Browser, pages: dict[str, Path]) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages["wrong"].as_uri(), wait_until="networkidle")
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [pages["wrong"].as_uri()]


def test_the_page_works_without_javascript(browser: Browser, pages: dict[str, Path]) -> None:
    with open_page(browser, pages["wrong"], java_script_enabled=False) as page:
        assert page.get_by_role("rowheader", name="two-ratios").is_visible()
        second = page.locator("details").nth(2)
        second.locator("summary").click()
        assert second.get_by_text("a worked explanation").is_visible()


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_cases_are_a_table_to_a_screen_reader(
    browser: Browser, pages: dict[str, Path], viewport: dict[str, int]
) -> None:
    with open_page(browser, pages["wrong"], viewport=viewport) as page:
        snapshot = page.get_by_role("table", name="Each case").aria_snapshot()
    for heading in ("Case", "Verdict", "Points", "Time"):
        assert f'columnheader "{heading}"' in snapshot
    assert 'rowheader "two-ratios"' in snapshot
    assert 'cell "wrong answer WA"' in snapshot or viewport is PHONE
    assert "0 / 1" in snapshot


def test_print_shows_folded_sections(browser: Browser, pages: dict[str, Path]) -> None:
    with open_page(browser, pages["wrong"], color_scheme="dark") as page:
        explanations = page.get_by_text("a worked explanation")
        assert not explanations.nth(1).is_visible()
        page.emulate_media(media="print")
        assert [explanations.nth(i).is_visible() for i in range(3)] == [True, True, True]
        paper, ink = page.evaluate(
            "(style => [style.backgroundColor, style.color])(getComputedStyle(document.body))"
        )
        assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(29, 35, 48)")
        assert not page.get_by_role("navigation").is_visible()


def test_the_first_tab_reaches_a_link_to_the_results(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with open_page(browser, pages["wrong"]) as page:
        page.keyboard.press("Tab")
        link = page.get_by_role("link", name="Skip to the results")
        assert page.evaluate("document.activeElement.textContent") == link.text_content()
        page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        page.wait_for_url("**#results")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_focus_can_be_seen(browser: Browser, pages: dict[str, Path]) -> None:
    with open_page(browser, pages["wrong"]) as page:
        stops = page.locator("a, summary, [tabindex]").count()
        for _ in range(stops):
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outline")
            assert "solid 3px" in style or "3px" in style


def test_the_steps_of_a_script_are_shown_one_by_one(sandbox: Sandbox) -> None:
    wrong = changed("adam", ("self.t += 1", "self.t = 1"))
    judgement = judged("adam", wrong, sandbox, Audience.STUDENT)
    text = text_of(judgement)
    imports = "from numpy import array, float64"
    assert f"{imports} adam = Adam(lr=0.5) params = adam.step(" in text
    assert "adam.step(params=params, grads=array([2.0], dtype=float64)) Returned [-0.148" in text
    assert "] Expected [0.01741] within 0.01 %" in text and "adam.t Returned 1 Expected 2" in text
    assert "The problem Adam(lr) Adam.step(params, grads) Write the" in text
    assert "step 3, adam.step(…): at [0]" in text.replace("Step 3", "step 3")
    assert "two = Adam" not in text  # of the hidden case
