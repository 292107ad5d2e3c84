"""Sentences for students about a case or a judgement. All reports use these."""

from __future__ import annotations

from typing import assert_never

from grader.model.credit import Credit
from grader.model.judgement import (
    CaseResult,
    Diagnosis,
    GroupResult,
    Judgement,
    Run,
    RunStatus,
    StepResult,
    Verdict,
    points_number,
)
from grader.model.problem import Case
from grader.reports.differences import matrices, sentence
from grader.values.show import plural, printable, show

_MAX_NOTE = 500  # characters


def message(result: CaseResult) -> str:
    """Return why the case was not accepted and where to look, as plain text; "" if it was.

    Hides nothing itself: `judging.redact.for_student` has removed from the result of a hidden case
    what a student must not see.
    """
    why = _why(result, result.case.hidden)
    return f"{step_label(result)}{why}{_credit(result)}" if why else ""


def _credit(result: CaseResult) -> str:
    """Return what the case earns after an error; "" if nothing."""
    if not result.given:
        return ""
    *first, last = result.given
    given = f"with correct {', '.join(first)} and {last}" if first else f"with a correct {last}"
    points, of = points_number(result.points), points_number(result.case.points)
    return f"; {given}: {points} of {of} points"


def step_message(result: StepResult) -> str:
    """Return why a step was not accepted, as plain text; "" if it was."""
    return _why(result, hidden=False)


def _why(result: CaseResult | StepResult, hidden: bool) -> str:
    run, mismatch = result.run, result.mismatch
    if (raises := result.step.raises) is not None:
        if run.status is RunStatus.RETURNED:
            return f"returned {show(run.value)} where {raises} is expected"
        if run.status is RunStatus.RAISED and result.verdict is Verdict.RUN_TIME_ERROR:
            return f"raised {_error(run)} where {raises} is expected"
    match result.verdict:
        case Verdict.ACCEPTED:
            return ""
        case Verdict.WRONG_ANSWER:
            if mismatch is None:
                return _error(run)
            count = len(result.step.others)
            more = f"; {plural(count, 'other answer')} would be right, too" if count else ""
            return sentence(mismatch, hidden=hidden) + more
        case Verdict.JUDGE_ERROR:
            return f"internal error in the grader, not in your code: {run.error}"
        case (
            Verdict.RUN_TIME_ERROR
            | Verdict.TIME_LIMIT
            | Verdict.MEMORY_LIMIT
            | Verdict.OUTPUT_LIMIT
            | Verdict.INVALID_SUBMISSION
        ):
            return _error(run)
        case unknown:
            assert_never(unknown)


def step_label(result: CaseResult) -> str:
    """Return which step decided, like "step 3, adam.step(…): "; "" for a case of one step."""
    no_step = (RunStatus.NOT_LOADED, RunStatus.NOT_RUN)
    if not result.steps or result.run.status in no_step:
        return ""
    return f"step {result.number}, {result.step.label}: "


def details(result: CaseResult) -> str:
    """Return the message; below it, if matrices differ, both in rows with what differs marked."""
    return "\n".join(filter(None, (message(result), matrices(result))))


def headline(judgement: Judgement) -> str:
    """Return the judgement in a line: "wrong answer, 3 of 12 points"."""
    score, max_score = points_number(judgement.score), points_number(judgement.max_score)
    return f"{judgement.verdict.label}, {score} of {max_score} points"


def case_label(case: Case) -> str:
    """Return the name of a case, and whether it is hidden or a bonus: "large (hidden, bonus)"."""
    tags = ["hidden"] * case.hidden + ["bonus"] * case.is_bonus
    return f"{case.name} ({', '.join(tags)})" if tags else case.name


def group_line(result: GroupResult) -> str:
    """Return what a group earned: "fast: 0 of 4 points, …"."""
    group = result.group
    bonus = "bonus " if group.is_bonus else ""
    earned, whole = points_number(result.points), points_number(result.max_points)
    text = f"{group.name}: {earned} of {whole} {bonus}points"
    if result.missing:
        names = " and ".join(result.missing)
        return f"{text}, which count only if all cases of {names} are accepted"
    if group.credit is Credit.ALL and not result.is_passed:
        return f"{text}, which count only if all of its cases are accepted"
    return text


def _error(run: Run) -> str:
    text = printable(run.error)
    if not run.line:
        return text
    return f"{text} ({printable(run.place) or f'line {run.line}'})"


def hints(judgement: Judgement) -> list[str]:
    """Return the hints of the most likely misconceptions, and of groups, each once.

    The last one of misconceptions is followed by a sentence if they do not explain all wrong
    answers.
    """
    return list(dict.fromkeys((*_hints_of_misconceptions(judgement), *group_hints(judgement))))


def group_hints(judgement: Judgement) -> list[str]:
    """Return the hints of groups that are missing although those that they require are passed.

    Those that a misconception has, too, are left out.
    """
    known = {hint for each in judgement.misconceptions for hint in each.hints}
    return [each.hint for each in judgement.groups if each.hint and each.hint not in known]


def _hints_of_misconceptions(judgement: Judgement) -> list[str]:
    if not judgement.misconceptions:
        return []
    first = judgement.misconceptions[0]
    best = [known for known in judgement.misconceptions if known.explained == first.explained]
    texts = list(dict.fromkeys(known.hint for known in best))
    if first.is_partial:
        texts[-1] += f" ({explained(first)})"
    return texts


def explained(diagnosis: Diagnosis) -> str:
    """Return a sentence about how many of the wrong answers a diagnosis explains."""
    accounts = "This accounts" if len(diagnosis.hints) == 1 else "Together they account"
    if diagnosis.is_partial:
        count = f"{diagnosis.explained} of your {diagnosis.wrong_answers} wrong answers"
        return f"Perhaps not all of it: {accounts[0].lower()}{accounts[1:]} for {count}."
    if diagnosis.wrong_answers == 1:
        return f"{accounts} for your wrong answer."
    return f"{accounts} for all of your {diagnosis.wrong_answers} wrong answers."


def notes(judgement: Judgement) -> list[str]:
    """Return what the student should know about the submission apart from its answers."""
    return [printable(note, _MAX_NOTE) for note in judgement.notes]


def advice(judgement: Judgement) -> list[tuple[str, str]]:
    """Return notes, groups, hints and observations, each with a word that says what it is."""
    return [
        *(("Note", note) for note in notes(judgement)),
        *(("Group", group_line(each)) for each in judgement.groups),
        *(("Hint", hint) for hint in hints(judgement)),
        *(("Noticed", each) for each in judgement.observations),
    ]


def first_error(judgement: Judgement) -> str:
    """Return why the file could not be loaded; "" if it could."""
    first = judgement.results[0].run if judgement.results else None
    if first is not None and first.status is RunStatus.NOT_LOADED:
        return _error(first)
    return ""
