"""Checks whether a problem is ready to publish.

A check is a function that looks at the evidence about one problem and yields findings. Its
docstring states its rule, and the rule is named after module and function: `are_rejected` in
`misconceptions` is "misconceptions-are-rejected". `ANY` and `SOUND` list all checks;
`tests/data/invalid` has a broken problem for each.

    checks            the checks, one module for each subject
    evidence          the answers of reference, correct and wrong solutions in every case
    metrics           how strong each case is, and how far answers are from the tolerance
    mutation          small edits of the reference that a good set of cases rejects
    harden            finds cases that a problem lacks
    fill              writes the answers that public cases lack
    input_generator   the inputs that `harden` tries
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.bank.locate import Bank
from grader.errors import Location, PreloadError, SpecError, shown_path
from grader.model.verification import Finding, Level, VerificationReport, error, warning
from grader.sandbox.host import Sandbox
from grader.verify.checks import (
    answers,
    cases,
    checkers,
    driver,
    files,
    given,
    misconceptions,
    mutants,
    partial,
    reference,
    solutions,
    statement,
    tolerance,
)
from grader.verify.evidence import Evidence
from grader.verify.metrics import build_report

Check = Callable[[Evidence], Iterator[Finding]]

# The rule of what keeps a problem from being loaded: see `bank.schema`.
SCHEMA = "schema"
# Checks of any problem that can be loaded, …
ANY: tuple[Check, ...] = (
    files.are_used,
    files.are_finished,
    statement.names_a_unique_function,
    statement.links_resolve,
    statement.formulas_render,
    statement.rules_are_checked,
    cases.are_distinct,
    cases.are_generated_alike,
    cases.use_their_tolerance,
    cases.give_each_step_points,
    cases.meet_constraints,
    reference.answers_every_case,
)
# … and of a problem whose reference answers every case.
SOUND: tuple[Check, ...] = (
    statement.examples_hold,
    reference.is_deterministic,
    reference.ignores_hash_seed,
    reference.is_stateless,
    reference.leaves_arguments_unchanged,
    reference.matches_starter,
    reference.agrees_with_expected,
    solutions.exist,
    solutions.are_accepted,
    solutions.match_starter,
    solutions.fit_limits,
    cases.reject_the_starter,
    misconceptions.exist,
    misconceptions.are_rejected,
    misconceptions.are_distinct,
    misconceptions.get_their_own_hint,
    misconceptions.have_useful_hints,
    mutants.are_rejected,
    mutants.are_excused_correctly,
    partial.are_listed,
    partial.get_what_they_must,
    partial.are_clearly_slow,
    partial.reject_slow_solutions,
    cases.public_ones_suffice,
    cases.are_needed,
    tolerance.accepts_correct_answers,
    tolerance.rejects_wrong_answers,
    tolerance.separates_answers,
    tolerance.allows_float32,
    answers.have_one_type,
    answers.survive_rounding,
    checkers.judge_known_answers,
    checkers.reject_junk,
    checkers.reject_misconceptions_twice,
    given.are_called,
    given.are_needed,
    given.do_not_give_answers_away,
    given.are_hard_to_guess,
    given.let_correct_solutions_pass,
    driver.hands_over_values,
)
# The rule of excuses that no warning needs.
EXCUSES = "warnings-are-excused-correctly"


def verify(bank: Bank, slug: str, sandboxes: tuple[Sandbox, Sandbox]) -> VerificationReport:
    """Run all checks on a problem.

    Args:
        sandboxes: two with different hash seeds (see `Sandbox.with_another_hash_seed`)

    Raises:
        SandboxError: if the sandbox fails
    """
    try:
        evidence = Evidence(bank, slug, sandboxes)
        checks = ANY + SOUND if evidence.is_sound else ANY
        findings = excuse(
            evidence,
            [replace(each, rule=rule_of(check)) for check in checks for each in check(evidence)],
        )
    except SpecError as spec:
        invalid = [replace(error(each.at, each.text), rule=SCHEMA) for each in spec.diagnostics]
        return VerificationReport(slug, tuple(invalid))
    except PreloadError as missing:
        at = Location(shown_path(f"{bank.folder(slug)}/spec.md"))
        return VerificationReport(slug, (replace(error(at, str(missing)), rule=SCHEMA),))
    return build_report(evidence, findings)


def excuse(evidence: Evidence, findings: list[Finding]) -> list[Finding]:
    """Turn the warnings that the author excuses into notes, and report excuses without effect."""
    out = list(findings)
    for excused in evidence.files.excused_warnings:
        matching = [
            index
            for index, each in enumerate(out)
            if each.level is Level.WARNING
            and each.rule == excused.rule
            and excused.text in each.text
        ]
        for index in matching:
            text = f"{out[index].text} (excused: {excused.reason})"
            out[index] = replace(out[index], level=Level.NOTE, text=text, advice="")
        if not matching:
            text = f"no warning of the rule {excused.rule} needs this excuse"
            found = warning(excused.node.at, text, "remove it; an error cannot be excused")
            out.append(replace(found, rule=EXCUSES))
    return out


def rule_of(check: Check) -> str:
    """Return the name of a check's rule: "reference-is-stateless"."""
    module = check.__module__.rpartition(".")[2]
    return f"{module}-{check.__name__}".replace("_", "-")
