"""The HTML report: one file that shows a judgement to a student in a browser.

It loads no script, font or image, and a Content-Security-Policy forbids it. The page contains
untrusted text, so every text passes `_text` and Jinja's escaping; the two kinds of markup made
elsewhere, statements (`statement`) and highlighted code (`_highlighted`), are escaped there. It has
no timestamp: the same judgement gives the same bytes.

Content and order are in `templates/report.html`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TextIO

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.model.judgement import (
    CaseResult,
    Diagnosis,
    Judgement,
    Run,
    RunStatus,
    Verdict,
    points_number,
)
from grader.model.parts import part_text
from grader.model.prints import OutputRule
from grader.model.problem import Limits, Submission
from grader.model.script import Step
from grader.reports.ci_logs import escape_markup_for_ci_log
from grader.reports.differences import comparison
from grader.reports.grades import ShownGrade, ShownTotal
from grader.reports.messages import (
    explained,
    first_error,
    group_hints,
    group_line,
    headline,
    message,
    notes,
)
from grader.reports.problem_text import statement_markdown
from grader.reports.statement import statement_html
from grader.values.dataclasses import dataclass
from grader.values.show import plural, printable, show

_MAX_TEXT = 20_000  # characters of any text of a submission
_MAX_CODE = 100_000  # bytes of the submission's code
_MAX_LINES = 2_000
_MAX_COLUMNS = 500  # Pygments takes a minute for "match", a hundred thousand spaces, and an "x"
_MAX_HINTS = 3
_VALUE_WIDTH = 600  # characters of an argument or an answer


def write(
    judgements: Iterable[Judgement],
    out: TextIO,
    grade: ShownGrade | None = None,
    total: ShownTotal | None = None,
) -> None:
    """Write one judgement as a page, to be saved as UTF-8.

    A hidden case without arguments or expected answer has been redacted for a student: only its
    name, its verdict and its message are shown.

    Args:
        grade, total: what the student gets for it in an assignment; the judgement must then be in
            the points of the assignment
    """
    (judgement,) = judgements
    page = environment().get_template("report.html")
    out.write(
        escape_markup_for_ci_log(
            page.render(
                grade=grade,
                total=total,
                code=shown_code(judgement),
                **template_variables(judgement),
            )
        )
    )


def template_variables(judgement: Judgement) -> dict[str, Any]:
    """Return the variables of the templates that show a judgement, by name; all but the code."""
    return {
        "judgement": judgement,
        "problem": judgement.problem,
        "submission": judgement.submission,
        "misconceptions": _find_misconceptions(judgement),
        # If False, a misconception explains why the submission, though right, is too slow.
        "answers_are_wrong": any(
            each.verdict not in (Verdict.ACCEPTED, Verdict.TIME_LIMIT) for each in judgement.results
        ),
        "notes": notes(judgement),
        "groups": list(map(group_line, judgement.groups)),
        "group_hints": group_hints(judgement),
        "why_not_loaded": first_error(judgement) or judgement.submission.flaw,
        "counts": _counts(judgement.results),
        "first_failed": _first_failed(judgement.results),
        "comparisons": _comparisons(judgement.results),
        "other_limits": _other_limits(judgement),
    }


def shown_code(judgement: Judgement) -> Code:
    """Return the submitted code as highlighted lines, with marks where something went wrong."""
    return _code(judgement.submission, judgement.results)


@cache
def environment(package: str = "") -> Environment:
    """Return the environment of all templates: it escapes everything and has the filters.

    Args:
        package: a package whose templates take precedence over those of `grader.reports`
    """
    loaders = [PackageLoader(each) for each in (package, "grader.reports") if each]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "message": message,
        "headline": headline,
        "group_hints": group_hints,
        "explained": explained,
        "whole_statement": statement_markdown,
        "markdown": lambda text: Markup(statement_html(text)),
        "value": lambda value: show(value, _VALUE_WIDTH),
        "both": lambda result: comparison(result, _VALUE_WIDTH),
        "points": points_number,
        "duration": _duration,
        "comparison": _comparison,
        "part": part_text,
        "plural": plural,
    }
    environment.tests |= {
        "redacted": lambda case: case.is_redacted,
        "by_tokens": lambda prints: prints.rule is OutputRule.TOKENS,
        "run": _was_run,
        "web_address": lambda url: url.startswith(("https://", "http://")),
    }
    environment.globals |= {"Verdict": Verdict, "RunStatus": RunStatus}
    return environment


def _text(value: object) -> object:
    """Remove from a text the characters that could disturb a page, such as control characters."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value, _MAX_TEXT)
    return value


# Words -------------------------------------------------------------------------------------------


def _duration(seconds: float) -> str:
    if seconds >= 0.9995:
        return f"{seconds:.2f} s"
    return f"{1000 * seconds:.{1 if seconds < 0.01 else 0}f} ms"


