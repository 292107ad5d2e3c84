"""The outcome of each test: as JSON for programs, and as text for a terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, TextIO

from grader.importers.imported import ImportedProblem
from grader.importers.outcomes import Outcome
from grader.values.show import plural, printable

FORMAT = 1


def write_json(problems: Mapping[str, ImportedProblem], out: TextIO) -> None:
    """Write the document. `format` is raised when a key is removed or changes its meaning."""
    document = {
        "format": FORMAT,
        "totals": _totals(problems),
        "questions": [_question(slug, each) for slug, each in problems.items()],
    }
    json.dump(document, out, indent=2)
    out.write("\n")


def _totals(problems: Mapping[str, ImportedProblem]) -> dict[str, int]:
    outcomes = Counter(test.outcome for each in problems.values() for test in each.tests)
    return {
        "questions": len(problems),
        "complete": sum(each.is_complete for each in problems.values()),
        "partial": sum(bool(each.cases) and not each.is_complete for each in problems.values()),
        "tests": sum(outcomes.values()),
        **{each.value.replace(" ", "_"): outcomes[each] for each in Outcome},
    }


def _question(slug: str, problem: ImportedProblem) -> dict[str, Any]:
    decimals = problem.decimals
    return {
        "question": problem.question.name,
        "problem": slug if problem.cases else None,
        "reason": problem.reason,
        "repairs": list(problem.repairs),
        "decimals": {
            "solution": list(decimals.reference),
            "stub": list(decimals.starter),
            "cases": list(decimals.cases),
            "disagreement": decimals.disagreement,
        },
        "tests": [
            {
                "test": test.number,
                **({"name": test.name} if test.name else {}),
                "outcome": test.outcome.value,
                "reason": test.reason,
                "repairs": list(test.repairs),
                "cases": [case.name for case in problem.cases if case.test == test.number],
                **({"text": test.text, "solution": test.reference} if test.text else {}),
            }
            for test in problem.tests
        ],
    }


def write_text(problems: Mapping[str, ImportedProblem], out: TextIO) -> None:
    """Write a line for each question that is not complete or was repaired, and the totals."""
    for slug, problem in problems.items():
        repairs = [f"test {test.number}: {each}" for test in problem.tests for each in test.repairs]
        repairs[:0] = problem.repairs
        lines = [*_reasons(problem), *(f"repaired: {each}" for each in repairs)]
        if problem.decimals.disagreement:
            lines.append(f"decimals: {problem.decimals.disagreement}")
        if lines:
            out.write(printable("\n  ".join([slug, *lines]), 100_000) + "\n")
    totals = _totals(problems)
    out.write(
        f"\n{totals['complete']} of {plural(totals['questions'], 'question')} imported completely, "
        f"{totals['partial']} in part; {totals['imported']} of {plural(totals['tests'], 'test')}: "
        f"{totals['quarantined']} quarantined, {totals['left_out']} left out\n"
    )


def _reasons(problem: ImportedProblem) -> list[str]:
    """Return the reasons why tests are missing, each with the numbers of the tests."""
    if problem.reason and not problem.tests:
        return [f"not imported: {problem.reason}"]
    numbers: dict[tuple[str, ...], list[int]] = {}
    for test in problem.tests:
        if test.outcome is not Outcome.IMPORTED:
            both = (f"the text: {test.text}", f"the solution: {test.reference}")
            shown = tuple("  " + " ".join(each.split()) for each in both) if test.text else ()
            numbers.setdefault((test.outcome.value, test.reason, *shown), []).append(test.number)
    lines: list[str] = []
    for (outcome, reason, *more), tests in numbers.items():
        noun = "test" if len(tests) == 1 else "tests"
        lines += [f"{noun} {', '.join(map(str, tests))} {outcome}: {reason}", *more]
    return lines
