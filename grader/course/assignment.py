"""Loads an assignment, several problems with one gradebook, from a file `assignment.yaml`.

    title: Homework 3
    timezone: Europe/Berlin            # for times without a zone
    due: 2026-11-30 23:59
    counts: last                       # or best, or first
    late: {grace: 15 min, per_day: 10%, most: 50%}
    problems:
      - {problem: dr-grpo, points: 10}
      - {problem: grpo, points: 5, due: 2026-12-07 23:59}
    extensions: {"s123": 2026-12-02 23:59}
    teams: {"Team A": [s123, ada@example.org]}
    adjust: {"s124": {dr-grpo: 9, why: regrade of 3 December}}
    excused: {"s125": all, "s126": [grpo]}
    comments: {"s127": {dr-grpo: a clear derivation}}
    attempts: {most: 10, free: 3, per_attempt: 5%}
    course: ../course.yaml             # see `term`
    opens: 2026-11-20 08:00            # this and what follows: for the practice page
    at_due: submit                     # or offer, or nothing
    feedback: verdict                  # or cases, or all after due

The fields are declared in `assignment_fields`, with those of `late_fields`, `attempt_fields` and
`exam_fields`. Times are read by `time_fields`, and what is said of single students by `by_student`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.bank.locate import Bank
from grader.course.assignment_fields import RawAssignment, make_assignment_record
from grader.course.attempt_fields import make_attempt_policy
from grader.course.by_student import RawScores
from grader.course.exam_fields import check_exam
from grader.course.late_fields import make_late_policy
from grader.course.time_fields import Zone
from grader.errors import (
    Diagnostics,
    Location,
    SpecError,
    UsageError,
    did_you_mean,
    spec_error,
)
from grader.model.assignment import (
    Adjustment,
    Assignment,
    AttemptPolicy,
    CountingAttempt,
    Cutoff,
    LatePolicy,
    Part,
)
from grader.model.judgement import points_number
from grader.model.practice import AtDue, Feedback
from grader.model.problem import Problem
from grader.submissions.times import in_utc
from grader.yaml_reader.nodes import Node, parse, report_duplicates

ENDINGS = (".yaml", ".yml")  # what has another name is a problem


def load_assignment(
    path: str,
    known: Sequence[str] = (),
    bank: str = "",
    best_share: Callable[[str], Fraction] = lambda problem: Fraction(1),
) -> Assignment:
    """Return the assignment in a file.

    Args:
        known: names of the existing problems; without them, any name is accepted
        bank: where they are, for messages
        best_share: returns the most points of a problem in units of its maximum: above 1 if it has
            a bonus

    Raises:
        SpecError: with all errors in the file
        UsageError: if the file cannot be read
    """
    root = parse(read_text(path), path)
    diagnostics = Diagnostics()
    raw: RawAssignment | None = None
    with diagnostics.gather():
        raw = make_assignment_record(_zone_of(root), tuple(known), bank).read(root)
    _report_duplicates(root, diagnostics)
    diagnostics.raise_any()
    assert raw is not None
    if raw.exam is not None:
        check_exam(raw.exam, raw.late, root, diagnostics)
    exam = raw.exam.exam if raw.exam is not None else None
    due = exam.ends if exam is not None else raw.due
    parts = tuple(Part(each.problem, each.points, each.due) for each in raw.problems)
    dues = [each for each in (due, *(part.due for part in parts)) if each is not None]
    for key, time in raw.extensions:
        if not dues:
            diagnostics.add(
                key.at, f"an extension for {key.label}, but the assignment has no `due` date"
            )
        elif in_utc(time) <= min(map(in_utc, dues)):
            diagnostics.add(
                key.at,
                f"the extension for {key.label} has no effect; write a time after a due date",
            )
    adjustments = {
        key.text or "": _adjustments(parts, scores, best_share, diagnostics)
        for key, scores in raw.adjust
    }
    excused = {
        key.text or "": _excused(parts, problems, diagnostics) for key, problems in raw.excused
    }
    comments = {key.text or "": _comments(parts, texts, diagnostics) for key, texts in raw.comments}
    late = LatePolicy()
    if raw.late is not None:
        late = make_late_policy(raw.late, dues, diagnostics)
    if exam is not None and late.until is None:
        late = replace(late, until=Cutoff(minutes=late.grace_minutes))
    attempts = AttemptPolicy()
    if raw.attempts is not None:
        attempts = make_attempt_policy(raw.attempts, diagnostics)
    if raw.opens is not None and exam is None:
        _check_opening(raw.opens, root.get("opens") or root, dues, diagnostics)
    diagnostics.raise_any()
    extensions = {key.text or "": time for key, time in raw.extensions}
    return Assignment(
        raw.title,
        parts,
        due,
        CountingAttempt(raw.counts),
        late,
        extensions | (dict(raw.exam.extensions()) if raw.exam is not None else {}),
        raw.timezone or next((each.tzinfo for each in dues), None),
        {key.text or "": tuple(each.text or "" for each in nodes) for key, nodes in raw.teams},
        adjustments=adjustments,
        excused=excused,
        comments=comments,
        course=str(Path(path).parent / raw.course.text) if raw.course and raw.course.text else "",
        attempts=attempts,
        opens=exam.starts if exam is not None else raw.opens,
        at_due=AtDue(raw.at_due),
        feedback=Feedback(raw.feedback),
        exam=exam,
        hints_after=raw.hints_after,
        places=_places(raw),
    )


def _check_opening(
    opens: datetime, node: Node, dues: Sequence[datetime], diagnostics: Diagnostics
) -> None:
    """Report an assignment with a due date before it opens."""
    early = [due for due in dues if in_utc(due) <= in_utc(opens)]
    if early:
        diagnostics.add(
            node.at,
            f"it opens after the due date {early[0]:%Y-%m-%d %H:%M}; write an earlier time",
        )


def _places(raw: RawAssignment) -> dict[tuple[str, ...], Location]:
    by_key: dict[str, Iterable[tuple[Node, Any]]] = {
        "extensions": (*raw.extensions, *(raw.exam.extra_time if raw.exam is not None else ())),
        "adjust": raw.adjust,
        "excused": raw.excused,
        "comments": raw.comments,
    }
    places: dict[tuple[str, ...], Location] = {
        (key, node.text or ""): node.at for key, entries in by_key.items() for node, _ in entries
    }
    for team, members in raw.teams:
        places |= {("teams", team.text or "", each.text or ""): each.at for each in members}
    return places | ({("course", ""): raw.course.at} if raw.course is not None else {})


def _adjustments(
    parts: Sequence[Part],
    scores: RawScores,
    best_share: Callable[[str], Fraction],
    diagnostics: Diagnostics,
) -> dict[str, Adjustment]:
    """Return scores by hand by the problem; report those that the assignment cannot give."""
    found = {}
    for node, points in scores.points:
        part = _part_named(parts, node, diagnostics)
        if part is not None and points > part.points:
            most = part.points * best_share(part.problem)
            if points > most:
                bonus = " with its bonus" if most > part.points else ""
                limit, given = points_number(most), points_number(points)
                text = f"expected at most {limit} for {node.label}{bonus}, found {given}"
                diagnostics.add(node.at, text)
        found[node.text or ""] = Adjustment(points, scores.reason)
    return found


def _excused(
    parts: Sequence[Part], problems: Sequence[Node], diagnostics: Diagnostics
) -> tuple[str, ...]:
    """Return the problems that a student is excused from; report unknown ones."""
    for node in problems:
        _part_named(parts, node, diagnostics)
    return tuple(node.text or "" for node in problems) or tuple(part.problem for part in parts)


def _comments(
    parts: Sequence[Part], texts: Sequence[tuple[Node | None, str]], diagnostics: Diagnostics
) -> dict[str, str]:
    """Return comments by the problem, the empty name for the assignment; report unknown ones."""
    for node, _ in texts:
        if node is not None:
            _part_named(parts, node, diagnostics)
    return {node.text or "" if node is not None else "": text for node, text in texts}


def _part_named(parts: Sequence[Part], node: Node, diagnostics: Diagnostics) -> Part | None:
    found = next((part for part in parts if part.problem == node.text), None)
    if found is None:
        known = did_you_mean(node.text or "", [part.problem for part in parts])
        diagnostics.add(node.at, f"the assignment has no problem {node.label}{known}")
    return found


def load_work(what: str, bank: Bank) -> tuple[Assignment, dict[str, Problem]]:
    """Return an assignment, which may be made of a single problem, and its problems by their names.

    Args:
        what: path of an assignment, or name of a problem

    Raises:
        UsageError: if the file or the problem does not exist
        SpecError: if the assignment or a problem has errors
    """
    if what.endswith(ENDINGS):
        assignment = load_assignment(
            what,
            [*bank.slugs(), *bank.unfinished()],
            f" in {bank.described}",
            lambda slug: bank.load(slug).best_share,
        )
        slugs = [part.problem for part in assignment.parts]
    else:
        slugs = [what]
    problems = {slug: bank.load(slug) for slug in slugs}
    if what not in problems:
        return assignment, problems
    problem = problems[what]
    return Assignment(problem.title, (Part(what, problem.max_score),)), problems


def _zone_of(root: Node) -> tzinfo | None:
    """Return the zone of times without one; None if the file has none either."""
    node = root.get("timezone")
    if node is None:
        return None
    try:
        return Zone().read(node)
    except SpecError:
        return UTC  # the error is reported once, not again at every time


def _report_duplicates(root: Node, diagnostics: Diagnostics) -> None:
    problems = root.get("problems")
    parts = problems.items() if problems is not None else ()
    names = [name for part in parts if (name := part.get("problem")) is not None]
    report_duplicates(names, "problem", diagnostics)


def read_text(path: str) -> str:
    """Return the text of a file.

    Raises:
        UsageError: if it cannot be read
        SpecError: if it is not UTF-8
    """
    try:
        return Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise spec_error(Location(path), "the file is not UTF-8; save it as UTF-8") from None
