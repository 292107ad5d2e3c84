"""Checks of what is written: the folder, the statement, and the cases among themselves."""

from __future__ import annotations

import ast
import doctest
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.bank.constraints.check import find_violations
from grader.bank.locate import heading
from grader.bank.scaffold import unfinished
from grader.checkers import CHECKERS, CLOSE
from grader.errors import Location, SpecError
from grader.model.checker import Tolerance
from grader.model.entry_point import Call
from grader.model.judgement import RunStatus
from grader.model.problem import Case
from grader.model.verification import Finding, error, warning
from grader.reports.statement import links as links_of
from grader.reports.statement import unreadable_formulas
from grader.values import Value
from grader.values.show import show
from grader.verify.evidence import Evidence

_PROBLEM = {"spec.md", "starter.py", "cases.yaml"}
_SOLUTIONS = {"reference.py", "wrong.yaml", "mutants.yaml", "cases.yaml"}
_LEADS_SOMEWHERE = ("https://", "http://", "mailto:")


def unused_files(evidence: Evidence) -> Iterator[Finding]:
    """Every file of the folders is one that something reads."""
    known = {Path(evidence.folder, name) for name in _PROBLEM}
    if evidence.solutions is not None:
        folder = Path(evidence.solutions)
        known |= {folder / name for name in _SOLUTIONS} | set(folder.glob("right/*.py"))
        forms = evidence.listed("wrong.yaml", "misconceptions", hidden=True)
        files = [form.get("slug") for form in forms if form.get("edits") is None]
        known |= {folder / "wrong" / f"{slug.text}.py" for slug in files if slug is not None}
    for top in filter(None, (evidence.folder, evidence.solutions)):
        for path in sorted(Path(top).rglob("*")):
            hidden = any(part.startswith((".", "__")) for part in path.relative_to(top).parts)
            if path.is_file() and not hidden and path not in known:
                text = f"nothing reads {path.name}"
                advice = "take it out; or is it in the wrong folder, or called by a wrong name?"
                yield warning(Location(os.path.relpath(path)), text, advice)


def unfinished_texts(evidence: Evidence) -> Iterator[Finding]:
    """Nothing is left to be done: no file says so."""
    for hidden, folder in ((False, evidence.folder), (True, evidence.solutions)):
        for path in sorted(Path(folder).rglob("*.*")) if folder is not None else ():
            if path.suffix in (".md", ".py", ".yaml"):
                for line, column, text in unfinished(path.read_text("utf-8")):
                    at = evidence.at(os.path.relpath(path, folder), hidden, line, column)
                    yield warning(at, f"this is still to be done: {text}")


def function_names(evidence: Evidence) -> Iterator[Finding]:
    """No other problem asks for a function of the same name."""
    for slug in evidence.bank.slugs():
        with suppress(SpecError):  # which is said when that one is verified
            other = heading(os.path.join(evidence.bank.problems, slug), slug)
            if slug != evidence.slug and other.function == evidence.loaded.entry_point.function:
                text = f"the problem {slug!r} asks for a function {other.function} as well"
                advice = "rename it: `grader grade FILE` finds the problem by the function's name"
                yield warning(evidence.spec, text, advice)


def equal_inputs(evidence: Evidence) -> Iterator[Finding]:
    """No two cases have the same arguments."""
    seen: dict[bytes, Case] = {}
    for case, call in zip(evidence.loaded.cases, evidence.calls, strict=True):
        first = seen.setdefault(call.message, case)
        if first is not case:
            text = f"case {case.name!r} has the arguments of {first.name!r}, at {first.at}"
            yield warning(case.at, text, "take one of the two out")


def ignored_tolerances(evidence: Evidence) -> Iterator[Finding]:
    """No case has a tolerance that its checker does not look at."""
    for hidden in (False, True):
        for node in evidence.listed("cases.yaml", "cases", hidden):
            checker = node.get("checker")
            given = node.get("tolerance") or node.get("decimals")
            if checker is None or given is None:
                continue
            if not CHECKERS[checker.text or ""].uses_tolerance:
                text = f"the checker `{checker.text}` ignores tolerances"
                advice = "remove the tolerance, or use the checker `same_kind`"
                yield warning(given.at, text, advice)


def links(evidence: Evidence) -> Iterator[Finding]:
    """Links lead somewhere from wherever the statement is read; there are no pictures."""
    for text, at in _texts(evidence):
        for target in links_of(text):
            if not target.startswith(_LEADS_SOMEWHERE):
                advice = "give the whole address; of a picture, say in words what it shows"
                yield error(_place(evidence, target, at), f"{target!r} leads nowhere", advice)


def maths(evidence: Evidence) -> Iterator[Finding]:
    """Every formula can be shown as one."""
    for text, at in _texts(evidence):
        for formula in unreadable_formulas(text):
            shown = show(formula.strip())
            advice = "is a brace or an argument missing? Else say it with simpler commands"
            at = _place(evidence, formula.strip().split("\n")[0], at)
            yield error(at, f"this formula cannot be shown: {shown}", advice)


def _texts(evidence: Evidence) -> Iterator[tuple[str, Location]]:
    yield evidence.loaded.statement, evidence.spec
    for case in evidence.loaded.cases:
        for text in (case.explanation, case.remark):
            yield text, case.at


def _place(evidence: Evidence, words: str, otherwise: Location) -> Location:
    """Where in the statement words stand, if that is where they are."""
    if otherwise != evidence.spec:
        return otherwise
    lines = Path(evidence.folder, "spec.md").read_text("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if words and words in line:
            return evidence.at("spec.md", line=number, column=line.index(words) + 1)
    return otherwise


def constraints(evidence: Evidence) -> Iterator[Finding]:
    """The arguments of every case are as the front matter says they may be."""
    for case in evidence.loaded.cases:
        for violation in find_violations(evidence.loaded.constraints, case.args):
            text = f"in case {case.name!r}, {violation}"
            advice = "correct the case, or the constraint under `args` in spec.md"
            yield error(case.at, text, advice)


# Returns the value of an expression from the statement, or its text.
_EXAMPLE = """

def _example(as_text):
{before}
    _value = ({expression})
    return repr(_value) if as_text else _value
"""


def examples(evidence: Evidence) -> Iterator[Finding]:
    """Every example in the statement, written as at Python's prompt, comes out as it says."""
    before = ["    pass"]
    for example in doctest.DocTestParser().get_examples(evidence.loaded.statement):
        code, want = example.source.strip(), example.want.split("```")[0].strip()
        if not want:
            before += [f"    {line}" for line in code.splitlines()]
            continue
        source = (evidence.loaded.reference or b"") + _EXAMPLE.format(
            before="\n".join(before), expression=code
        ).encode()
        expected, as_text = _literal(want)
        (run,) = evidence.run(source, [Call([as_text], {})], function="_example")
        agrees = CLOSE.compare(run.value, expected, _tolerance(evidence)) is None
        if run.status is not RunStatus.RETURNED or not agrees:
            came = show(run.value) if run.status is RunStatus.RETURNED else run.error
            text = f"the example {code} gives {came}, and not {want}"
            at = _place(evidence, code.splitlines()[0], evidence.spec)
            yield error(at, text, "correct the statement")


def _literal(want: str) -> tuple[Value, bool]:
    """What an example should give: a value, or the text of one."""
    try:
        value: Value = ast.literal_eval(want)
    except (ValueError, SyntaxError):
        return want, True
    return value, False


def _tolerance(evidence: Evidence) -> Tolerance:
    return evidence.loaded.cases[0].tolerance
