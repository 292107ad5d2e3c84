"""One judgement as a table at a terminal, or as plain lines elsewhere."""

from __future__ import annotations

from typing import TextIO, assert_never

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.messages import advice, case_label, details, first_error, headline
from grader.values.show import printable

_INDENT = "        "
_MAX_PRINTED = 600


def write(judgement: Judgement, out: TextIO) -> None:
    """Write the cases with what is wrong in each, hints, and the score."""
    if out.isatty():
        _write_rich(judgement, out)
    else:
        _write_plain(judgement, out)


def _write_plain(judgement: Judgement, out: TextIO) -> None:
    lines = [_title(judgement)]
    error = first_error(judgement)
    for result in judgement.results:
        points = f"{points_number(result.points)}/{points_number(result.case.points)}"
        lines.append(f"  {result.verdict.short:<4}{points:>5}  {_name(result)}")
        if not error:
            lines += [_INDENT + line for line in _details(result).splitlines()]
    if error:
        lines.append(error)
    lines += [f"{kind}: {text}" for kind, text in advice(judgement)]
    lines.append(headline(judgement))
    text = "\n".join(lines)
    out.write(printable(text, len(text)) + "\n")


def _write_rich(judgement: Judgement, out: TextIO) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    def plain(text: str, style: str = "") -> Text:
        return Text(printable(text, len(text)), style=style)

    console = Console(file=out, highlight=False)
    table = Table(title=Text(_title(judgement)), title_justify="left", show_lines=True)
    table.add_column("Case", overflow="fold", ratio=1)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Details", overflow="fold", ratio=3)
    error = first_error(judgement)
    for result in judgement.results:
        points = f"{points_number(result.points)}/{points_number(result.case.points)}"
        # Text, never markup: text of a submission may contain square brackets.
        verdict = Text(result.verdict.label, style=_style(result.verdict))
        details = plain("" if error else _details(result))
        table.add_row(Text(_name(result)), verdict, points, details)
    console.print(table)
    if error:
        console.print(plain(error, style="bold"))
    for title, text in advice(judgement):
        console.print(Panel(plain(text), title=title, title_align="left", border_style="yellow"))
    console.print(Text(headline(judgement), style=f"bold {_style(judgement.verdict)}"))


def _title(judgement: Judgement) -> str:
    return f"{judgement.problem.title}: {printable(judgement.submission.origin)}"


def _name(result: CaseResult) -> str:
    return case_label(result.case)


def _details(result: CaseResult) -> str:
    """Return message, traceback and printed output; "" for an accepted case."""
    if result.verdict is Verdict.ACCEPTED:
        return ""
    parts = [details(result), printable(result.run.traceback)]
    if result.run.stdout.strip():
        parts.append("printed output:\n" + printable(result.run.stdout.rstrip(), _MAX_PRINTED))
    return "\n".join(part for part in parts if part)


def _style(verdict: Verdict) -> str:
    match verdict:
        case Verdict.ACCEPTED:
            return "green"
        case Verdict.JUDGE_ERROR:
            return "magenta"
        case (
            Verdict.WRONG_ANSWER
            | Verdict.RUN_TIME_ERROR
            | Verdict.TIME_LIMIT
            | Verdict.MEMORY_LIMIT
            | Verdict.OUTPUT_LIMIT
            | Verdict.INVALID_SUBMISSION
        ):
            return "red"
        case unknown:
            assert_never(unknown)
