"""What one person may ask of the server: how often, how much text, and what at once.

How many requests of a person may be open is in `open_requests`.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from grader.site.refusals import Refused
from grader.site.server.rates import Buckets, Rates


def too_often(text: str, wait_s: float) -> Refused:
    """Return a refusal that says after which time the same is possible again."""
    return Refused(429, f"{text} in {max(1, round(wait_s))} s", wait_s)


class PersonLimits:
    """The limits of each person, and what is left of them.

    Attributes:
        drafts, runs, submits: how often they may be sent
        texts: how many bytes all of them may have
        changes: how often news may be put away, and codes for devices be made
        exporting: whose work is being exported
    """

    def __init__(self, rates: Rates) -> None:
        self.drafts, self.runs = Buckets(rates.drafts), Buckets(rates.runs)
        self.submits, self.texts = Buckets(rates.submits), Buckets(rates.texts)
        self.changes = Buckets(rates.changes)
        self.exporting: set[str] = set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def check_draft(self, person: str) -> None:
        """Count a draft of a person.

        Raises:
            Refused: if they have saved very many lately
        """
        if wait_s := self.drafts.take(person):
            raise too_often("too many drafts at once; the next can be saved", wait_s)

    def check_change(self, person: str) -> None:
        """Count a change of something else than a text, such as news that a person has read.

        Raises:
            Refused: if there were very many lately
        """
        if wait_s := self.changes.take(person):
            raise too_often("too many requests in a short time; try again", wait_s)

    def check_size(self, person: str, content: bytes) -> None:
        """Count a text of a person.

        Raises:
            Refused: if they have sent very much text lately
        """
        if wait_s := self.texts.take(person, count=len(content)):
            raise too_often("too much text in a short time; you can send more", wait_s)

    def turn_of(self, person: str) -> asyncio.Lock:
        """Return the lock, in the loop, under which pages that take seconds are made for a person.

        So somebody who asks for many of them at once takes one thread, and not all.
        """
        return self._turns.setdefault(person, asyncio.Lock())
