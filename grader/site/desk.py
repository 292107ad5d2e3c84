"""What the routes share: the bank, the book, the judges, and who asks."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field, replace
from functools import cached_property

from starlette.requests import Request

from grader.bank.curriculum import in_order
from grader.bank.locate import Bank, Heading, heading
from grader.errors import GraderError
from grader.model.problem import Problem
from grader.site.access.authenticators import Authenticator, Members
from grader.site.access.logins import SIGN_IN, SingleSignOn
from grader.site.access.people import Person, Registry
from grader.site.assignments.decisions import Decisions
from grader.site.assignments.gradebooks import Gradebooks
from grader.site.assignments.terms import Rules, Shown, Terms
from grader.site.classroom import Classroom
from grader.site.corrections.published import Published
from grader.site.corrections.versions import Versions
from grader.site.live.events import Events
from grader.site.live.news import News
from grader.site.queue.judges import Judges
from grader.site.queue.lanes import Lanes
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, utc_now
from grader.site.refusals import Refused
from grader.site.server.open_requests import count_for
from grader.site.server.operation import Operation
from grader.site.server.person_limits import PersonLimits
from grader.site.server.rates import DEFAULT_RATES, Rates
from grader.site.server.readiness import Readiness
from grader.values.dataclasses import dataclass

_SIGN_IN = "this browser is not signed in; open the address that `grader serve` printed"
_SIGN_IN_TO_COURSE = "this browser is not signed in; open the link that you got for this course"
_ANOTHER = (
    "somebody else has signed in on this browser since this page was opened, so nothing was saved;"
    " sign in as yourself, and send it again"
)


@dataclass(frozen=True)
class Desk:
    """What the routes share; one for each application."""

    bank: Bank
    book: Book
    judges: Judges
    lanes: Lanes
    authenticator: Authenticator
    rates: Rates = DEFAULT_RATES
    classroom: Classroom | None = None
    operation: Operation = field(default_factory=Operation)
    published: Published | None = None
    sso: SingleSignOn | None = None

    @cached_property
    def limits(self) -> PersonLimits:
        """What each person may ask of the server."""
        return PersonLimits(self.rates)

    @cached_property
    def headings(self) -> list[Heading]:
        """All problems, in the order in which to solve them; in a course, those of the course."""
        return self._ordered(self.bank.headings())

    def list_again(self) -> None:
        """Read all problems' headings again; those with errors stay as they were."""
        found = {each.slug: each for each in self.headings}
        kept = []
        for slug in self.bank.slugs():
            with suppress(GraderError):
                found[slug] = heading(self.bank.folder(slug), slug)
            if slug in found:
                kept.append(found[slug])
        self.__dict__["headings"] = self._ordered(kept)

    def _ordered(self, headings: Sequence[Heading]) -> list[Heading]:
        if self.classroom is None:
            return in_order(headings)
        by_slug = {each.slug: each for each in headings}
        return [by_slug[slug] for slug in self.classroom.slugs if slug in by_slug]

    @cached_property
    def versions(self) -> Versions:
        """The versions of problems that are shown."""

        def last_changes(slug: str) -> tuple[str, ...]:
            latest = self.published.latest(slug) if self.published is not None else None
            return latest.changes if latest is not None else ()

        return Versions(self.judges, self.book.secret, last_changes)

    @cached_property
    def readiness(self) -> Readiness:
        """Whether work can be done."""
        return Readiness(self.book, self.judges, self.operation.backups)

    @cached_property
    def rules(self) -> Rules | None:
        """What the assignments mean for each person; None for one person alone."""
        if self.classroom is None:
            return None
        return Rules(self.classroom, Decisions(self.book))

    @cached_property
    def gradebooks(self) -> Gradebooks | None:
        """The gradebooks of the course; None for one person alone."""
        if self.classroom is None:
            return None
        bank = os.path.dirname(self.bank.problems)
        return Gradebooks(self.classroom, bank, self.judges.tier, self.book.path.parent)

    @property
    def has_links(self) -> bool:
        """Whether links and codes sign people in."""
        return isinstance(self.authenticator, Members)

    @property
    def members(self) -> Members:
        """The people whom links and codes sign in.

        Raises:
            Refused: if they sign nobody in
        """
        if not isinstance(self.authenticator, Members):
            raise Refused(404, "there is no such page: nobody signs in by links or codes here")
        return self.authenticator

    @property
    def login_path(self) -> str:
        """The page at which an institution signs people in; empty if none does."""
        if self.sso is not None:
            return SIGN_IN
        # Behind a proxy that names people, every page is one.
        return "" if self.classroom is None or self.has_links else "/"

    @property
    def course(self) -> str:
        """The title of the course; empty without one."""
        return self.classroom.term.title if self.classroom is not None else ""

    def headings_for(self, person: Person) -> list[Heading]:
        """Return the problems that a person may see now, in order."""
        if self.rules is None:
            return self.headings
        rules, at = self.rules, utc_now()
        return [each for each in self.headings if rules.terms(person, each.slug).is_open(at)]

    def terms(self, person: Person, slug: str) -> Terms | None:
        """Return what the assignment of a problem means for a person; None without a course."""
        return self.rules.terms(person, slug) if self.rules is not None else None

    def is_closed(self, person: str, slug: str) -> bool:
        """Return whether a person may only read a problem, after an exam."""
        terms = self.terms(self.find(person), slug)
        return terms is not None and terms.is_closed(utc_now())

    def check_open(self, person: str, slug: str) -> None:
        """Raise Refused if a person may only read a problem, after an exam.

        A submit is kept even then, but not as the draft.
        """
        if self.is_closed(person, slug):
            raise Refused(403, "the exam has ended; your text is kept as it was at the end")

    def shown(self, attempt: Attempt) -> Shown:
        """Return what the person who sent an attempt sees of its judgement.

        Nothing else decides it: every page, stream and file about a judgement asks here first.
        """
        if self.rules is None or attempt.problem not in self.rules.classroom.work_of:
            return Shown()
        shown = Shown()
        if self.rules.is_anything_kept_back(attempt.problem):
            person = self.find(attempt.person)
            shown = self.rules.shown(person, attempt.problem, attempt.kind)
        return replace(shown, names_points=True)

    @cached_property
    def registry(self) -> Registry:
        """The people of the course."""
        return Registry(self.book)

    @cached_property
    def events(self) -> Events:
        """What has happened, for views that follow it."""
        return Events(self.book.read)

    @cached_property
    def news(self) -> News:
        """What people are told on their open pages."""
        return News(self.book)

    def scope(self, person: str) -> str:
        """Return a name of this book, bank and person, by which browsers keep copies of drafts."""
        text = f"{self.book.secret}\0{os.path.realpath(self.bank.problems)}"
        if self.classroom is not None:
            text += f"\0{person}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def person(self, request: Request) -> str:
        """Return who asks.

        Raises:
            Refused: if nobody is known, or too many requests of this person are open
        """
        person = self.authenticator.person(request)
        if person is None:
            raise Refused(401, _SIGN_IN if self.classroom is None else _SIGN_IN_TO_COURSE)
        # A page says whose text it has: another person may have signed in here since it was opened.
        scope = request.headers.get("x-scope") or request.query_params.get("as")
        if scope is not None and scope != self.scope(person):
            raise Refused(401, _ANOTHER)
        count_for(person, request)
        return person

    def known(self, request: Request) -> Person | None:
        """Return who asks; None if nobody is known."""
        id = self.authenticator.person(request)
        if id is None or self.classroom is None:
            return Person(id, id) if id is not None else None
        return self.registry.find(id)

    def who(self, request: Request) -> Person:
        """Return who asks, with what they may do.

        Raises:
            Refused: if nobody is known
        """
        id = self.person(request)
        if self.classroom is None:
            return Person(id, id)
        person = self.registry.find(id)
        if person is None:
            raise Refused(401, _SIGN_IN_TO_COURSE)
        return person

    def find(self, id: str) -> Person:
        """Return a person by the id, who may have left the course."""
        found = self.registry.find(id) if self.classroom is not None else None
        return found or Person(id, id)

    def staff(self, request: Request) -> Person:
        """Return who asks and teaches.

        Raises:
            Refused: if nobody is known; 404 for a student, for whom there is no such page
        """
        person = self.who(request)
        if not person.role.is_staff:
            raise Refused(404, "there is no such page")
        return person

    def heading(self, request: Request) -> Heading:
        """Return the problem that a request is about.

        Raises:
            Refused: if there is none of this name, or it is not this person's yet
        """
        slug = request.path_params["slug"]
        person = self.who(request)
        for each in self.headings:
            if each.slug == slug:
                terms = self.terms(person, slug)
                if terms is None or terms.is_open(utc_now()):
                    return each
        raise Refused(404, "the bank has no problem of this name")

    def problem(self, slug: str) -> Problem:
        """Return a problem as students have it.

        Raises:
            GraderError: if its files are invalid
        """
        return self.versions.now(slug).problem

    def starter(self, slug: str) -> bytes:
        """Return the starter of a problem as the page shows it."""
        starter = self.problem(slug).starter.decode("utf-8", "replace")
        return re.sub("\r\n?", "\n", starter).encode()


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that a request came to."""
    desk: Desk = request.app.state.desk
    return desk
