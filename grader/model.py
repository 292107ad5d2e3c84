"""The nouns: what the grader talks about. Read this file first.

A `Problem` has `Case`s. A `Submission` is somebody's answer to a problem. To judge it is to call
its function once per case; what then happened is a `Run`, what we make of it a `Verdict`, and why
an answer was refused a `Mismatch`. Run, verdict and points of a case are a `CaseResult`; all of
them together are the `Judgement`, from which every report is written.

Everything here is frozen and knows nothing of files, processes or output formats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from grader.errors import Location
from grader.values import Value

# What an author may ask for ----------------------------------------------------------------------


@dataclass(frozen=True)
class Tolerance:
    """How far an answer may be from the expected one: `atol + rtol * |expected|`, inclusive.

    `decimals` is set where the author asked for so many decimals, which is half a unit of the last.
    """

    rtol: float = 1e-4
    atol: float = 1e-9
    decimals: int | None = None

    @classmethod
    def of_decimals(cls, decimals: int) -> Tolerance:
        return cls(rtol=0.0, atol=0.5 * 10.0**-decimals, decimals=decimals)

    def allowed(self, expected: complex) -> float:
        return self.atol + self.rtol * abs(expected)


@dataclass(frozen=True)
class Limits:
    """What one call may use. `output_kib` bounds what it prints, and the size of its answer."""

    wall_s: float = 5.0
    cpu_s: float = 1.0
    memory_mib: int = 512
    output_kib: int = 1024


@dataclass(frozen=True)
class Parameter:
    """A parameter of the function to be written, as the starter declares it."""

    name: str
    required: bool


@dataclass(frozen=True)
class Paper:
    """Where a problem was taken from."""

    title: str
    url: str


# What arguments may be ---------------------------------------------------------------------------


class ElementKind(Enum):
    """What an argument is, or what the lists or the array it consists of hold, in the end."""

    NUMBER = "number"
    INTEGER = "integer"
    TRUTH_VALUE = "truth value"
    TEXT = "text"


@dataclass(frozen=True)
class Range:
    """Which numbers may stand in a place. An infinite end is no bound."""

    lower: float = -math.inf
    upper: float = math.inf
    lower_open: bool = False  # whether `lower` itself is too small
    upper_open: bool = False
    apart_from: tuple[float, ...] = ()
    whole: bool = False
    may_be_inf: bool = False  # within the bounds
    may_be_nan: bool = False


@dataclass(frozen=True)
class Size:
    """How many elements a list has, or an axis of an array.

    Sizes of one name are equal within a case. `per` tells on how many indices a name depends: with
    `T_i`, on one, there is one size for each element of the outermost list.
    """

    name: str = ""  # empty for a number, which is both `least` and `most`
    least: int = 0
    most: int | None = None
    per: int = 0

    def __str__(self) -> str:
        return self.name or str(self.least)


@dataclass(frozen=True)
class Constraint:
    """What an argument may be: an element, or lists or an array of elements.

    `sizes` go from the outside in, and the last `axes` of them are those of an array.
    """

    kind: ElementKind
    range: Range = Range()
    sizes: tuple[Size, ...] = ()
    axes: int = 0


@dataclass(frozen=True)
class Relation:
    """What must hold between arguments, as the author wrote it: `abs(new - old) <= 30`."""

    text: str


@dataclass(frozen=True)
class Constraints:
    """What the arguments of a problem's cases may be; see `constraints`, which checks it."""

    args: Mapping[str, Constraint] = field(default_factory=dict)
    where: tuple[Relation, ...] = ()


# What there is to solve --------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One call of the function, and how its answer is judged.

    `expected` is the written answer, or what the reference answered (see `answers`), and
    `has_expected` tells whether there is one. Not named TestCase: pytest collects imported classes
    whose names begin with Test.
    """

    name: str
    args: Mapping[str, Value]
    at: Location
    expected: Value = None
    has_expected: bool = False
    checker: str = "close"
    tolerance: Tolerance = Tolerance()
    points: Fraction = Fraction(1)
    hidden: bool = False
    explanation: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Edit:
    """A text that stands once in the reference, and what to put in its place."""

    find: str
    replace: str


@dataclass(frozen=True)
class Misconception:
    """A known way to get the problem wrong: what it does, as a program, and a hint that helps.

    `edits` are those of the reference that make the program, if it was made so.
    """

    slug: str
    hint: str
    source: bytes
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A folder of the bank, loaded. Without its solutions: no reference and no hidden cases."""

    slug: str
    title: str
    difficulty: str
    category: str
    function: str
    parameters: tuple[Parameter, ...]
    statement: str
    starter: bytes
    cases: tuple[Case, ...]
    constraints: Constraints = Constraints()
    limits: Limits = Limits()
    paper: Paper | None = None
    preload: tuple[str, ...] = ()  # modules to load before a submission, not on its time
    times_reference: float | None = None  # how often the reference's time a call may take
    reference: bytes | None = None
    right: Mapping[str, bytes] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()

    @property
    def max_score(self) -> Fraction:
        return sum((case.points for case in self.cases), Fraction(0))


