"""The page of a problem: statement, editor, and the results of the last attempt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from grader.errors import GraderError
from grader.model.judgement import Judgement, Verdict
from grader.model.problem import Problem
from grader.reports.problem_text import example_markdown
from grader.site.assignments.deadlines import terms_now
from grader.site.assignments.shown import concealed, shown_results, withheld_done
from grader.site.assignments.terms import Level, Shown
from grader.site.corrections.earlier import Earlier, earlier_shown
from grader.site.desk import Desk, desk_of
from grader.site.live.news_pages import news_for_page
from grader.site.own_arguments import example
from grader.site.pages import render
from grader.site.queue.trials import Message
from grader.site.records.notes import Attempt, Draft, Kind, digest_of


def show(request: Request) -> Response:
    """`GET /p/SLUG`."""
    desk = desk_of(request)
    person, slug = desk.person(request), desk.heading(request).slug
    desk.lanes.warm([slug], is_next=True)
    return HTMLResponse(page_of(desk, person, slug))


def page_of(
    desk: Desk,
    person: str,
    slug: str,
    messages: Sequence[Message] = (),
    arguments: str | None = None,
) -> str:
    """Return the page of a problem.

    Args:
        messages: what to show as results, in place of the last attempt's
        arguments: the person's own, as they wrote them
    """
    problem = desk.problem(slug)
    attempts = [concealed(each, desk.shown(each)) for each in desk.book.attempts(person, slug)]
    draft = desk.book.draft(person, slug)
    content = _content(desk, problem, draft, attempts)
    last = attempts[-1] if attempts else None
    shown: dict[str, Any] = {}
    if messages:
        shown = _shown(messages)
    elif last is not None:
        shown = _last_results(desk, last)
    who = desk.find(person)
    headings = desk.headings_for(who)
    position = next(n for n, each in enumerate(headings) if each.slug == slug)
    following = headings[position + 1 : position + 2]
    terms = desk.terms(who, slug)
    scope = desk.scope(person)
    variables: dict[str, Any] = {"cost": None, "offered": None, "is_closed": False, "scope": scope}
    if terms is not None:
        variables |= terms_now(desk, terms)
    return render(
        "problem.html",
        problem=problem,
        examples=[example_markdown(case) for case in problem.cases],
        source=content.decode("utf-8", "replace"),
        draft=draft or Draft(0, digest_of(content), ""),
        digest=digest_of(content),
        version=desk.versions.now(slug).token,
        # In a course, who has begun a problem is told by news.
        asks_for_changes=desk.classroom is None or (draft is None and not attempts),
        person=person,
        is_course=desk.classroom is not None,
        has_links=desk.has_links,
        login_path=desk.login_path,
        attempts=attempts,
        is_solved=any(
            each.outcome is not None
            and each.outcome.verdict is Verdict.ACCEPTED
            and each.kind is Kind.SUBMIT
            for each in attempts
        ),
        last=last if not messages else None,
        earlier=_earlier(desk, last) if last is not None else None,
        is_last_text=last is not None and last.digest == digest_of(content),
        results=shown,
        example=example(problem),
        arguments=arguments,
        names_reference=desk.judges.names_reference and not (terms and terms.is_exam),
        next=following[0] if following else None,
        **variables,
        **news_for_page(desk, person, slug),
    )


def results_of(judgement: Judgement, kind: str, shown: Shown) -> dict[str, Any]:
    """Return what the template of results shows of a judgement."""
    return _shown(shown_results(judgement, kind, shown, opens_first=True))


def _shown(messages: Sequence[Message]) -> dict[str, Any]:
    """Return messages by what they are: the rows of cases, the summary, a failure."""
    last = messages[-1]
    return {
        "cases": [each for each in messages if each["type"] == "case"],
        "summary": last.get("html", ""),
        "spoken": last.get("spoken", ""),
        "failure": last["message"] if last["type"] == "failed" else "",
    }


def _last_results(desk: Desk, last: Attempt) -> dict[str, Any]:
    """Return the results of an attempt for the page; nothing while it is judged, or if it fails."""
    shown = desk.shown(last)
    if shown.level is Level.NOTHING:
        return _shown([withheld_done()])
    if last.outcome is None:
        return {}
    try:
        judgement = desk.judges.stored(
            last, desk.book.source(last.digest), reveals=shown.level is Level.ALL
        )
    except GraderError:
        return {}
    return results_of(judgement, last.kind.value, shown) if judgement is not None else {}


def _earlier(desk: Desk, last: Attempt) -> Earlier | None:
    """Return how the outcome of an attempt was last replaced; None if it was not."""
    found = earlier_shown(desk, last)
    return found[-1] if found else None


def _content(
    desk: Desk, problem: Problem, draft: Draft | None, attempts: Sequence[Attempt]
) -> bytes:
    """Return the text to go on with: the draft, else the last attempt's, else the starter."""
    if draft is not None:
        return desk.book.source(draft.digest)
    if attempts:
        return desk.book.source(attempts[-1].digest)
    return desk.starter(problem.slug)
