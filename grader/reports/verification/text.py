"""Verification reports as text, for a terminal or a log."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TextIO

from grader.model.verification import CaseStrength, Level, Tally, VerificationReport
from grader.values.show import plural

_COLUMNS = ("rejects", "alone", "correct", "wrong")


def write(reports: Sequence[VerificationReport], out: TextIO, notes: bool = True) -> None:
    """Write errors, warnings, metrics and notes of each problem, and a summary.

    Args:
        notes: whether to write notes in full, or only how many there are
    """
    for report in reports:
        out.write("\n".join(_lines(report, notes)) + "\n\n")
    out.write(summary(reports) + "\n")


def summary(reports: Sequence[VerificationReport]) -> str:
    """Return how many problems are ready to publish, and the number of findings."""
    counts = [plural(sum(each.count(level) for each in reports), level.value) for level in Level]
    ready = sum(each.is_valid for each in reports)
    problems = plural(len(reports), "problem")
    return f"{ready} of {problems} ready to publish: {', '.join(counts)}"


def state(report: VerificationReport) -> str:
    """Return whether a problem is ready to publish: "not ready: 2 errors"."""
    errors = report.count(Level.ERROR)
    return f"not ready: {plural(errors, 'error')}" if errors else "ready to publish"


def _lines(report: VerificationReport, notes: bool) -> list[str]:
    lines = [report.slug, "=" * len(report.slug)]
    for level in (Level.ERROR, Level.WARNING):
        lines += [str(each) for each in report.findings if each.level is level]
    if report.cases:
        lines += _table(report)
    noted = [each for each in report.findings if each.level is Level.NOTE]
    if noted and notes:
        lines += ["", *map(str, noted)]
    elif noted:
        rules = ", ".join(dict.fromkeys(each.rule for each in noted))
        lines += ["", f"{plural(len(noted), 'note')}, shown by --notes: {rules}"]
    return lines


def _table(report: VerificationReport) -> list[str]:
    width = max(len(_name(each)) for each in report.cases)
    header = f"{'case':<{width}}" + "".join(f"{name:>10}" for name in _COLUMNS)
    return ["", header, *(_row(each, width) for each in report.cases), "", *_tallies(report)]


def _row(case: CaseStrength, width: int) -> str:
    counts = (str(case.rejects), str(len(case.alone)))
    cells = (*counts, accepted_margin(case), rejected_margin(case))
    return (f"{_name(case):<{width}}" + "".join(f"{cell:>10}" for cell in cells)).rstrip()


def _name(case: CaseStrength) -> str:
    return case.name + ("" if case.hidden else " (public)")


def _tallies(report: VerificationReport) -> list[str]:
    return [
        "rejects: misconceptions and mutants; alone: those that no other case rejects",
        "correct: the tolerance, divided by the largest error of a correct solution",
        "wrong: the smallest error, in tolerances, of a wrong solution that no other case rejects"
        " more clearly",
        *_about_draws(report),
        "",
        f"misconceptions  {tally_in_words(report.misconceptions)}",
        f"mutants         {tally_in_words(report.mutants)}",
        f"correct solutions {report.accepted_solutions}; the limits are {times(report.time_factor)}"
        f" the slowest one's time and {times(report.memory_factor)} the largest one's memory",
    ]


def _about_draws(report: VerificationReport) -> list[str]:
    if all(each.false_reject is None for each in report.cases):
        return []
    return [
        "p: of random draws, the probability that a right solution is rejected, and that the most"
        " frequently accepted misconception passes"
    ]


def tally_in_words(tally: Tally) -> str:
    """Return how many solutions of a kind are rejected, of how many."""
    excused = f", {tally.excused} excused" if tally.excused else ""
    public = f"{tally.rejected_in_public} by the public cases alone"
    return f"{tally.rejected} of {tally.total} rejected{excused}; {public}"


def accepted_margin(case: CaseStrength) -> str:
    """Return the tolerance over the largest error of a correct solution.

    Of random draws, return the probability that a right solution is rejected.
    """
    distance = case.accepted_distance
    if case.false_reject is not None:
        return f"p={case.false_reject:.0e}"
    if distance is None:
        return ""
    return times(1 / distance if distance else math.inf)


def rejected_margin(case: CaseStrength) -> str:
    """Return the error of the closest wrong solution over the tolerance.

    Of random draws, return how often the misconception passes that passes most often.
    """
    if case.false_accept is not None:
        # Of 30 seeds: fewer than one in 30 are not seen, which is a tenth of three calls.
        return f"p={case.false_accept:.2g}" if case.false_accept else "p<0.1"
    return "" if case.rejected_distance is None else times(case.rejected_distance)


def times(factor: float | None) -> str:
    """Return a factor with two digits: whether it is 10 or 1000 is all that matters."""
    if factor is None:
        return "an unknown number of times"
    if factor >= 1e6:
        return ">10^6 x"
    return f"{float(f'{factor:.2g}'):g} x"
