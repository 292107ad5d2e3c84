"""The referee: decides whether an answer is right, if need be by the author's own function.

Most checkers compare values here. A `PythonChecker` is run in a child process of its own, never in
that of the submission, and receives decoded values: an answer can be any value, but never code.
Questions to one checker that are asked together go to one child. If the function raises an
exception, runs out of time or returns anything but an opinion, that is a fault of the problem and
not of the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from typing import TypeAlias

from grader.checkers.python import PythonChecker
from grader.errors import describe_failure
from grader.judging.credit import share_of_keys
from grader.judging.recent import Recent
from grader.model.checker import Mismatch
from grader.model.entry_point import Call, Module, Program
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case, Limits
from grader.model.script import Step
from grader.sandbox.host import Sandbox
from grader.values import Ref, Value, contains_unsupported
from grader.values.dataclasses import dataclass
from grader.values.show import kind, printable, show

LIMITS = Limits(wall_s=10.0, cpu_s=5.0, memory_mib=512, output_kib=64, patience=1)
_SHORT_LIMITS = replace(LIMITS, cpu_s=0.5, wall_s=5.0)  # of mutants, some of which never end
_MAX_TEXT = 300  # characters of what a checker says
_MAX_KNOWN = 20_000  # opinions that are remembered
_NOT_RIGHT = "this is not a right answer"
_NO_VALUE = "an answer must be a value, such as a number, a string, a list or an array"

_DRIVER = """

class Score:
    def __init__(self, share, text=""):
        self.share, self.text = share, text


def _grader_opinion(answer, arguments):
    found = {function}(answer, **arguments)
    if isinstance(found, Score):
        return "score", str(found.share), str(found.text)
    return "found", found
"""


@dataclass(frozen=True)
class Question:
    """Is this answer to a step right? The step has the expected answer.

    Attributes:
        earlier: arguments and results of earlier steps by name, if the checker needs them
    """

    step: Step
    answer: Value
    earlier: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def about(cls, case: Case, number: int, runs: Sequence[Run]) -> Question:
        """Return the question about the answer to one of a case's steps, counted from 0.

        Args:
            runs: of the case's steps
        """
        step, checker = case.steps[number], case.steps[number].checker
        if not isinstance(checker, PythonChecker) or not checker.borrows:
            return cls(step, runs[number].value)
        found = dict[str, Value]()
        results = dict[str, Value]()
        for before, run in zip(case.steps[:number], runs, strict=False):
            found.update(before.known_args)
            if before.name and _is_value(before, run):
                found[before.name] = results[before.name] = run.value
        for name, value in step.args.items():
            if isinstance(value, Ref):
                found.pop(name, None)
                found.update(
                    {name: results[value.description]} if value.description in results else {}
                )
        earlier = {name: found[name] for name in checker.borrows if name in found}
        return cls(step, runs[number].value, earlier)

    @property
    def missing(self) -> str:
        """The name of a result that the checker needs, and that the submission did not give."""
        checker = self.step.checker
        needed = checker.borrows if isinstance(checker, PythonChecker) else ()
        return next((name for name in needed if name not in self.earlier), "")


def _is_value(step: Step, run: Run) -> bool:
    """Return whether the result of a step came back, and is a value."""
    returned = step.is_asked and run.status is RunStatus.RETURNED
    return returned and not contains_unsupported(run.value)


@dataclass(frozen=True)
class Opinion:
    """What a checker says about an answer: the mismatch, if there is one, and the share of points.

    The share is 1 if there is no mismatch. With a mismatch, it can be 1 only where keys have points
    and the answer has extra keys.
    """

    mismatch: Mismatch | None = None
    share: Fraction = Fraction(1)


RIGHT = Opinion()


@dataclass(frozen=True)
class Fault:
    """A checker failed: the answer cannot be judged.

    Attributes:
        text: what happened
        file, line: where, in the author's checker; empty and 0 if it is not known
    """

    text: str
    file: str = ""
    line: int = 0


Ruling: TypeAlias = "Opinion | Fault"
Said: TypeAlias = tuple[Fraction, str]  # the share of points and the text that a checker gives


class Referee:
    """Answers questions, in a sandbox where that is needed; only `opinions_of` raises exceptions.

    Opinions of a `PythonChecker` are remembered: a class gives the same answers again and again.

    Args:
        given_modules: what the author's checkers can import
    """

    def __init__(self, sandbox: Sandbox, given_modules: tuple[Module, ...] = ()) -> None:
        self._sandbox = sandbox
        self._given_modules = given_modules
        self._known: Recent[bytes, Said] = Recent(_MAX_KNOWN)

    def opinion(self, question: Question) -> Ruling:
        """Return the opinion on one answer."""
        return self.opinions([question])[0]

    def opinions(self, questions: Sequence[Question]) -> list[Ruling]:
        """Return the opinion on each answer; those by the same `PythonChecker` share a child."""
        found: dict[int, Ruling] = {}
        asked: dict[PythonChecker, list[int]] = {}
        for index, question in enumerate(questions):
            checker = question.step.checker
            if isinstance(checker, PythonChecker):
                asked.setdefault(checker, []).append(index)
            else:
                found[index] = _compare(question)
        for checker, indices in asked.items():
            chosen = [questions[index] for index in indices]
            found.update(zip(indices, self._ask(checker, chosen), strict=True))
        return [found[index] for index in range(len(questions))]

    def prepare(self, questions: Iterable[Question]) -> None:
        """Ask the author's checkers, all at once, the questions that are asked one by one later."""
        self.opinions([each for each in questions if isinstance(each.step.checker, PythonChecker)])

    def opinions_of(
        self, checkers: Sequence[PythonChecker], questions: Sequence[Question]
    ) -> list[list[Ruling]]:
        """Return the opinions of several trusted checkers, which share a child.

        Args:
            questions: each is put to all of `checkers`, not to its own checker; the answers must
                contain no unsupported values

        Raises:
            SandboxError: if the sandbox fails
        """
        programs = [self._program(each) for each in checkers]
        table: list[list[Ruling]] = []
        if not checkers:
            return table
        scripts = [(_call(checkers[0], each),) for each in questions]
        for checker, runs in zip(
            checkers, self._sandbox.run_trusted(programs, scripts, _SHORT_LIMITS), strict=True
        ):
            opinions = [_read(checker, run) for run in runs]
            table.append(
                [
                    each if isinstance(each, Fault) else _opinion(each, asked.answer)
                    for each, asked in zip(opinions, questions, strict=True)
                ]
            )
        return table

    def _ask(self, checker: PythonChecker, questions: Sequence[Question]) -> list[Ruling]:
        # What is known is kept here: it may be forgotten while the new questions are asked.
        said, new, keys = dict[bytes, Said | Fault](), dict[bytes, Call](), []
        for question in questions:
            call = _call(checker, question)
            key = hashlib.sha256(repr(checker).encode() + call.message).digest()
            keys.append(key)
            if question.missing or key in said or key in new:
                continue
            known = self._known.get(key)
            if known is not None:
                said[key] = known
            elif not contains_unsupported(question.answer):
                new[key] = call
        if new:
            said |= self._run(checker, new)
        return [
            _ruling(question, said.get(key)) for key, question in zip(keys, questions, strict=True)
        ]

    def _run(
        self, checker: PythonChecker, calls: Mapping[bytes, Call]
    ) -> Mapping[bytes, Said | Fault]:
        """Ask a checker, remember its opinions, and return them and its faults."""
        try:
            runs = self._sandbox.run(
                self._program(checker), [(call,) for call in calls.values()], LIMITS
            )
        except Exception as error:  # whatever it is, it must not end the judging of others
            fault = Fault(f"the checker could not be run: {describe_failure(error)}")
            return dict.fromkeys(calls, fault)
        said = {key: _read(checker, run) for key, run in zip(calls, runs, strict=True)}
        for key, each in said.items():
            if not isinstance(each, Fault):
                self._known.put(key, each)
        return said

    def _program(self, checker: PythonChecker) -> Program:
        source = checker.source + _DRIVER.format(function=checker.function).encode("ascii")
        return Program(source, ("_grader_opinion",), given_modules=self._given_modules)


