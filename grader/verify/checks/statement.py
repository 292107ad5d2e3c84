"""Checks of the statement, and of the explanations of cases."""

from __future__ import annotations

import doctest
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.bank.locate import heading
from grader.bank.problem_files import read_text
from grader.checkers import CLOSE
from grader.errors import Location, SpecError
from grader.model.entry_point import Call
from grader.model.judgement import RunStatus
from grader.model.verification import Finding, error, warning
from grader.reports.statement import links, unreadable_formulas
from grader.values import Value, contains_unsupported
from grader.values.decode import decode
from grader.values.encode import encode
from grader.values.show import printable, show
from grader.values.syntax import parse_literal
from grader.verify.author_files import AuthorFiles
from grader.verify.evidence import Evidence

_ABSOLUTE = ("https://", "http://", "mailto:")
_FORBIDS_CHANGES = re.compile(
    r"not (?:change|modify|mutate) (?:any|its|the|your) (?:argument|input)"
    r"|leave (?:it|them|the \w{1,20}) unchanged",
    re.IGNORECASE,
)


def names_a_unique_function(evidence: Evidence) -> Iterator[Finding]:
    """No other problem of the bank has a function of the same name."""
    for slug in evidence.bank.slugs():
        with suppress(SpecError):  # reported when that problem is verified
            other = heading(os.path.join(evidence.bank.problems, slug), slug)
            for name in evidence.loaded.entry_point.names:
                if slug != evidence.slug and name in other.names:
                    noun = other.entry_point.noun.removesuffix("s")
                    noun = "class" if other.is_class else noun
                    text = f"the problem {slug!r} has a {noun} {name} too"
                    advice = (
                        f"rename it: `grader grade FILE` finds the problem by the {noun}'s name"
                    )
                    yield warning(evidence.files.spec, text, advice)


def links_resolve(evidence: Evidence) -> Iterator[Finding]:
    """Links are absolute, so that they work wherever the text is read; there are no images."""
    for text, at in _texts(evidence):
        for target in links(text):
            if not target.startswith(_ABSOLUTE):
                advice = "write a full address (https://…); describe an image in words"
                yield error(
                    _find(evidence.files, target, at), f"this is not a link: {target!r}", advice
                )


def formulas_render(evidence: Evidence) -> Iterator[Finding]:
    """Every formula can be shown as a formula."""
    for text, at in _texts(evidence):
        for formula in unreadable_formulas(text):
            found = _find(evidence.files, formula.strip().split("\n")[0], at)
            advice = "check braces and arguments, or use simpler commands"
            shown = printable(" ".join(formula.split()))
            yield error(found, f"cannot show this formula: {shown}", advice)


def rules_are_checked(evidence: Evidence) -> Iterator[Finding]:
    """Calls are checked for changed arguments if the statement forbids changing them."""
    said = _FORBIDS_CHANGES.search(" ".join(evidence.loaded.statement.split()))
    if said and not any(step.is_pure for case in evidence.loaded.cases for step in case.steps):
        text = f"the statement says {said[0]!r}, but no case checks that"
        yield warning(evidence.files.spec, text, "add `unchanged: true` to the front matter")


def _texts(evidence: Evidence) -> Iterator[tuple[str, Location]]:
    yield evidence.loaded.statement, evidence.files.spec
    for case in evidence.loaded.cases:
        for text in (case.explanation, case.remark):
            yield text, case.at


def _find(files: AuthorFiles, words: str, otherwise: Location) -> Location:
    """Return where a text contains the words: at `otherwise` in its file, or below that."""
    words = words.strip()
    path = Path(files.folder, "spec.md") if otherwise == files.spec else Path(otherwise.path)
    lines = read_text(path).splitlines()
    begin = otherwise.line
    if otherwise == files.spec:  # below the front matter
        begin = next((n for n, line in enumerate(lines[1:], 2) if line.rstrip() == "---"), 0) + 1
    for number, line in enumerate(lines[begin - 1 :], start=begin):
        if words and words in line:
            return Location(otherwise.path, number, line.index(words) + 1)
    return otherwise


# Returns the value of an expression in the statement, or its repr.
_EXAMPLE = """

def _example(as_text):
{before}
    _value = ({expression})
    return repr(_value) if as_text else _value
"""


def examples_hold(evidence: Evidence) -> Iterator[Finding]:
    """Every example in the statement, written as at Python's prompt, gives the shown result."""
    before = ["    pass"]
    try:
        examples = doctest.DocTestParser().get_examples(evidence.loaded.statement)
    except ValueError as problem:
        advice = "indent the lines of an example equally, with a space after >>>"
        yield error(evidence.files.spec, f"the examples cannot be read: {problem}", advice)
        return
    for example in examples:
        code, want = example.source.strip(), example.want.split("```")[0].strip()
        if not want:
            before += [f"    {line}" for line in code.splitlines()]
            continue
        source = (evidence.loaded.reference or b"") + _EXAMPLE.format(
            before="\n".join(before), expression=code
        ).encode()
        expected, as_text = _parse_result(want)
        (run,) = evidence.run(source, [(Call([as_text], {}),)], function="_example")
        tolerance = evidence.loaded.cases[0].step.tolerance
        agrees = CLOSE.compare(run.value, expected, tolerance) is None
        if run.status is not RunStatus.RETURNED or not agrees:
            returned = run.status is RunStatus.RETURNED
            got = show(run.value) if returned else printable(run.error)
            at = _find(evidence.files, code.splitlines()[0], evidence.files.spec)
            text = f"the example `{code}` gives {got} with the reference, and {want} here"
            yield error(at, text, "correct the statement, or the reference")
        if run.status is RunStatus.RETURNED:  # it may have changed an object
            before += [f"    {line}" for line in code.splitlines()]


def _parse_result(want: str) -> tuple[Value, bool]:
    """Return the result an example shows: a value, or else its repr, and whether it is that."""
    try:
        value = decode(encode(parse_literal(want)))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return want, True
    return (want, True) if contains_unsupported(value) else (value, False)
