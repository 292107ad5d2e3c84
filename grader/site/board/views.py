"""What a board shows: the parts of a page, each with a name, made once for all who see the same.

A `View` is what a reader may see and has chosen. Its parts are made again only if what they show
has changed, and each remembers since which version it is as it is, so that a reader who knows an
older version gets the parts that are newer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from grader.bank.locate import Heading
from grader.site.access.people import Person
from grader.site.assignments import hints
from grader.site.board.cells import Cell, State, stuck_reasons
from grader.site.board.examples import Example, Examples
from grader.site.board.mistakes import Findings, Mistake
from grader.site.board.snapshot import Snapshot
from grader.site.desk import Desk
from grader.site.pages import render
from grader.values.dataclasses import dataclass

_MAX_VIEWS = 100


@dataclass(frozen=True)
class View:
    """What a board shows.

    Attributes:
        assignment: name of the assignment
        sections: of the students; empty for all
        is_projected: whether it is without names, for all to see
    """

    assignment: str
    sections: tuple[str, ...] = ()
    is_projected: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A cell of the table."""

    slug: str
    cell: Cell
    is_working: bool
    is_stuck: bool


@dataclass(frozen=True)
class StuckStudent:
    """Somebody who is stuck, where, and why."""

    person: Person
    heading: Heading
    reasons: Sequence[str]


@dataclass(frozen=True)
class ShownMistake:
    """A mistake with the people who make it."""

    mistake: Mistake
    people: Sequence[Person]
    example: Example


@dataclass
class _Part:
    variables: Mapping[str, Any]
    html: str
    version: int


@dataclass
class _Made:
    """The parts of a view as they were made last."""

    version: int = -1
    parts: dict[str, _Part] = field(default_factory=dict)