def _ruling(question: Question, said: Said | Fault | None) -> Ruling:
    """Return the ruling on an answer.

    Args:
        said: what the checker says; None if it was not asked, as something is missing, or as the
            answer contains unsupported values
    """
    answer = question.answer
    if question.missing:
        why = f"it cannot be judged without {question.missing}, which an earlier step must give"
        return Opinion(Mismatch(got=answer, remark=why), Fraction(0))
    if said is None:
        why = f"returned {kind(answer)}" if not isinstance(answer, list | tuple) else ""
        return Opinion(Mismatch(why, "", answer, remark=_NO_VALUE), Fraction(0))
    return said if isinstance(said, Fault) else _opinion(said, answer)


def _opinion(said: Said, answer: Value) -> Opinion:
    share, text = said
    if share == 1:
        return RIGHT
    return Opinion(Mismatch(got=answer, remark=text or _NOT_RIGHT), share)


def _compare(question: Question) -> Ruling:
    try:
        step = question.step
        mismatch = step.checker.compare(question.answer, step.expected, step.tolerance)
        share = share_of_keys(step, question.answer) if step.key_points else Fraction(0)
    except Exception as error:
        return Fault(f"the answer cannot be compared: {describe_failure(error)}")
    if mismatch is None:
        return RIGHT
    return Opinion(mismatch, share)


def _call(checker: PythonChecker, question: Question) -> Call:
    arguments = dict[Value, Value](question.earlier.items())
    # Of the step's arguments, only values: not references to results of earlier steps.
    arguments.update(question.step.known_args)
    if checker.accepts_expected:
        arguments["expected"] = question.step.expected
    return Call([question.answer, arguments], {})


def _read(checker: PythonChecker, run: Run) -> Said | Fault:
    """Return the share of points and the text that a checker gives, or its fault."""
    if run.status is not RunStatus.RETURNED:
        why = printable(run.error, _MAX_TEXT)
        # The driver is below the author's source.
        lines = checker.source.count(b"\n") + 1
        line = run.line if 0 < run.line <= lines else 0
        return Fault(f"the problem's checker failed: {why}", checker.file, line)
    match run.value:
        case ("found", True):
            return Fraction(1), ""
        case ("found", False):
            return Fraction(0), ""
        case ("found", str(text)):
            return Fraction(0), printable(" ".join(text.split()), _MAX_TEXT)
        case ("score", str(share), str(text)):
            points = _share(share)
            if points is not None:
                return points, printable(" ".join(text.split()), _MAX_TEXT)
            shown = f"Score({show(share)})"
        case ("found", found):
            shown = show(found)
        case other:
            shown = show(other)
    text = f"it returned {shown} where True, False, a string or a Score from 0 to 1 is expected"
    return Fault(f"the problem's checker failed: {text}", checker.file)


def _share(text: str) -> Fraction | None:
    # A number with an exponent of many digits would take minutes to write out.
    if len(text) > 40 or len(text.lower().partition("e")[2]) > len("-324"):
        return None
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return share if 0 <= share <= 1 else None
