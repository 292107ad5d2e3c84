"""One example of each mistake: its hint, an answer in a public case, and the code without names."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.errors import GraderError
from grader.judging.redact import for_student
from grader.model.judgement import CaseResult, Judgement, Verdict
from grader.reports.messages import hints
from grader.site.board.mistakes import Mistake
from grader.site.desk import Desk
from grader.site.records.notes import Kind
from grader.values.dataclasses import dataclass

_MAX_KEPT = 500
_MIN_NAME = 3  # characters: shorter parts of names are words of programs
_WORD = re.compile(r"[^\W_]+")
_HIDDEN_NAME = "…"
_PYTHON = frozenset({*dir(builtins), *keyword.kwlist})  # Max is a name, and max a function


@dataclass(frozen=True)
class Example:
    """A mistake, by one of the programs that make it.

    Attributes:
        hints: that its students get, and what was noticed in the answers
        result: of a public case that fails; None if none does
        code: without the name of its author
    """

    hints: Sequence[str] = ()
    result: CaseResult | None = None
    code: str = ""


class Examples:
    """The examples that were looked up lately."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: OrderedDict[tuple[str, str, str], Example] = OrderedDict()

    def of(self, mistake: Mistake) -> Example:
        """Return the example of a mistake; an empty one if there is none at the moment."""
        try:
            # All cases, of which a run has the public ones.
            answers = self._desk.judges.key_digest(mistake.problem, Kind.SUBMIT)
            key = (mistake.example, mistake.key, answers)
            found = self._kept.get(key) or self._look_up(mistake)
        except (GraderError, KeyError):  # the problem is invalid, or the attempt forgotten
            return Example()
        if found is None:
            return Example()
        self._kept[key] = found
        if len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)
        return found

    def _look_up(self, mistake: Mistake) -> Example | None:
        """Return the example of a mistake; None if it is forgotten, or not judged again yet."""
        attempt = self._desk.book.attempt(mistake.example)
        if attempt is None:
            return None
        source = self._desk.book.source(attempt.digest)
        judges = self._desk.judges
        whole = judges.whole(attempt, source, judges.answers(attempt.problem, attempt.kind))
        if whole is None:
            return None
        shown = for_student(whole)
        author = self._desk.registry.find(attempt.person)
        names = [attempt.person, author.name if author is not None else ""]
        return Example(
            [*hints(shown), *shown.observations],
            _without_output(_first_failed(shown)),
            without_names(source.decode("utf-8", "replace"), names),
        )


def without_names(text: str, names: Iterable[str]) -> str:
    """Return a program without the names of a person, wherever they are words of it."""
    words = {word.casefold() for name in names for word in _WORD.findall(name)}
    words = {word for word in words if len(word) >= _MIN_NAME} - _PYTHON
    return _WORD.sub(lambda found: _HIDDEN_NAME if found[0].casefold() in words else found[0], text)


def _first_failed(judgement: Judgement) -> CaseResult | None:
    failed = (each for each in judgement.results if each.verdict is not Verdict.ACCEPTED)
    return next((each for each in failed if not each.case.hidden), None)


def _without_output(result: CaseResult | None) -> CaseResult | None:
    """Return the result without what the program printed, and where it failed."""
    if result is None:
        return None
    return replace(result, run=replace(result.run, stdout="", traceback=""))
