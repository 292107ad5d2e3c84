"""Checks of partial solutions and of groups about speed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.errors import Location
from grader.model.judgement import Judgement, Run, RunStatus, points_number
from grader.model.verification import Finding, error, warning
from grader.reports.messages import hints, message
from grader.verify.evidence import Evidence, PartialSolution

FILE = "partial.yaml"
# What must be too slow is so also with this multiple of the time, on another machine.
_SAFETY_FACTOR = 3


def are_listed(evidence: Evidence) -> Iterator[Finding]:
    """Every file in partial/ is in partial.yaml, and the other way round, once."""
    seen: dict[str, Location] = {}
    for each in evidence.files.partial:
        at = (each.node.get("slug") or each.node).at
        path = Path(evidence.files.solutions or "", "partial", f"{each.slug}.py")
        if each.slug in seen:
            text = f"the partial solution {each.slug!r} is listed twice, first at {seen[each.slug]}"
            yield error(at, text, "keep one")
        elif not path.is_file():
            yield error(at, f"there is no file partial/{each.slug}.py", "add it, or correct `slug`")
        seen.setdefault(each.slug, at)
    for path in sorted(Path(evidence.files.solutions or "", "partial").glob("*.py")):
        if path.stem not in seen:
            at = evidence.files.at(f"partial/{path.name}", hidden=True)
            text = f"{FILE} does not say what partial/{path.name} must get"
            yield error(at, text, f"add its slug, verdict and points to {FILE}")


def get_what_they_must(evidence: Evidence) -> Iterator[Finding]:
    """Every partial solution gets the verdict, the points and the hint that partial.yaml says."""
    for partial in evidence.partial:
        spec, judgement = partial.spec, partial.judgement
        where = f"the partial solution {spec.slug!r}"
        if judgement.verdict.label != spec.verdict:
            node = spec.node.get("verdict") or spec.node
            text = f"{where} must get {spec.verdict!r}, and gets {judgement.verdict.label!r}"
            yield error(node.at, text, _first_failure(judgement))
        if judgement.score != spec.points:
            node = spec.node.get("points") or spec.node
            expected, found = points_number(spec.points), points_number(judgement.score)
            text = f"{where} must get {expected} points, and gets {found}"
            yield error(node.at, text, f"of its cases: {_points_of_cases(judgement)}")
        if spec.hint and not any(spec.hint in each for each in hints(judgement)):
            node = spec.node.get("hint") or spec.node
            shown = "; ".join(hints(judgement)) or "no hint"
            text = f"a student with {where} must read this hint, and reads {shown}"
            yield error(node.at, text, "let a group, or a misconception, have it")


def _first_failure(judgement: Judgement) -> str:
    failed = (each for each in judgement.results if each.verdict is judgement.verdict)
    return next(
        (f"case {each.case.name!r}: {why}" for each in failed if (why := message(each))), ""
    )


def _points_of_cases(judgement: Judgement) -> str:
    return ", ".join(
        f"{each.case.name} {points_number(each.points)}/{points_number(each.case.points)}"
        for each in judgement.results
    )


def are_clearly_slow(evidence: Evidence) -> Iterator[Finding]:
    """A known solution that is too slow is so by a factor of three, also on another machine."""
    for partial in evidence.partial:
        first = {  # of each group
            each.case.group: index
            for index, each in reversed([*enumerate(partial.judgement.results)])
            if each.run.status is RunStatus.TIMED_OUT
        }
        slow = list(first.values())
        for index, run in zip(
            slow, evidence.run_longer(partial, slow, _SAFETY_FACTOR), strict=True
        ):
            if run.status is not RunStatus.TIMED_OUT:
                yield _nearly_fast(evidence, partial, index, run)
                break


def _nearly_fast(evidence: Evidence, partial: PartialSolution, index: int, run: Run) -> Finding:
    case = evidence.cases[index]
    text = f"the partial solution {partial.spec.slug!r} is too slow in case {case.name!r}"
    needs = f"it needs {run.cpu_s:.2g} s there, less than {_SAFETY_FACTOR} times the limit"
    return warning(case.at, f"{text} by little: {needs}", "choose larger arguments")


def reject_slow_solutions(evidence: Evidence) -> Iterator[Finding]:
    """Every group about speed has a known solution that is right and too slow for it."""
    judged = [partial.judgement.results for partial in evidence.partial]
    judged += [wrong.results for wrong in evidence.misconceptions]
    for group in evidence.loaded.groups:
        if group.times_reference is None:
            continue
        own = [
            each.run.status
            for results in judged
            for each in results
            if each.case.group == group.name
        ]
        if RunStatus.TIMED_OUT not in own:
            text = f"no known solution is too slow for the group {group.name!r}"
            advice = (
                f"write a slow one that is right as solutions/{evidence.slug}/partial/slow.py, and"
                f" what it must get in {FILE}"
            )
            yield warning(evidence.files.spec, text, advice)
