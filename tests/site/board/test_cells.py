"""How far a student has come, and who is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from grader.model.judgement import Verdict
from grader.site.board.cells import Cell, State, cell_of, stuck_reasons, time_at
from grader.site.records.notes import Attempt, Kind, Outcome, time_of

NOON = time_at("2026-11-27T12:00:00.000Z")
ENDS = {
    "accepted": (Verdict.ACCEPTED, Fraction(4)),
    "wrong": (Verdict.WRONG_ANSWER, Fraction(1)),
    "raised": (Verdict.RUN_TIME_ERROR, Fraction(0)),
    "judge error": (Verdict.JUDGE_ERROR, Fraction(0)),
}


def at(minutes: float) -> str:
    return time_of(NOON + timedelta(minutes=minutes))


def sent(minutes: float, end: str, kind: Kind = Kind.SUBMIT) -> Attempt:
    outcome = None
    if end != "pending":
        verdict, score = ENDS[end]
        outcome = Outcome(at(minutes), verdict, score, Fraction(4))
    return Attempt(f"{kind.value}-{minutes}", "ada", "mean", kind, "", at(minutes), "", outcome)


STATES: dict[str, tuple[Sequence[Attempt], Sequence[float], State]] = {
    "nothing": ([], [], State.UNTOUCHED),
    "a draft": ([], [1], State.BEGUN),
    "a run": ([sent(1, "accepted", Kind.RUN)], [], State.BEGUN),
    "a pending submit": ([sent(1, "pending")], [], State.WAITING),
    "a wrong submit": ([sent(1, "wrong")], [], State.WRONG),
    "a wrong submit, and another one that waits": (
        [sent(1, "wrong"), sent(2, "pending")],
        [],
        State.WAITING,
    ),
    "a right submit before a wrong one": (
        [sent(1, "accepted"), sent(2, "wrong")],
        [],
        State.SOLVED,
    ),
}


@pytest.mark.parametrize("attempts, saved, state", STATES.values(), ids=STATES)
def test_state(attempts: Sequence[Attempt], saved: Sequence[float], state: State) -> None:
    assert cell_of(attempts, map(at, saved)).state is state


DUE: dict[str, tuple[Sequence[Attempt], bool]] = {
    "in time": ([sent(1, "accepted")], False),
    "late": ([sent(3, "accepted")], True),
    "solved in time, sent again later": ([sent(1, "accepted"), sent(3, "accepted")], False),
    "wrong, and late": ([sent(1, "wrong"), sent(3, "wrong")], True),
    "a run after the due date": ([sent(1, "wrong"), sent(3, "wrong", Kind.RUN)], False),
}


@pytest.mark.parametrize("attempts, is_late", DUE.values(), ids=DUE)
def test_late(attempts: Sequence[Attempt], is_late: bool) -> None:
    assert cell_of(attempts, due=NOON + timedelta(minutes=2)).is_late is is_late


def wrong(*minutes: float) -> list[Attempt]:
    return [sent(each, "wrong", Kind.RUN) for each in minutes]


STUCK: dict[str, tuple[Cell, int, float, Sequence[str]]] = {
    "just begun": (cell_of(wrong(0, 1)), 0, 2, []),
    "20 minutes": (cell_of(wrong(0, 10, 18)), 0, 20, ["20 min"]),
    "a break of an hour": (cell_of(wrong(0, 60)), 0, 65, []),
    "5 attempts": (cell_of(wrong(0, 1, 2, 3, 4)), 0, 5, ["5 attempts"]),
    "5 attempts, but one before a break": (cell_of(wrong(0, 60, 61, 62, 63)), 0, 64, []),
    "errors of the grader": (
        cell_of([sent(each, "judge error") for each in range(5)]),
        0,
        6,
        [],
    ),
    "the same answers": (cell_of(wrong(0, 1, 2)), 3, 3, ["the same wrong answers 3 times"]),
    "all of it": (
        cell_of(wrong(0, 5, 10, 15, 20)),
        4,
        21,
        ["21 min", "5 attempts", "the same wrong answers 4 times"],
    ),
    "gone home": (cell_of(wrong(0, 1, 2, 3, 4)), 3, 40, []),
    "solved": (cell_of([*wrong(0, 1, 2, 3, 4), sent(5, "accepted")]), 0, 30, []),
}


@pytest.mark.parametrize("cell, repeats, minutes, reasons", STUCK.values(), ids=STUCK)
def test_stuck(cell: Cell, repeats: int, minutes: float, reasons: Sequence[str]) -> None:
    assert stuck_reasons(cell, repeats, time_at(at(minutes))) == reasons


def test_drafts_keep_a_sitting_going() -> None:
    cell = cell_of(wrong(0), [at(each) for each in (5, 15, 25)])
    assert cell.since == NOON
    assert cell_of(wrong(0), [at(25)]).since == time_at(at(25))


def test_drafts_that_come_later_do_the_same_as_those_read_at_once() -> None:
    saved = [1.0, 9.0, 30.0, 31.0]
    cell = cell_of(wrong(0))
    for each in saved:
        cell = cell.at_work(time_at(at(each)))
    assert cell == cell_of(wrong(0), map(at, saved))
    assert cell.at_work(time_at(at(2))) is cell


def test_who_works_now() -> None:
    cell = cell_of([], [at(0)])
    assert cell.is_working(time_at(at(2)))
    assert not cell.is_working(time_at(at(4)))
    assert not Cell().is_working(datetime.now().astimezone())
