"""The job that judges an attempt: its turns, what it says meanwhile, the outcome that it keeps."""

from __future__ import annotations

import time
from dataclasses import replace

from grader.errors import SandboxError
from grader.model.judgement import CaseResult, Verdict
from grader.site.assignments.shown import shown_case, shown_done
from grader.site.desk import Desk
from grader.site.queue.trials import Later, Message, Priority, Trial, Turn
from grader.site.records.notes import Attempt, Kind, Outcome, now

_AGAIN_S = (0.5, 2.0, 5.0, 20.0)  # after internal errors in a row, such as a killed server


def judge_again(desk: Desk, attempt: Attempt, is_awaited: bool = False) -> Trial:
    """Let an attempt be judged that has no outcome, or whose judgement is not stored any more.

    May be called in any thread but the loop's.

    Args:
        is_awaited: whether it has its turn as if it had been sent now; else it comes behind all
            others
    """
    return desk.lanes.in_loop(lambda: start(desk, attempt, is_awaited=is_awaited))


def start(desk: Desk, attempt: Attempt, wait_s: float = 0.0, is_awaited: bool = True) -> Trial:
    """Let an attempt be judged, in the loop.

    Args:
        wait_s: how long the person has to wait, who sends too often
        is_awaited: whether somebody waits for it
    """
    said: dict[str, Message] = {}

    def job(turn: Turn) -> None:
        # Read when it is its turn: many that wait would fill the memory.
        _judge(desk, attempt, desk.book.source(attempt.digest), turn, said)

    priority = Priority.SUBMIT if attempt.kind is Kind.SUBMIT else Priority.RUN
    priority = priority if is_awaited else Priority.AGAIN
    topic = (attempt.person, attempt.problem, attempt.kind.value)
    first: list[Message] = [receipt(attempt)]
    if wait_s:
        first.append({"type": "waiting", "place": 1, "seconds": round(wait_s)})
    return desk.lanes.add(attempt.id, attempt.person, topic, priority, job, first, wait_s)


def _judge(
    desk: Desk, attempt: Attempt, content: bytes, turn: Turn, said: dict[str, Message]
) -> None:
    """Judge an attempt, in a thread of the lanes.

    Args:
        said: the last message about each case, which is not repeated in another turn

    Raises:
        NeedsMoreTime: if the program needs more than the effort of this turn
        Later: if there was an internal error, and not too often
    """
    may_fail = turn.retries >= len(_AGAIN_S)
    shown = desk.shown(attempt)

    def tell(result: CaseResult) -> None:
        message = shown_case(problem, result, shown)
        if message is not None and said.get(message["name"]) != message:
            said[message["name"]] = message
            turn.say(message)

    def tell_case(result: CaseResult) -> None:
        if may_fail or result.verdict is not Verdict.JUDGE_ERROR:
            tell(result)

    since = time.monotonic()
    try:
        problem = desk.problem(attempt.problem)
        answers = desk.judges.answers(attempt.problem, attempt.kind)
        judgement = desk.judges.judge(attempt, content, tell_case, turn.effort, answers)
    except SandboxError:
        if may_fail:
            raise
        raise Later(_AGAIN_S[turn.retries]) from None
    if desk.lanes.is_stopping:  # the sandbox was closed: nobody has judged it
        return
    if judgement.verdict is Verdict.JUDGE_ERROR and not may_fail:
        raise Later(_AGAIN_S[turn.retries])
    turn.ran_out_of_time = any(each.verdict is Verdict.TIME_LIMIT for each in judgement.results)
    for result in judgement.results:
        tell(result)
    seconds = time.monotonic() - since
    desk.operation.metrics.judged(attempt.kind.value, judgement.verdict.value, seconds)
    is_first = attempt.outcome is None
    outcome = Outcome(
        *(now(), judgement.verdict, judgement.score, judgement.max_score, answers.digest)
    )
    is_corrected = attempt.outcome is not None and attempt.outcome.key != outcome.key
    why = desk.versions.now(attempt.problem).changes if is_corrected else ()
    desk.book.finish(attempt.id, outcome, "\n".join(why)).result()
    if is_first and desk.classroom is None:  # the file of progress is of who runs the server
        desk.judges.note(attempt, judgement)
    turn.say(shown_done(judgement, attempt.kind.value, shown))
    if desk.judges.answers(attempt.problem, attempt.kind).digest != answers.digest:
        judge_again(desk, replace(attempt, outcome=outcome))  # it was corrected meanwhile


def receipt(attempt: Attempt) -> Message:
    """Return what is said of an attempt when it is on the disk."""
    return {
        "type": "receipt",
        "attempt": attempt.id,
        "received_at": attempt.received_at,
        "digest": attempt.digest,
    }
