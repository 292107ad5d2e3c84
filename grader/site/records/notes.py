"""What the book keeps: drafts, attempts and how they ended."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from enum import Enum
from fractions import Fraction

from grader.model.judgement import Verdict
from grader.values.dataclasses import dataclass


class Kind(Enum):
    """What a person asked for: the public cases, or all."""

    RUN = "run"
    SUBMIT = "submit"


@dataclass(frozen=True)
class Draft:
    """A text as it was saved.

    Attributes:
        revision: counts from 1 for each person and problem; 0 if nothing was saved
        saved_at: ISO 8601 in UTC; empty if nothing was saved
    """

    revision: int
    digest: str
    saved_at: str


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended, in the points of the cases that were judged.

    Attributes:
        key: digest of the answer key; empty if the book was written before it was noted
    """

    judged_at: str
    verdict: Verdict
    score: Fraction
    max_score: Fraction
    key: str = ""


@dataclass(frozen=True)
class Attempt:
    """A text that was run or submitted.

    Attributes:
        id: made by the page
        client_at: by the clock of the browser, as it was sent
        outcome: None if it is pending
    """

    id: str
    person: str
    problem: str
    kind: Kind
    digest: str
    received_at: str
    client_at: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Standing:
    """What a person has done about a problem.

    Attributes:
        saved_at: of the draft; empty if there is none
        submits: how often something was submitted
        best: highest share of the points of a submit, from 0 to 1
        solved_at: when the first accepted attempt was received; empty if none was
    """

    saved_at: str = ""
    submits: int = 0
    best: float = 0.0
    solved_at: str = ""


def digest_of(content: bytes) -> str:
    """Return the name of a text: its SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _clock() -> datetime:
    return datetime.now(UTC)


def utc_now() -> datetime:
    """Return the time of this machine, by which due dates are decided."""
    return _clock()


def now() -> str:
    """Return the time as the book writes it."""
    return time_of(utc_now())


def just_after(time: str) -> str:
    """Return the next time after one of the book, as the book writes it."""
    return time_of(datetime.fromisoformat(time) + timedelta(milliseconds=1))


def time_of(at: datetime) -> str:
    """Return a time as the book writes it: ISO 8601 in UTC with milliseconds."""
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
