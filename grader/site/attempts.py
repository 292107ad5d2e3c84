"""Attempts: stored, acknowledged, then judged; progress and results are a stream or a page.

A stream is a line of JSON for each thing that happens:

    {"type": "receipt", "attempt", "received_at", "digest"}    it is on the disk
    {"type": "waiting", "place", "seconds"}                    in a queue, and again if it moves
    {"type": "case", "name", "verdict", "html", "lines"}       a case; replaces one of the same name
    {"type": "done", "verdict", "points", "max_points", "html", "spoken"}
    {"type": "failed", "message"}                              in place of "done"

A wait of less than a second is not reported; place 0 means that the wait is over. Hidden cases come
together, when all have been judged: the time of each would say something about its arguments.
"""

from __future__ import annotations

import asyncio
import re
import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from grader.model.judgement import Judgement, Verdict
from grader.reports.judgement.html import shown_code
from grader.site.assignments.shown import WITHHELD, shown_results, withheld_done
from grader.site.assignments.terms import Level
from grader.site.corrections.earlier import earlier_shown
from grader.site.desk import Desk, desk_of
from grader.site.drafts import check_text
from grader.site.forms import read_form
from grader.site.fragments import case_message
from grader.site.own_arguments import read_case
from grader.site.own_values import Unreadable
from grader.site.pages import render
from grader.site.problems import page_of, results_of
from grader.site.queue.jobs import judge_again, receipt, start
from grader.site.queue.trials import Message, Priority, Turn
from grader.site.records.attempts import IdTaken
from grader.site.records.notes import Attempt, Kind, digest_of, now
from grader.site.refusals import Refused, wants_script
from grader.site.server.person_limits import too_often
from grader.site.streams import as_lines, lines_of, streaming
from grader.values.show import printable

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MAX_WORDS = 40  # characters of a time that a browser sends
_PAGE_WAIT_S = 2.0
_TOO_MANY_RUNS = "too many runs in a short time; the next is possible"
_MAX_OWED_S = 600.0  # a submit that would wait longer for earlier ones is refused


async def send(request: Request) -> Response:
    """`POST /p/SLUG/run` and `/p/SLUG/submit`."""
    desk = desk_of(request)
    person, slug = desk.person(request), desk.heading(request).slug
    kind = Kind(request.url.path.rpartition("/")[2])
    form = await read_form(request)
    content = _source(form)
    if kind is Kind.RUN:
        desk.check_open(person, slug)
    attempt = Attempt(
        id=_id(form),
        person=person,
        problem=slug,
        kind=kind,
        digest=digest_of(content),
        received_at=now(),
        client_at=printable(form.get("client_at", ""), _MAX_WORDS),
    )
    is_known = await asyncio.to_thread(desk.book.attempt, attempt.id) is not None
    is_script = wants_script(request)
    try:
        wait_s = 0.0 if is_known else _wait(desk, attempt, content)
    except Refused as refused:
        raise await _kept(desk, person, slug, content, refused, is_script) from None
    is_draft = not is_script and not desk.is_closed(person, slug)
    try:
        kept = desk.book.begin(attempt, content, is_draft, is_latest=True)
        attempt, is_new = await asyncio.wrap_future(kept)
    except IdTaken:
        text = "another attempt has the same id; reload the page, and send this one again"
        raise Refused(409, text) from None
    if is_new:
        start(desk, attempt, wait_s)
    if is_script:
        return await _stream(desk, attempt)
    return RedirectResponse(f"/a/{attempt.id}", 303)


async def show(request: Request) -> Response:
    """`GET /a/ID`: one attempt, as a page or as a stream."""
    desk = desk_of(request)
    attempt = await asyncio.to_thread(find_attempt, desk, request)
    if wants_script(request):
        return await _stream(desk, attempt)
    if (await asyncio.to_thread(desk.shown, attempt)).level is Level.NOTHING:
        return await _page(desk, attempt)
    trial = desk.lanes.find(attempt.id)
    if trial is None and attempt.outcome is None:
        trial = await asyncio.to_thread(judge_again, desk, attempt, is_awaited=True)
    if trial is not None:
        try:
            async with asyncio.timeout(_PAGE_WAIT_S):
                async for _ in trial.follow():
                    pass
        except TimeoutError:
            pass
        attempt = await asyncio.to_thread(find_attempt, desk, request)
    return await _page(desk, attempt)


