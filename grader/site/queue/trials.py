"""Trials: what is judged, and what has been said about it so far."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import field
from enum import IntEnum
from itertools import count
from typing import Any

from grader.model.effort import Effort, TimeGiven
from grader.values.dataclasses import dataclass

Message = Mapping[str, Any]  # a line of the stream, before it is JSON
Say = Callable[[Message], None]


class Priority(IntEnum):
    """What is judged first."""

    SUBMIT = 0
    RUN = 1
    OUTDATED = 2  # a run whose person has sent a newer one
    AGAIN = 3  # nobody waits for it


class Later(Exception):
    """Raised by a job that could not judge anything, and is to be done again after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"to be done again in {seconds:g} s")
        self.seconds = seconds


@dataclass(eq=False)
class Turn:
    """One turn of a trial, which its job is called with.

    Attributes:
        say: adds a message to the trial
        effort: how much to spend; the job raises `NeedsMoreTime` rather than use more time
        retries: how often the job has raised `Later`
        ran_out_of_time: set by the job, if the program exceeded a limit of time
    """

    say: Say
    effort: Effort
    retries: int
    ran_out_of_time: bool = False


Job = Callable[[Turn], None]


@dataclass(eq=False)
class Trial:
    """Something that is judged, and what has been said about it so far.

    Attributes:
        key: identifies it; an attempt's id
        topic: person, problem and kind; a newer run outdates those of the same topic
        messages: what was said, oldest first; the last one ends it
        place: in the order of its lane, which gives it
        lane: where it waits, or waited last
        sent: counts trials in the order in which they were sent
        dropped: the longest time it was given without finishing; None before its first turn
        told: place and seconds of the last message about the wait, if there was one
    """

    key: str
    person: str
    topic: tuple[str, str, str]
    priority: Priority
    job: Job
    messages: list[Message] = field(default_factory=list)
    is_done: bool = False
    place: tuple[int, int] = (0, 0)
    lane: object = None
    sent: int = field(default_factory=count().__next__)
    dropped: TimeGiven | None = None
    retries: int = 0
    queued_at: float = 0.0
    told: tuple[int, int] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, message: Message) -> None:
        """Add a message, in the loop, unless the last one has been said."""
        if self.is_done:
            return
        self.messages.append(message)
        self.is_done = message["type"] in ("done", "failed")
        self.changed.set()

    async def follow(self) -> AsyncIterator[Message]:
        """Yield what is said, from the beginning to the end."""
        said = 0
        while True:
            while said < len(self.messages):
                yield self.messages[said]
                said += 1
            if self.is_done:
                return
            self.changed = asyncio.Event() if self.changed.is_set() else self.changed
            await self.changed.wait()
