"""What the routes share: the bank, the book, the judges, and who asks."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property

from starlette.requests import Request

from grader.bank.curriculum import in_order
from grader.bank.locate import Bank, Heading
from grader.model.problem import Problem
from grader.site.book import Book
from grader.site.doors import Door
from grader.site.judges import Judges
from grader.site.lanes import Lanes
from grader.site.rates import DEFAULT_RATES, Buckets, Rates
from grader.site.refusals import Refused

_SIGN_IN = "this browser is not signed in; open the address that `grader serve` printed"


@dataclass(frozen=True)
class Desk:
    """What the routes share; one for each application."""

    bank: Bank
    book: Book
    judges: Judges
    lanes: Lanes
    door: Door
    rates: Rates = DEFAULT_RATES
    _shown: dict[str, Problem] = field(default_factory=dict)

    @cached_property
    def drafts(self) -> Buckets:
        return Buckets(self.rates.drafts)

    @cached_property
    def runs(self) -> Buckets:
        return Buckets(self.rates.runs)

    @cached_property
    def submits(self) -> Buckets:
        return Buckets(self.rates.submits)

    @cached_property
    def headings(self) -> list[Heading]:
        """All problems, in the order in which to solve them."""
        return in_order(self.bank.headings())

    @cached_property
    def scope(self) -> str:
        """A name of this book and bank, by which browsers keep their copies of drafts."""
        text = f"{self.book.secret}\0{os.path.realpath(self.bank.problems)}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def person(self, request: Request) -> str:
        """Return who asks.

        Raises:
            Refused: if nobody is known
        """
        person = self.door.person(request)
        if person is None:
            raise Refused(401, _SIGN_IN)
        return person

    def heading(self, request: Request) -> Heading:
        """Return the problem that a request is about.

        Raises:
            Refused: if there is none of this name
        """
        slug = request.path_params["slug"]
        for each in self.headings:
            if each.slug == slug:
                return each
        raise Refused(404, "the bank has no problem of this name")

    def problem(self, slug: str) -> Problem:
        """Return a problem as students have it.

        Raises:
            GraderError: if its files are invalid
        """
        if slug not in self._shown:
            self._shown[slug] = self.judges.shown_problem(slug)
        return self._shown[slug]


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that a request came to."""
    desk: Desk = request.app.state.desk
    return desk
