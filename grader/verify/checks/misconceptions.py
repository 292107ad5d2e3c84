"""Checks of the known misconceptions and their hints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from grader.judging.diagnosis import diagnose
from grader.judging.results import agree
from grader.model.judgement import RunStatus, Verdict
from grader.model.verification import Finding, error, note, warning
from grader.values.show import printable
from grader.verify.evidence import Evidence, WrongSolution

_MIN_HINT = 12  # characters
_MIN_CODE = 10  # characters of code that would give the answer away


def exist(evidence: Evidence) -> Iterator[Finding]:
    """There are misconceptions: without them no wrong answer gets a hint."""
    if not evidence.loaded.misconceptions:
        text = "there are no misconceptions, so no wrong answer gets a hint"
        yield warning(
            evidence.files.spec, text, f"add some to solutions/{evidence.slug}/wrong.yaml"
        )


def are_rejected(evidence: Evidence) -> Iterator[Finding]:
    """Some case rejects every misconception, because of its answer, or its time alone."""
    for wrong in evidence.misconceptions:
        at = evidence.files.at_misconception(wrong.name)
        statuses = {each.run.status for each in wrong.results}
        if statuses == {RunStatus.NOT_LOADED}:
            text = f"the misconception {wrong.name!r} cannot be loaded"
            yield error(at, f"{text}: {printable(wrong.results[0].run.error)}")
        elif not wrong.is_rejected:
            text = f"the misconception {wrong.name!r} gets full marks"
            advice = f"add a case that rejects it; run: grader harden {evidence.slug}"
            yield error(at, text, advice)
        elif any(each.verdict is Verdict.JUDGE_ERROR for each in wrong.results):
            continue  # reported by `checkers.judge_known_answers`
        elif not _answers_wrong(wrong) and not _is_slow_but_right(wrong):
            text = f"the misconception {wrong.name!r} crashes, and never returns a wrong answer"
            advice = "no wrong answer will match it: let it return something"
            yield warning(at, text, advice)


def are_distinct(evidence: Evidence) -> Iterator[Finding]:
    """No two misconceptions give the same answers, or a student may get the wrong hint."""
    for one, other in combinations(filter(_answers_wrong, evidence.misconceptions), 2):
        if _have_same_answers(one, other):
            text = f"the misconceptions {one.name!r} and {other.name!r} give the same answers"
            advice = "add a case where they differ; if no valid input can, merge the two"
            yield note(evidence.files.at_misconception(other.name), text, advice)


def _answers_wrong(wrong: WrongSolution) -> bool:
    return any(each.verdict is Verdict.WRONG_ANSWER for each in wrong.results)


def _is_slow_but_right(wrong: WrongSolution) -> bool:
    verdicts = {each.verdict for each in wrong.results}
    return verdicts == {Verdict.ACCEPTED, Verdict.TIME_LIMIT}


def _have_same_answers(one: WrongSolution, other: WrongSolution) -> bool:
    """Whether two give the same answer in every case where both return one."""
    for a, b in zip(one.results, other.results, strict=True):
        returned = {a.run.status, b.run.status} == {RunStatus.RETURNED}
        if returned and not agree(a.case, b.run, a.run):
            return False
    return True


def get_their_own_hint(evidence: Evidence) -> Iterator[Finding]:
    """The first hint for a misconception is its own, or that of one with the same answers."""
    by_name = {wrong.name: wrong for wrong in evidence.misconceptions}
    for wrong in evidence.misconceptions:
        diagnoses = diagnose(evidence.judgement_of(wrong), evidence.key).misconceptions
        at = evidence.files.at_misconception(wrong.name)
        if not _answers_wrong(wrong) or (diagnoses and diagnoses[0].slug == wrong.name):
            continue
        if not diagnoses:
            text = f"a student with the misconception {wrong.name!r} gets no hint"
            yield error(at, text, "let it return comparable values, the same in every run")
            continue
        first = by_name.get(diagnoses[0].slug)  # None if it is two misconceptions at once
        if first is None or not _have_same_answers(wrong, first):
            text = (
                f"a student with the misconception {wrong.name!r} gets the hint of"
                f" {diagnoses[0].slug!r} first"
            )
            advice = "add a case where the two differ from each other and from the right answer"
            yield error(at, text, advice)


def have_useful_hints(evidence: Evidence) -> Iterator[Finding]:
    """A hint is long enough to help, and does not contain the answer."""
    for known in evidence.loaded.misconceptions:
        at = evidence.files.at_misconception(known.slug)
        if len(known.hint.strip()) < _MIN_HINT:
            text = f"the hint of {known.slug!r} is very short: {known.hint!r}"
            yield warning(at, text, "direct the student to the mistake")
        for code in _right_hand_sides(evidence):
            if code in "".join(known.hint.split()):
                text = f"the hint of {known.slug!r} contains code of the reference: {code}"
                yield error(at, text, "direct to the mistake, without the answer")


def _right_hand_sides(evidence: Evidence) -> list[str]:
    """Return the reference's right-hand sides of assignments, without spaces, if long enough."""
    lines = (evidence.loaded.reference or b"").decode("utf-8", "replace").splitlines()
    code = ["".join(line.split("#")[0].split()) for line in lines]
    values = [line.partition("=")[2] or line.removeprefix("return") for line in code]
    return [value for value in values if len(value) >= _MIN_CODE]
