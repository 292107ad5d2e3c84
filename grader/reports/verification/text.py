"""What is found out about problems, for their author at a terminal or in a log."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TextIO

from grader.model.verification import CaseFigures, Level, Tally, VerificationReport

_COLUMNS = ("refuses", "alone", "right", "wrong")


def write(problems: Sequence[VerificationReport], out: TextIO) -> None:
    """Write the findings of each problem, its figures, and a line for all of them."""
    for fitness in problems:
        out.write("\n".join(_lines(fitness)) + "\n\n")
    out.write(summary(problems) + "\n")


def summary(problems: Sequence[VerificationReport]) -> str:
    """How many are fit, and how much was found."""
    counts = [f"{sum(each.count(level) for each in problems)} {level.value}s" for level in Level]
    fit = sum(each.is_valid for each in problems)
    return f"{fit} of {len(problems)} problems are fit to be set: {', '.join(counts)}"


def _lines(fitness: VerificationReport) -> list[str]:
    lines = [fitness.slug, "=" * len(fitness.slug), *map(str, fitness.findings)]
    if not fitness.cases:
        return lines
    width = max(len(_name(each)) for each in fitness.cases)
    header = f"{'case':<{width}}" + "".join(f"{name:>10}" for name in _COLUMNS)
    lines += ["", header, *(_row(each, width) for each in fitness.cases), "", *_tallies(fitness)]
    return lines


def _row(case: CaseFigures, width: int) -> str:
    cells = (str(case.kills), str(len(case.alone)), inside(case), outside(case))
    return (f"{_name(case):<{width}}" + "".join(f"{cell:>10}" for cell in cells)).rstrip()


def _name(case: CaseFigures) -> str:
    return case.name + ("" if case.hidden else " (public)")


def _tallies(fitness: VerificationReport) -> list[str]:
    return [
        "refuses: misconceptions and mutants; alone: those that no other case refuses",
        "right: how often the answer of the worst right solution fits into the tolerance",
        "wrong: how many tolerances the nearest wrong one is off that no case refuses more clearly",
        "",
        f"misconceptions  {tally_in_words(fitness.misconceptions)}",
        f"mutants         {tally_in_words(fitness.mutants)}",
        f"right solutions {fitness.right}; the limits are {times(fitness.time_factor)} the slowest"
        f" one's time and {times(fitness.memory_factor)} the largest one's memory",
    ]


def tally_in_words(tally: Tally) -> str:
    """How many there are, and what became of them."""
    excused = f", {tally.excused} excused" if tally.excused else ""
    public = f"{tally.refused_in_public} by the public cases alone"
    return f"{tally.refused} of {tally.total} refused{excused}; {public}"


def inside(case: CaseFigures) -> str:
    """How many times the worst right answer's distance the tolerance is."""
    return "" if case.right is None else times(1 / case.right if case.right else math.inf)


def outside(case: CaseFigures) -> str:
    """How many times the tolerance the nearest wrong answer is off."""
    return "" if case.wrong is None else times(case.wrong)


def times(factor: float | None) -> str:
    """A factor in two or three digits: a reader wants to know whether it is 10 or 1000."""
    if factor is None:
        return "an unknown number of times"
    if factor >= 1e6:
        return ">10^6 x"
    return f"{float(f'{factor:.2g}'):g} x"