class Views:
    """The views that are looked at."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.snapshot = Snapshot(desk)
        self._examples = Examples(desk)
        self._lock = threading.Lock()
        self._made: OrderedDict[View, _Made] = OrderedDict()

    @property
    def version(self) -> str:
        """The name of what the parts show now."""
        return f"{self.snapshot.boot}-{self.snapshot.version}"

    def parts(self, view: View, known: str = "") -> tuple[str, dict[str, str]]:
        """Return the present version, and the parts that are newer than a known one, as HTML."""
        boot, _, number = known.partition("-")
        is_known = boot == self.snapshot.boot and number.isascii() and number.isdecimal()
        since = int(number) if is_known else -1
        with self._lock:
            made = self._make(view)
            newer = {id: part.html for id, part in made.parts.items() if part.version > since}
            return f"{self.snapshot.boot}-{made.version}", newer

    def _make(self, view: View) -> _Made:
        made = self._made.setdefault(view, _Made())
        self._made.move_to_end(view)
        if len(self._made) > _MAX_VIEWS:
            self._made.popitem(last=False)
        version = self.snapshot.version
        if made.version == version:
            return made
        for id, template, variables in self._described(view):
            part = made.parts.get(id)
            if part is None or part.variables != variables:
                html = render(template, id=id, **variables)
                made.parts[id] = _Part(variables, html, version)
        made.version = version
        return made

    def _described(self, view: View) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield the name, the template and the variables of each part."""
        people = self.students(view)
        headings = self.headings(view)
        found = {
            each.slug: self.snapshot.findings(each.slug, [person.id for person in people])
            for each in headings
        }
        stuck = self._stuck(people, headings)
        # What all can see must not show how submits to an exam ended, nor its hints.
        is_secret = view.is_projected and self._is_unreleased(view)
        summary = self._summary(people, headings, stuck)
        yield "summary", "board/summary.html", {**summary, "is_secret": is_secret}
        if view.is_projected:
            for heading in headings:
                shown = self._mistakes(found[heading.slug], {})
                variables: dict[str, Any] = {
                    "heading": heading,
                    "mistakes": [(len(each.people), each.example) for each in shown],
                    "counts": self._counts(people, heading.slug),
                }
                if is_secret:
                    variables = {"heading": heading, "mistakes": [], "counts": {}}
                yield f"on-{heading.slug}", "board/projected.html", variables
            return
        yield "stuck", "board/stuck.html", {"stuck": stuck}
        by_id = {each.id: each for each in people}
        yield "slow", "board/slow.html", {"slow": self._slow(by_id, headings)}
        are_stuck = {(each.person.id, each.heading.slug) for each in stuck}
        for heading in headings:
            variables = {
                "heading": heading,
                "findings": found[heading.slug],
                "mistakes": self._mistakes(found[heading.slug], by_id),
                "sections": view.sections,
                "hints_wait": hints.wait_for_all(self._desk, heading.slug),
            }
            yield f"on-{heading.slug}", "board/problem.html", variables
        for person in people:
            cells = [self._shown_cell(person, each.slug, are_stuck) for each in headings]
            yield self.row_id(person), "board/row.html", {"person": person, "cells": cells}

    # What is shown -------------------------------------------------------------------------------

    def students(self, view: View) -> list[Person]:
        """Return the students of a view, by name."""
        chosen = set(view.sections)
        people = self.snapshot.people
        return [each for each in people if not chosen or chosen & set(each.sections)]

    def headings(self, view: View) -> list[Heading]:
        """Return the problems of a view."""
        classroom = self._desk.classroom
        assert classroom is not None
        return [
            each
            for each in self._desk.headings
            if classroom.work_of[each.slug].name == view.assignment
        ]

    def _is_unreleased(self, view: View) -> bool:
        rules = self._desk.rules
        assert rules is not None
        works = {each.name: each for each in rules.classroom.works}
        return rules.is_unreleased(works[view.assignment])

    def row_id(self, person: Person) -> str:
        """Return the name of the row of a student."""
        return f"row-{self.snapshot.number(person.id)}"

    def find_mistake(self, view: View, slug: str, key: str) -> ShownMistake | None:
        """Return a mistake by its key; None if nobody makes it now."""
        people = self.students(view)
        by_id = {each.id: each for each in people}
        findings = self.snapshot.findings(slug, by_id)
        shown = self._mistakes(findings, by_id)
        return next((each for each in shown if each.mistake.key == key), None)

    def _summary(
        self, people: Sequence[Person], headings: Sequence[Heading], stuck: Sequence[StuckStudent]
    ) -> Mapping[str, Any]:
        now = self.snapshot.now
        working = [
            each
            for each in people
            if any(
                self.snapshot.cell(each.id, heading.slug).is_working(now) for heading in headings
            )
        ]
        return {
            "students": len(people),
            "working": len(working),
            "stuck": len({each.person.id for each in stuck}),
            "solved": [(each, self._counts(people, each.slug)[State.SOLVED]) for each in headings],
            "waiting": sum(self._counts(people, each.slug)[State.WAITING] for each in headings),
        }

    def _counts(self, people: Sequence[Person], slug: str) -> Mapping[State, int]:
        counts = dict.fromkeys(State, 0)
        for each in people:
            counts[self.snapshot.cell(each.id, slug).state] += 1
        return counts

    def _stuck(
        self, people: Sequence[Person], headings: Sequence[Heading]
    ) -> Sequence[StuckStudent]:
        found = []
        for person in people:
            for heading in headings:
                cell = self.snapshot.cell(person.id, heading.slug)
                repeats = self.snapshot.repeats(cell) if cell.failed else 0
                if reasons := stuck_reasons(cell, repeats, self.snapshot.now):
                    found.append(StuckStudent(person, heading, reasons))
        return sorted(found, key=lambda each: -len(each.reasons))

    def _slow(
        self, people: Mapping[str, Person], headings: Sequence[Heading]
    ) -> Sequence[tuple[Person, Heading]]:
        """Return whose programs need much time, and are or will be judged in the slow lane."""
        by_slug = {each.slug: each for each in headings}
        return [
            (people[person], by_slug[slug])
            for person, slug, _ in self._desk.lanes.slow()
            if person in people and slug in by_slug
        ]

    def _mistakes(self, findings: Findings, people: Mapping[str, Person]) -> Sequence[ShownMistake]:
        return [
            ShownMistake(
                each,
                [people.get(id, Person("", "")) for id in each.students],
                self._examples.of(each),
            )
            for each in findings.mistakes
        ]

    def _shown_cell(self, person: Person, slug: str, stuck: set[tuple[str, str]]) -> ShownCell:
        cell = self.snapshot.cell(person.id, slug)
        is_working = cell.is_working(self.snapshot.now)
        return ShownCell(slug, cell, is_working, (person.id, slug) in stuck)