async def try_arguments(request: Request) -> Response:
    """`POST /p/SLUG/try`: run the program with arguments of the person's own."""
    desk = desk_of(request)
    person, slug = desk.person(request), desk.heading(request).slug
    form = await read_form(request)
    content, text = _source(form), form.get("arguments", "")
    is_script = wants_script(request)
    desk.check_open(person, slug)
    if wait_s := desk.limits.runs.take(person):
        raise await _kept(desk, person, slug, content, too_often(_TOO_MANY_RUNS, wait_s), is_script)
    problem = await asyncio.to_thread(desk.problem, slug)
    try:
        case = await asyncio.to_thread(read_case, problem, text)
    except Unreadable as error:
        if is_script:
            raise Refused(400, str(error)) from None
        case = None
        failed: Message = {"type": "failed", "message": str(error)}
    if not is_script:  # or the text would be lost when the reader goes on
        desk.limits.check_size(person, content)
        await asyncio.wrap_future(desk.book.save_draft(person, slug, content, None))
    if case is None:
        found: list[Message] = [failed]
        return HTMLResponse(await asyncio.to_thread(page_of, desk, person, slug, found, text), 400)
    own = case
    terms = desk.terms(desk.find(person), slug)
    with_reference = terms is None or not terms.is_exam

    def job(turn: Turn) -> None:
        result = desk.judges.try_case(slug, content, own, turn.effort, with_reference)
        turn.ran_out_of_time = result.verdict is Verdict.TIME_LIMIT
        turn.say(case_message(problem, result, is_open=True))
        verdict = result.verdict.value
        words = f"Your own arguments: {result.verdict.label}."
        if result.verdict is Verdict.ACCEPTED and not result.step.has_expected:
            words = "Your code has run with your own arguments."
        turn.say(
            {
                "type": "done",
                "verdict": verdict,
                "points": 0,
                "max_points": 0,
                "html": "",
                "spoken": words,
            }
        )

    key = f"try {secrets.token_urlsafe(12)}"
    trial = desk.lanes.add(key, person, (person, slug, "try"), Priority.RUN, job)
    if is_script:
        return streaming(lines_of(trial))
    found = [message async for message in trial.follow()]
    return HTMLResponse(await asyncio.to_thread(page_of, desk, person, slug, found, text))


# An attempt --------------------------------------------------------------------------------------


def find_attempt(desk: Desk, request: Request) -> Attempt:
    """Return the attempt that a request is about.

    Raises:
        Refused: if there is none, or it is somebody else's, which looks the same
    """
    person = desk.person(request)
    attempt = desk.book.attempt(request.path_params["id"])
    if attempt is None or attempt.person != person:
        raise Refused(404, "there is no such attempt")
    return attempt


def _wait(desk: Desk, attempt: Attempt, content: bytes) -> float:
    """Return how long a submit is delayed; a run that comes too often is refused.

    Raises:
        Refused: if there are too many, or too much text; the message says when to try again
    """
    may_owe_s = _MAX_OWED_S if attempt.kind is Kind.SUBMIT else 0.0
    bucket = desk.limits.submits if attempt.kind is Kind.SUBMIT else desk.limits.runs
    wait_s = bucket.take(attempt.person, may_owe_s)
    if wait_s > may_owe_s and attempt.kind is Kind.SUBMIT:
        text = "many of your submissions wait to be judged; this one was refused, submit it again"
        raise Refused(429, f"{text} in {round(wait_s - may_owe_s) + 1} s", wait_s - may_owe_s)
    if wait_s > may_owe_s:
        raise too_often(_TOO_MANY_RUNS, wait_s)
    desk.limits.check_size(attempt.person, content)
    return wait_s