def _comparison(step: Step) -> str:
    """Describe how the answer of a step is compared."""
    return step.checker.describe(step.tolerance, step.expected)


def _comparisons(results: Sequence[CaseResult]) -> Mapping[str, int]:
    """Return each way of comparing with the number of cases that use it, redacted ones aside."""
    return Counter(
        way
        for result in results
        if not result.case.is_redacted
        for way in {_comparison(step): None for step in result.case.steps if step.is_asked}
    )


def _other_limits(judgement: Judgement) -> Mapping[Limits, str]:
    """Return limits that are not those of the problem, each with the cases that have it."""
    found: dict[Limits, list[str]] = {}
    for result in judgement.results:
        limits = result.case.limits
        if limits is not None and limits != judgement.problem.limits:
            found.setdefault(limits, []).append(result.case.name)
    return {limits: ", ".join(names) for limits, names in found.items()}


def _find_misconceptions(judgement: Judgement) -> Sequence[Diagnosis]:
    """Return the first few, without those whose hints are all shown already."""
    shown: set[str] = set()
    kept = []
    for diagnosis in judgement.misconceptions:
        if not shown.issuperset(diagnosis.hints):
            kept.append(diagnosis)
            shown.update(diagnosis.hints)
    return kept[:_MAX_HINTS]


# Cases -------------------------------------------------------------------------------------------


def _counts(results: Sequence[CaseResult]) -> list[tuple[Verdict, int]]:
    """Return the verdicts that occur, each with its number of cases."""
    counts = Counter(result.verdict for result in results)
    return [(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]]


def _was_run(run: Run) -> bool:
    return run.status not in (RunStatus.NOT_LOADED, RunStatus.NOT_RUN)


def _first_failed(results: Sequence[CaseResult]) -> CaseResult | None:
    """Return the first failed case with details to show: the page shows it unfolded."""
    for result in results:
        has_failed = _was_run(result.run) and result.verdict is not Verdict.ACCEPTED
        if has_failed and not result.case.is_redacted:
            return result
    return None


# The submission's code ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    number: str  # as the student counts; in a notebook, lines of a cell
    place: str  # what messages call it
    markup: Markup
    mark: str  # what happened at this line; "" if nothing


@dataclass(frozen=True)
class Code:
    """The submitted code for a template."""

    lines: Sequence[_Line]
    is_cut: bool
    has_replacements: bool  # some characters could not be shown


def _code(submission: Submission, results: Sequence[CaseResult]) -> Code:
    """Return the code as highlighted lines, numbered as the student sees them."""
    text = submission.source[:_MAX_CODE].decode("utf-8-sig", "replace")
    text = printable(text.replace("\r\n", "\n").replace("\r", "\n"), len(text))
    lines = text.removesuffix("\n").split("\n") if text else []
    shown = lines[:_MAX_LINES]
    markup = _highlighted(shown)
    marks = _marks(results)
    return Code(
        lines=[
            _Line(*_number(submission, i + 1), Markup(markup[i]), marks.get(i + 1, ""))
            for i in range(len(shown))
        ],
        is_cut=len(submission.source) > _MAX_CODE or len(lines) > _MAX_LINES,
        has_replacements="\ufffd" in text,
    )


def _number(submission: Submission, line: int) -> tuple[str, str]:
    """Return the number of a line, empty for the line above a cell; and what messages call it."""
    cell = bisect_right(submission.cells, line)
    if not cell:
        return str(line), f"line {line}"
    number = line - submission.cells[cell - 1]
    return (str(number), f"cell {cell}, line {number}") if number else ("", f"cell {cell}")


def _highlighted(lines: Sequence[str]) -> list[str]:
    """Return each line as HTML."""
    if any(len(line) > _MAX_COLUMNS for line in lines):
        return [str(escape(line)) for line in lines]
    # stripnl would remove empty lines at the top, and every line number would be wrong.
    lexer, formatter = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
    # Trailing blanks would be slow to highlight: each of the lexer's patterns would try every one.
    text = "\n".join(line.rstrip() for line in lines)
    return highlight(text, lexer, formatter).split("\n")


def _marks(results: Sequence[CaseResult]) -> dict[int, str]:
    """Return the lines where something went wrong, each with a description."""
    stopped: dict[int, list[CaseResult]] = {}
    for result in results:
        if result.run.line:
            stopped.setdefault(result.run.line, []).append(result)
    return {line: _mark(at_line) for line, at_line in stopped.items()}


def _mark(results: Sequence[CaseResult]) -> str:
    if all(result.run.status is RunStatus.NOT_LOADED for result in results):
        return "loading stopped here"
    if len(results) == 1:
        return f"stopped here in the case “{results[0].case.name}”"
    return f"stopped here in {len(results)} cases"
