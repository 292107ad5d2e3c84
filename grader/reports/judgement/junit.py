"""Judgements as JUnit XML, for CI systems: a suite for each judgement, a test for each case.

There is no official schema. This writer follows the strictest one in use, Jenkins' junit-10: no
properties, file or line in a test case, times in plain decimals. A wrong answer is a failure;
everything else that is not accepted, internal errors included, is an error.

JUnit has no element for points. They are in the properties of the suite, which some readers show,
and in the text of failures and errors. Suites are written one at a time, because there may be
thousands; so the root has no sums, which all known readers accept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO, assert_never
from xml.sax.saxutils import escape, quoteattr

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.ci_logs import escape_markup_for_ci_log
from grader.reports.messages import advice, details, message
from grader.values.show import printable


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document, to be saved as UTF-8."""
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="grader">\n')
    for judgement in judgements:
        out.write(escape_markup_for_ci_log("\n".join(_suite(judgement)) + "\n"))
    out.write("</testsuites>\n")


def _suite(judgement: Judgement) -> Iterator[str]:
    results = judgement.results
    kinds = [_kind(result.verdict) for result in results]
    name = ".".join(filter(None, (judgement.submission.student, judgement.problem.slug)))
    attributes = {
        "name": name,
        "tests": str(len(results)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": "0",
        "time": f"{sum(result.run.wall_s for result in results):.3f}",
    }
    yield f"<testsuite{_attributes(attributes)}>"
    yield "<properties>"
    properties = {
        "submission": judgement.submission.origin,
        "verdict": judgement.verdict.value,
        "score": points_number(judgement.score),
        "max_score": points_number(judgement.max_score),
    }
    properties |= {f"points of {result.case.name}": _points(result) for result in results}
    for key, value in properties.items():
        yield f"<property{_attributes({'name': key, 'value': str(value)})}/>"
    yield "</properties>"
    for result in results:
        yield from _test(name, result)
    if text := "\n".join([text for _, text in advice(judgement)]):
        yield f"<system-out>{_text(text)}</system-out>"
    yield "</testsuite>"


def _test(suite: str, result: CaseResult) -> Iterator[str]:
    name, time = result.case.name, f"{result.run.wall_s:.3f}"
    yield f"<testcase{_attributes({'classname': suite, 'name': name, 'time': time})}>"
    kind = _kind(result.verdict)
    if kind:
        why = message(result)
        text = f"{result.verdict.label}, {_points(result)} points\n{details(result)}\n"
        text += result.run.traceback
        attributes = _attributes({"type": result.verdict.value, "message": why})
        yield f"<{kind}{attributes}>{_text(text.rstrip())}</{kind}>"
    if result.run.stdout:
        yield f"<system-out>{_text(result.run.stdout)}</system-out>"
    yield "</testcase>"


def _kind(verdict: Verdict) -> str:
    """Return the name of the element for a verdict; "" if the case passed."""
    match verdict:
        case Verdict.ACCEPTED:
            return ""
        case Verdict.WRONG_ANSWER:
            return "failure"
        case (
            Verdict.RUN_TIME_ERROR
            | Verdict.TIME_LIMIT
            | Verdict.MEMORY_LIMIT
            | Verdict.OUTPUT_LIMIT
            | Verdict.INVALID_SUBMISSION
            | Verdict.JUDGE_ERROR
        ):
            return "error"
        case unknown:
            assert_never(unknown)


def _points(result: CaseResult) -> str:
    return f"{points_number(result.points)} of {points_number(result.case.points)}"


def _attributes(attributes: dict[str, str]) -> str:
    """Return attributes, without the characters XML does not allow (see `printable`)."""
    return "".join(f" {name}={quoteattr(printable(text))}" for name, text in attributes.items())


def _text(text: str) -> str:
    return escape(printable(text))
