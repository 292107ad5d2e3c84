"""Checks of the cases: among themselves, and what they accept and reject."""

from __future__ import annotations

from collections.abc import Iterator

from grader.bank.checker_fields import CHECKER
from grader.bank.constraints.check import find_violations
from grader.checkers import EXACT
from grader.model.judgement import CaseResult, Verdict
from grader.model.problem import Case
from grader.model.verification import Finding, error, note, warning
from grader.values import contains_unsupported
from grader.values.encode import encode
from grader.verify.evidence import Evidence
from grader.verify.metrics import find_rejecting_cases


def are_distinct(evidence: Evidence) -> Iterator[Finding]:
    """No two cases have the same arguments."""
    seen: dict[bytes, Case] = {}
    for case, script in zip(evidence.loaded.cases, evidence.scripts, strict=True):
        first = seen.setdefault(b"".join(call.message for call in script), case)
        if first is not case:
            what = "steps" if case.is_script else "arguments"
            text = f"case {case.name!r} has the same {what} as {first.name!r} ({first.at})"
            yield warning(case.at, text, "remove one of the two")


def are_generated_alike(evidence: Evidence) -> Iterator[Finding]:
    """Generated arguments do not depend on the order of sets and dicts of texts."""
    pairs = zip(evidence.loaded.cases, evidence.generated_again().cases, strict=True)
    for case, again in pairs:
        generation = case.generation
        if generation is not None and encode(dict(case.args)) != encode(dict(again.args)):
            text = f"the generator {generation} gives other arguments in another process"
            advice = "do not depend on the order of a set, nor on hash() of a text"
            yield error(generation.at, f"{text}, in case {case.name!r}", advice)


def use_their_tolerance(evidence: Evidence) -> Iterator[Finding]:
    """No case has a tolerance that its checker ignores."""
    for hidden in (False, True):
        for node in evidence.files.listed("cases.yaml", "cases", hidden):
            checker = node.get("checker")
            given = node.get("tolerance") or node.get("decimals")
            if checker is None or given is None:
                continue
            found = CHECKER.read(checker)
            if not found.uses_tolerance:
                text = f"the checker `{found.name}` ignores tolerances"
                other = ", or use the checker `same_kind`" if found == EXACT else ""
                advice = f"remove the tolerance{other}"
                yield warning(given.at, text, advice)


def give_each_step_points(evidence: Evidence) -> Iterator[Finding]:
    """Where steps have points, every step that is judged has."""
    for case in evidence.loaded.cases:
        for number, step in enumerate(case.steps, 1):
            if case.has_step_points and step.is_judged and step.points is None:
                text = f"step {number} of case {case.name!r} is judged, and has no `points`"
                advice = "other steps of the case have: give it some, or it earns nothing"
                yield warning(step.at, text, advice)


def meet_constraints(evidence: Evidence) -> Iterator[Finding]:
    """The arguments of every case meet the constraints in the front matter."""
    for case in evidence.loaded.cases:
        for number, step in enumerate(case.steps, 1):
            known = {
                name: each for name, each in step.args.items() if not contains_unsupported(each)
            }
            where = f"in step {number} of case" if case.is_script else "in case"
            for violation in find_violations(evidence.loaded.constraints, known):
                text = f"{where} {case.name!r}, {violation}"
                advice = "correct the case, or the constraint under `args` or `where` in spec.md"
                yield error(step.at, text, advice)


def reject_the_starter(evidence: Evidence) -> Iterator[Finding]:
    """No case accepts the unchanged starter."""
    passed = [each.case.name for each in evidence.starter.results if _is_accepted(each)]
    if passed:
        text = f"the unchanged starter is accepted in {', '.join(passed)}"
        advice = "let the starter return nothing, or choose cases with other answers"
        yield error(evidence.files.at("starter.py"), text, advice)


def public_ones_suffice(evidence: Evidence) -> Iterator[Finding]:
    """The public cases alone reject every misconception that any case rejects."""
    passing = [
        wrong.name
        for wrong in evidence.misconceptions
        if wrong.is_rejected  # if not, that is an error of its own
        and all(_is_accepted(each) for each in wrong.results if not each.case.hidden)
    ]
    if passing and any(case.hidden for case in evidence.cases):
        count = f"{len(passing)} of {len(evidence.misconceptions)} misconceptions"
        text = f"the public cases alone accept {count}: {', '.join(passing)}"
        yield note(evidence.files.at("cases.yaml"), text)


def are_needed(evidence: Evidence) -> Iterator[Finding]:
    """Every hidden case rejects something that no other case rejects."""
    if not all(_is_accepted(each) for each in evidence.accepted["reference.py"].results):
        return  # a case that rejects the reference rejects everything: no other seems needed
    needed = {
        names[0] for wrong in evidence.wrong if len(names := find_rejecting_cases(wrong)) == 1
    }
    # Not only those that one case alone rejects: each slow case has its points.
    needed |= {
        each.case.name
        for partial in evidence.partial
        for each in partial.judgement.results
        if not _is_accepted(each)
    }
    needed |= set(_only_with_default(evidence))
    unneeded = [case for case in evidence.cases if case.hidden and case.name not in needed]
    if unneeded:
        listed = ", ".join(case.name for case in unneeded)
        text = f"each of these hidden cases rejects nothing that all others accept: {listed}"
        yield note(unneeded[0].at, text)


def _only_with_default(evidence: Evidence) -> Iterator[str]:
    """Yield the cases that alone leave an argument to its default, which mutants do not change."""
    driver = evidence.problem.driver
    of_driver = [driver.function] if driver is not None else []
    for function in (*evidence.problem.entry_point.functions, *of_driver):
        is_driver = function in of_driver
        for parameter in function.parameters:
            without = {
                case.name
                for case in evidence.cases
                for step in case.steps
                if (step.is_driven if is_driver else step.function == function)
                and parameter.name not in step.all_args
            }
            if len(without) == 1:
                yield without.pop()


def _is_accepted(result: CaseResult) -> bool:
    return result.verdict is Verdict.ACCEPTED
