"""How the practice page treats an assignment: when it opens, what it shows, and exams."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from grader.values.dataclasses import dataclass


class AtDue(Enum):
    """What becomes of a draft that is not submitted at the due date."""

    OFFER = "offer"  # for a while the student is asked whether to hand it in as it was
    SUBMIT = "submit"  # it is handed in
    NOTHING = "nothing"


class Feedback(Enum):
    """How much of the judgement of a submit its student sees."""

    VERDICT = "verdict"  # the verdict and the points
    CASES = "cases"  # also the cases, without what is hidden
    ALL = "all after due"  # when nobody has time any more, also what is hidden


class Results(Enum):
    """How much of the judgement of a submit is shown in an exam, until it is released."""

    WITHHELD = "withheld"
    VERDICT = "verdict"
    FULL = "full"


@dataclass(frozen=True)
class Exam:
    """An exam: an assignment with a beginning, after whose end nothing counts.

    Extra time of single students is in the extensions of the assignment.

    Attributes:
        sections: those that take it; all if there are none
        hints: whether hints are shown before its results are released
        results: what is shown until they are released
    """

    starts: datetime
    ends: datetime
    sections: tuple[str, ...] = ()
    hints: bool = False
    results: Results = Results.WITHHELD
