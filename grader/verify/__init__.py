"""Is this problem fit to be set?

A check is a function whose docstring is its rule. It looks at the evidence of one problem and
yields what it finds. `ANY` and `SOUND` list them; `tests/data/invalid` has a broken problem for
each.

    evidence          what reference, right and wrong solutions and mutants do in each case
    checks            the checks, one module for each thing that is checked
    metrics           the numbers to the findings
    mutation          small edits of the reference that a good set of cases refuses
    harden            finds the cases that a problem lacks
    input_generator   the inputs that `harden` tries
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.bank.locate import Bank
from grader.errors import SpecError
from grader.model.verification import Finding, VerificationReport, error
from grader.sandbox.host import Sandbox
from grader.verify.checks import files, reference, solutions
from grader.verify.checks import misconceptions as wrong
from grader.verify.checks import tolerance as margins
from grader.verify.evidence import Evidence
from grader.verify.metrics import fitness

Check = Callable[[Evidence], Iterator[Finding]]

# What can be asked of any problem that can be loaded, …
ANY: tuple[Check, ...] = (
    files.unused_files,
    files.unfinished_texts,
    files.function_names,
    files.equal_inputs,
    files.ignored_tolerances,
    files.links,
    files.maths,
    files.constraints,
    reference.answers,
)
# … and of one whose reference answers every case.
SOUND: tuple[Check, ...] = (
    files.examples,
    reference.repeats_itself,
    reference.ignores_hashes,
    reference.keeps_no_state,
    reference.leaves_arguments,
    reference.signature,
    reference.agrees_with_written_answers,
    solutions.right_solutions,
    solutions.right_solutions_pass,
    solutions.signatures,
    solutions.starter,
    solutions.limits,
    wrong.misconceptions,
    wrong.misconceptions_are_refused,
    wrong.misconceptions_are_told_apart,
    wrong.own_hints,
    wrong.hints,
    wrong.mutants,
    wrong.excuses,
    wrong.public_cases,
    wrong.idle_cases,
    margins.near_right_answers,
    margins.far_wrong_answers,
    margins.flat_tolerances,
    margins.cancellation,
)


def verify(bank: Bank, slug: str, sandboxes: tuple[Sandbox, Sandbox]) -> VerificationReport:
    """All that is found out about a problem.

    Args:
        sandboxes: two whose children hash differently

    Raises:
        SandboxError: if the machinery fails
    """
    try:
        evidence = Evidence(bank, slug, sandboxes)
        checks = ANY + SOUND if evidence.is_sound else ANY
        findings = [
            replace(finding, rule=rule_of(check)) for check in checks for finding in check(evidence)
        ]
    except SpecError as spec:
        told = [replace(error(each.at, each.text), rule="form") for each in spec.diagnostics]
        return VerificationReport(slug, tuple(told))
    return fitness(evidence, findings)


def rule_of(check: Check) -> str:
    """The name of a check, as findings give it: "reference-repeats-itself"."""
    module = check.__module__.rpartition(".")[2]
    return f"{module}-{check.__name__}".replace("_", "-")
