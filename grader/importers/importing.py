"""Import questions: convert them, write them, and judge the published solutions.

A question that cannot be read or converted does not end the import. Every test becomes a case, or
is reported with the reason why not. What has been written is judged like a submission: a case that
the published solution fails is removed again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.bank.locate import find_bank
from grader.errors import SpecError, UsageError
from grader.importers.bank_files import check_is_free, slug_of, write_problem
from grader.importers.convert import convert, with_cases
from grader.importers.imported import ImportedCase, ImportedProblem, left_out
from grader.importers.outcomes import Outcome
from grader.importers.questions import Question, Unreadable, read_source
from grader.importers.repairs import repair_solution
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.judgement import CaseResult, Verdict
from grader.model.problem import Submission
from grader.reports.messages import message
from grader.sandbox.host import Sandbox

MAX_ACCEPTED = 20  # accepted submissions of a question


def import_questions(
    questions: Sequence[Question],
    bank: Path,
    sandbox: Sandbox,
    accepted: Path | None = None,
    watch: Callable[[str, int, int], None] | None = None,
) -> dict[str, ImportedProblem]:
    """Write questions as problems of a bank; return them by slug.

    Those of which nothing could be imported are returned too, and not written.

    Args:
        accepted: a folder with accepted submissions: NUMBER/*.py, NUMBER_*.py, or with the slug in
            place of the number
        watch: called before each question with its name, its number and how many there are

    Raises:
        UsageError: if a problem exists already, or a file cannot be written
        SandboxError: if the sandbox fails
    """
    slugs: dict[str, Question] = {}
    for question in questions:
        slugs[slug_of(question, slugs)] = question
    check_is_free(bank, slugs)
    found: dict[str, ImportedProblem] = {}
    for number, (slug, question) in enumerate(slugs.items(), 1):
        if watch is not None:
            watch(slug, number, len(slugs))
        found[slug] = _import(slug, question, bank, sandbox, accepted)
    return found


def _import(
    slug: str, question: Question, bank: Path, sandbox: Sandbox, accepted: Path | None
) -> ImportedProblem:
    if question.flaw:
        return left_out(question, question.flaw)
    sources = _accepted(accepted, slug, question)
    instead = next(iter(sources.values()), "")
    problem = convert(question, sandbox, instead)
    while problem.cases:
        write_problem(bank, slug, problem, sources)
        refused = _refused(bank, slug, problem, sandbox)
        if not refused:
            return problem
        _remove(bank, slug)
        problem = _driven(problem, refused) or _without(problem, refused)
    return problem


def _refused(
    bank: Path, slug: str, problem: ImportedProblem, sandbox: Sandbox
) -> Mapping[str, str]:
    """Return the cases that the published solution fails, each with the reason.

    If the files cannot be loaded, these are all cases.
    """
    try:
        key = AnswerKey(find_bank(str(bank)).load(slug), sandbox)
    except SpecError as error:
        texts = [str(each.text) for each in error.diagnostics]
        reasons = {
            case.name: f"the case cannot be written: {text}"
            for text in texts
            for case in problem.cases
            if f"'{case.name}'" in text
        }
        every = {case.name: f"the case cannot be written: {texts[0]}" for case in problem.cases}
        return reasons or every
    judgement = judge(key, Submission(problem.reference.encode(), "solution.py"), sandbox)
    return {
        each.case.name: _why(each)
        for each in judgement.results
        if each.verdict is not Verdict.ACCEPTED
    }


def _driven(problem: ImportedProblem, refused: Mapping[str, str]) -> ImportedProblem | None:
    """Return a problem with drivers in place of some cases; None if one has none."""
    tests = {case.test for case in problem.cases if case.name in refused and not case.is_driven}
    tests &= set(problem.driven)
    if not tests:
        return None
    kept = [case for case in problem.cases if case.test not in tests]
    cases = sorted([*kept, *(problem.driven[each] for each in tests)], key=lambda case: case.test)
    return with_cases(problem, cases)


def _why(result: CaseResult) -> str:
    found = " ".join(message(result).split()) or result.verdict.label
    return f"in the imported problem, the published solution is refused: {found}"


def _without(problem: ImportedProblem, refused: Mapping[str, str]) -> ImportedProblem:
    """Return a problem without some cases, and with the reasons at their tests."""
    reasons = {
        case.test: _unasked(problem, case) or refused[case.name]
        for case in problem.cases
        if case.name in refused
    }
    cases = tuple(case for case in problem.cases if case.test not in reasons)
    tests = tuple(
        replace(each, outcome=Outcome.LEFT_OUT, reason=reasons[each.number])
        if each.number in reasons
        else each
        for each in problem.tests
    )
    reason = "" if cases else next(iter(reasons.values()))
    return replace(with_cases(problem, cases), tests=tests, reason=reason)


def _unasked(problem: ImportedProblem, case: ImportedCase) -> str:
    """Return that a case needs more than the problem asks for; empty if it does not."""
    key, names = problem.entry
    others = [name for name in case.uses if name not in names]
    if not others:
        return ""
    return (
        f"the test uses {' and '.join(others)}, and the problem asks only for the {key} {names[0]}"
    )


def _remove(bank: Path, slug: str) -> None:
    for part in ("problems", "solutions"):
        shutil.rmtree(bank / part / slug, ignore_errors=True)


def _accepted(folder: Path | None, slug: str, question: Question) -> dict[str, str]:
    """Return the accepted submissions to a question that are valid Python, by file name.

    Raises:
        UsageError: if the folder does not exist
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise UsageError(f"expected a folder of accepted submissions, found no folder {folder}")
    names = [each for each in (slug, question.name, question.number) if each]
    beginnings = tuple(f"{each}{mark}" for each in names for mark in "_.-")

    def is_own(name: str) -> bool:
        return name in names or name.startswith(beginnings)

    places = [folder, *(each for each in sorted(folder.iterdir()) if is_own(each.name))]
    found: dict[str, str] = {}
    for place in places:
        inside = sorted(place.iterdir()) if place.is_dir() and not place.is_symlink() else []
        for path in inside:
            if path.suffix != ".py" or (place is folder and not is_own(path.stem)):
                continue
            try:
                source = repair_solution(read_source(path))
            except Unreadable:
                continue
            if not source.error and len(found) < MAX_ACCEPTED:
                found[str(path.relative_to(folder))] = source.source
    return found