async def _kept(
    desk: Desk, person: str, slug: str, content: bytes, refused: Refused, is_script: bool
) -> Refused:
    """Save the text of a refused request; return the refusal, which says whether it is saved.

    A script still has its text, so nothing is saved for it. Without a script the refusal replaces
    the page that the text was written on. A text after an exam, or above the person's limits, is
    not saved.
    """
    if is_script:
        return refused
    limits = desk.limits
    is_refused = desk.is_closed(person, slug) or limits.drafts.take(person) > 0
    if is_refused or limits.texts.take(person, count=len(content)):
        text = f"{refused.message}; your text is not saved: go back in your browser to see it again"
        return Refused(refused.status, text, refused.retry_after_s)
    await asyncio.wrap_future(desk.book.save_draft(person, slug, content, None))
    text = f"{refused.message}; your text is saved"
    return Refused(refused.status, text, refused.retry_after_s)


def _source(form: dict[str, str]) -> bytes:
    content = form.get("source", "").encode("utf-8", "replace")
    check_text(content)
    return content


def _id(form: dict[str, str]) -> str:
    given = form.get("id") or secrets.token_urlsafe(12)
    if not _ID.fullmatch(given):
        raise Refused(400, "expected an id of 8 to 64 letters, digits, - and _; reload the page")
    return given


# Progress and results ----------------------------------------------------------------------------


async def _page(desk: Desk, attempt: Attempt) -> Response:
    async with desk.limits.turn_of(attempt.person):  # to highlight a large text takes seconds
        return HTMLResponse(await asyncio.to_thread(_html, desk, attempt))


def _html(desk: Desk, attempt: Attempt) -> str:
    content = desk.book.source(attempt.digest)
    shown = desk.shown(attempt)
    is_withheld = shown.level is Level.NOTHING
    judgement: Judgement | None = None
    if attempt.outcome is not None and not is_withheld:
        judgement = desk.judges.stored(attempt, content, reveals=shown.level is Level.ALL)
        if judgement is None and desk.lanes.find(attempt.id) is None:
            judge_again(desk, attempt)
    problem = desk.problem(attempt.problem)
    variables = results_of(judgement, attempt.kind.value, shown) if judgement else {}
    marks = judgement if shown.level in (Level.CASES, Level.ALL) else None
    return render(
        "attempt.html",
        attempt=attempt,
        problem=problem,
        text=content.decode("utf-8", "replace"),
        is_pending=judgement is None and not is_withheld,
        withheld=WITHHELD if is_withheld else "",
        results=variables,
        code=shown_code(marks) if marks else None,
        spoken=variables.get("spoken", ""),
        earlier=earlier_shown(desk, attempt),
    )


async def _stream(desk: Desk, attempt: Attempt) -> StreamingResponse:
    """Answer with the messages about an attempt: as they come, or those of its stored result."""
    if (await asyncio.to_thread(desk.shown, attempt)).level is Level.NOTHING:
        return streaming(as_lines([receipt(attempt), withheld_done()]))
    trial = desk.lanes.find(attempt.id)
    if trial is None:
        said = await asyncio.to_thread(_said, desk, attempt)
        if said is not None:
            return streaming(as_lines(said))
        is_new = attempt.outcome is None
        trial = await asyncio.to_thread(judge_again, desk, attempt, is_awaited=is_new)
    return streaming(lines_of(trial))


def _said(desk: Desk, attempt: Attempt) -> list[Message] | None:
    """Return the messages about an attempt that has been judged; None if it has to be judged."""
    if attempt.outcome is None:
        latest = desk.book.attempt(attempt.id)
        if latest is None or latest.outcome is None:
            return None
    shown = desk.shown(attempt)
    reveals = shown.level is Level.ALL
    judgement = desk.judges.stored(attempt, desk.book.source(attempt.digest), reveals)
    if judgement is None:
        return None
    return [receipt(attempt), *shown_results(judgement, attempt.kind.value, shown)]
