"""Checks of what should be refused: the known misconceptions, and mutants of the reference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from grader.judging.diagnosis import diagnose
from grader.model.judgement import RunStatus, Verdict
from grader.model.verification import Finding, error, note, warning
from grader.verify.evidence import Evidence, Wrong
from grader.verify.metrics import killers

_SHORTEST_HINT = 12  # characters
_TELLING_CODE = 10  # characters of code that would give an answer away


def misconceptions(evidence: Evidence) -> Iterator[Finding]:
    """There are known misconceptions, or a wrong answer is only a red mark."""
    if not evidence.loaded.misconceptions:
        text = "no misconception is known, so no wrong answer will get a hint"
        yield warning(evidence.spec, text, f"write some in solutions/{evidence.slug}/wrong.yaml")


def misconceptions_are_refused(evidence: Evidence) -> Iterator[Finding]:
    """Every misconception is refused by some case, for what it answers."""
    for wrong in evidence.misconceptions:
        at = evidence.at_misconception(wrong.name)
        statuses = {each.run.status for each in wrong.results}
        if statuses == {RunStatus.NOT_LOADED}:
            text = f"the misconception {wrong.name!r} cannot even be loaded"
            yield error(at, f"{text}: {wrong.results[0].run.error}")
        elif not wrong.is_refused:
            text = f"the misconception {wrong.name!r} gets full marks"
            advice = f"add a case that tells it apart: grader harden {evidence.slug}"
            yield error(at, text, advice)
        elif not _answers_wrong(wrong):
            text = (
                f"the misconception {wrong.name!r} crashes where it fails, and never answers wrong"
            )
            advice = "a student who answers wrong will not be told: let it return something"
            yield warning(at, text, advice)


def misconceptions_are_told_apart(evidence: Evidence) -> Iterator[Finding]:
    """No two misconceptions give the same answers, or a student may read the wrong hint."""
    for one, other in combinations(filter(_answers_wrong, evidence.misconceptions), 2):
        if _answer_alike(one, other):
            text = f"no case tells {one.name!r} and {other.name!r} apart by an answer"
            advice = "add a case that does; where no valid input can, make one of the two"
            yield note(evidence.at_misconception(other.name), text, advice)


def _answers_wrong(wrong: Wrong) -> bool:
    return any(each.verdict is Verdict.WRONG_ANSWER for each in wrong.results)


def _answer_alike(one: Wrong, other: Wrong) -> bool:
    """Whether two give the same answer wherever both give one."""
    for a, b in zip(one.results, other.results, strict=True):
        returned = {a.run.status, b.run.status} == {RunStatus.RETURNED}
        compare = a.case.checker.compare
        if returned and compare(b.run.value, a.run.value, a.case.tolerance) is not None:
            return False
    return True


def own_hints(evidence: Evidence) -> Iterator[Finding]:
    """The first hint for a misconception is its own, or that of one that answers alike."""
    by_name = {wrong.name: wrong for wrong in evidence.misconceptions}
    for wrong in evidence.misconceptions:
        misconceptions = diagnose(evidence.judgement_of(wrong), evidence.key).misconceptions
        at = evidence.at_misconception(wrong.name)
        if not _answers_wrong(wrong) or (misconceptions and misconceptions[0].slug == wrong.name):
            continue
        if not misconceptions:
            text = f"who has the misconception {wrong.name!r} gets no hint"
            yield error(at, text, "let it return a value that can be compared, and always the same")
            continue
        first = by_name.get(misconceptions[0].slug)  # none if it is two at once
        if first is None or not _answer_alike(wrong, first):
            text = (
                f"the first hint for the misconception {wrong.name!r} is that of"
                f" {misconceptions[0].slug!r}"
            )
            advice = "add a case in which the two differ, and both from what is right"
            yield error(at, text, advice)


def hints(evidence: Evidence) -> Iterator[Finding]:
    """A hint says something, and does not give the answer away."""
    for known in evidence.loaded.misconceptions:
        at = evidence.at_misconception(known.slug)
        if len(known.hint.strip()) < _SHORTEST_HINT:
            text = f"the hint of {known.slug!r} says next to nothing: {known.hint!r}"
            yield warning(at, text, "lead the student to the place of the mistake")
        for line in _telling_lines(evidence):
            if line in "".join(known.hint.split()):
                text = f"the hint of {known.slug!r} contains code of the reference: {line}"
                yield error(at, text, "lead to the mistake, and leave the answer to the student")


def _telling_lines(evidence: Evidence) -> list[str]:
    """What is right of an equals sign in the reference, without spaces, if it is long enough."""
    lines = (evidence.loaded.reference or b"").decode("utf-8", "replace").splitlines()
    code = ["".join(line.split("#")[0].split()) for line in lines]
    values = [line.partition("=")[2] or line.removeprefix("return") for line in code]
    return [value for value in values if len(value) >= _TELLING_CODE]


def mutants(evidence: Evidence) -> Iterator[Finding]:
    """Every mutant of the reference is refused by some case, or excused with a reason."""
    for wrong in evidence.mutants:
        if wrong.is_refused or evidence.excuse_of(wrong.name) is not None:
            continue
        mutant = evidence.all_mutants[wrong.name]
        text = (
            f"no case refuses this mutant ({mutant.slip}):\n"
            f"    - {mutant.before}\n"
            f"    + {mutant.after}"
        )
        advice = (
            f"find a case that does: grader harden {evidence.slug}. If no valid input can, excuse"
            f" it in solutions/{evidence.slug}/mutants.yaml"
        )
        at = evidence.at("reference.py", hidden=True, line=mutant.line, column=mutant.column)
        yield warning(at, text, advice)


def excuses(evidence: Evidence) -> Iterator[Finding]:
    """What is excused is a mutant, and survives."""
    known = {(each.before, each.after): name for name, each in evidence.all_mutants.items()}
    refused = {wrong.name: killers(wrong) for wrong in evidence.mutants}
    for excuse in evidence.excuses:
        name = known.get((excuse.before, excuse.after))
        if name is None:
            text = f"there is no such mutant: {excuse.before} -> {excuse.after}"
            yield error(excuse.node.at, text, "take the excuse out")
        elif refused[name]:
            text = f"this mutant is excused, and yet refused by case {refused[name][0]!r}"
            yield error(excuse.node.at, text, "take the excuse out: valid inputs tell it apart")


def public_cases(evidence: Evidence) -> Iterator[Finding]:
    """How many misconceptions the public cases alone would let through."""
    through = [
        wrong.name
        for wrong in evidence.misconceptions
        if wrong.is_refused  # else there is worse to be said of it
        and all(each.verdict is Verdict.ACCEPTED for each in wrong.results if not each.case.hidden)
    ]
    if through and any(case.hidden for case in evidence.cases):
        of = f"{len(through)} of {len(evidence.misconceptions)} misconceptions"
        text = f"the public cases alone let {of} through: {', '.join(through)}"
        yield note(evidence.at("cases.yaml"), text)


def idle_cases(evidence: Evidence) -> Iterator[Finding]:
    """Which hidden cases could each be taken out, and as much would be refused."""
    if any(each.verdict is not Verdict.ACCEPTED for each in evidence.right["reference.py"].results):
        return  # a case that refuses what is right refuses all, and the others seem idle
    needed = {names[0] for wrong in evidence.wrong if len(names := killers(wrong)) == 1}
    idle = [case for case in evidence.cases if case.hidden and case.name not in needed]
    if idle:
        listed = ", ".join(case.name for case in idle)
        text = f"hidden cases that refuse nothing that no other refuses: {listed}"
        yield note(idle[0].at, text)
