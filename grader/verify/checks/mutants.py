"""Checks of the mutants of the reference, and of excuses for them."""

from __future__ import annotations

from collections.abc import Iterator

from grader.checkers import CLOSE, agree
from grader.checkers.draws import Statistical
from grader.model.verification import Finding, error, note, warning
from grader.values.yaml_literal import literal
from grader.verify.evidence import Evidence, WrongSolution
from grader.verify.metrics import find_rejecting_cases


def are_rejected(evidence: Evidence) -> Iterator[Finding]:
    """Some case rejects every mutant of the reference, or the mutant is excused.

    A mutant whose answers all differ, and are right by the checkers, is a note.
    """
    for wrong in evidence.mutants:
        if wrong.is_rejected or evidence.excuse_of(wrong.name) is not None:
            continue
        mutant = evidence.mutants_by_name[wrong.name]
        text = (
            f"no case rejects this mutant ({mutant.operator}):\n"
            f"    - {mutant.before}\n"
            f"    + {mutant.after}"
        )
        at = evidence.files.at("reference.py", hidden=True, line=mutant.line, column=mutant.column)
        if _is_accepted_otherwise(evidence, wrong):
            text = text.replace("no case rejects", "the checkers accept all other answers of")
            yield note(at, text, "they are right, too, if the checkers are")
            continue
        advice = (
            f"add a case that does; run: grader harden {evidence.slug}. If no valid input can,"
            f" excuse the mutant in solutions/{evidence.slug}/mutants.yaml, under `excused`:\n"
            f"      - before: {literal(mutant.before)}\n"
            f"        after: {literal(mutant.after)}\n"
            '        reason: "…"'
        )
        yield warning(at, text, advice)


def _is_accepted_otherwise(evidence: Evidence, wrong: WrongSolution) -> bool:
    """Return whether all accepted answers differ from the reference's, as with another sign.

    Random draws differ in any case, so statistical checkers prove nothing.
    """
    pairs = [
        (step, run, other)
        for each, whole in zip(wrong.results, evidence.reference_runs, strict=True)
        for step, run, other in zip(
            each.case.steps,
            each.run.of_each(each.case.steps),
            whole.of_each(each.case.steps),
            strict=True,
        )
        if step.is_asked
    ]
    return bool(pairs) and not any(
        isinstance(step.checker, Statistical)
        or run.value == other.value  # as of most mutants that survive
        or agree(CLOSE, run.value, other.value, step.tolerance)
        for step, run, other in pairs
    )


def are_excused_correctly(evidence: Evidence) -> Iterator[Finding]:
    """Every excuse is for a mutant that exists, and that no case rejects."""
    names = {(each.before, each.after): name for name, each in evidence.mutants_by_name.items()}
    rejecting = {wrong.name: find_rejecting_cases(wrong) for wrong in evidence.mutants}
    for excuse in evidence.files.excuses:
        name = names.get((excuse.before, excuse.after))
        if name is None:
            text = f"no mutant of the reference changes `{excuse.before}` to `{excuse.after}`"
            yield error(excuse.node.at, text, "remove the excuse")
        elif rejecting[name]:
            text = f"this mutant is excused, but case {rejecting[name][0]!r} rejects it"
            yield error(excuse.node.at, text, "remove the excuse")