@dataclass(frozen=True)
class Submission:
    """What somebody handed in. `flaw` says why it cannot even be tried: no file, not text, ….

    Attributes:
        student: who it is from; empty for one's own file
        origin: where it was read from, for messages
    """

    source: bytes
    origin: str
    student: str = ""
    flaw: str = ""


# What happened -----------------------------------------------------------------------------------


class RunStatus(Enum):
    """How a call ended."""

    RETURNED = "returned"
    RAISED = "raised"
    NOT_LOADED = "not loaded"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    CRASHED = "crashed"
    GARBLED = "garbled"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Run:
    """What one call of the student's function did. It has no opinion: see Verdict.

    Time and memory are measured from outside, never by the student's process.
    """

    status: RunStatus
    value: Value = None  # what it returned, if it returned
    error: str = ""  # what went wrong, in a sentence; an exception's name and text if it raised
    line: int = 0  # the line of the submission where it raised; 0 if not known
    traceback: str = ""
    stdout: str = ""  # what it printed, on either stream, cut to a readable length
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mib: float = 0.0


# What we make of it ------------------------------------------------------------------------------


class Verdict(Enum):
    """The judges' words, as in the ICPC."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    RUN_TIME_ERROR = "run_time_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    INVALID_SUBMISSION = "invalid_submission"
    JUDGE_ERROR = "judge_error"

    @property
    def words(self) -> str:
        """As a reader wants it: "wrong answer"."""
        return self.value.replace("_", " ").replace("run time", "run-time")

    @property
    def short(self) -> str:
        """For tables: "WA"."""
        return _SHORT[self]


_SHORT = {
    Verdict.ACCEPTED: "AC",
    Verdict.WRONG_ANSWER: "WA",
    Verdict.RUN_TIME_ERROR: "RTE",
    Verdict.TIME_LIMIT: "TLE",
    Verdict.MEMORY_LIMIT: "MLE",
    Verdict.OUTPUT_LIMIT: "OLE",
    Verdict.INVALID_SUBMISSION: "CE",
    Verdict.JUDGE_ERROR: "JE",
}


@dataclass(frozen=True)
class Mismatch:
    """Where and how an answer differs from the expected one: its first differing element.

    `why` speaks of kinds alone ("returned a text where a number is expected") and never of values,
    so it may be shown for a hidden case too; it is empty where a number is merely too far off.
    """

    why: str = ""
    where: str = ""  # "[0][2]"; empty for the answer itself
    got: Value = None
    expected: Value = None
    error: float | None = None
    allowed: float | None = None
    off: str = ""  # "3 of 12"


@dataclass(frozen=True)
class CaseResult:
    """What came of one case."""

    case: Case
    run: Run
    verdict: Verdict
    points: Fraction
    mismatch: Mismatch | None = None


@dataclass(frozen=True)
class Suspect:
    """A misconception that explains the answers, or two that do so at once: it agrees with `agrees`
    of the `of` cases that tell it apart from the reference."""

    slugs: tuple[str, ...]
    hints: tuple[str, ...]
    agrees: int
    of: int

    @property
    def slug(self) -> str:
        """One name: of two at once "one+other"."""
        return "+".join(self.slugs)

    @property
    def hint(self) -> str:
        """One text: of two at once it says so, and numbers the hints."""
        if len(self.hints) == 1:
            return self.hints[0]
        numbered = (f"({number}) {hint}" for number, hint in enumerate(self.hints, 1))
        return "Two things at once: " + " ".join(numbered)


@dataclass(frozen=True)
class Protection:
    """What kept the submission from doing harm: the tier, and the layers it consists of."""

    tier: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """All there is to say of one submission. Every report is written from this alone.

    `observations` are sentences about wrong answers that no suspect explains. Whatever they were
    made of, they are fit for a student to read: see `observations`.
    """

    problem: Problem
    submission: Submission
    results: tuple[CaseResult, ...]
    verdict: Verdict
    protection: Protection
    key_digest: str
    suspects: tuple[Suspect, ...] = ()
    observations: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def score(self) -> Fraction:
        return sum((result.points for result in self.results), Fraction(0))

    @property
    def max_score(self) -> Fraction:
        return sum((result.case.points for result in self.results), Fraction(0))


def points_number(points: Fraction) -> int | float:
    """Points as every report gives them: whole, or rounded half to even at the second decimal.

    The one place where points are rounded; sums are exact until they come here.
    """
    rounded = round(points, 2)
    return int(rounded) if rounded.denominator == 1 else float(rounded)
