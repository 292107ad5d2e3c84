"""Diagnose wrong answers: find the misconceptions that explain them.

The evidence is the cases in which both the student and a misconception return an answer, and the
misconception's answer is wrong. If the student's answer is the same, the misconception explains it.
If the student's answer is right, the misconception is ruled out. If the student's answer is wrong
in another way, there may be a second mistake: the misconception is a partial explanation if it
explains at least _MIN_AGREEING answers for each one that contradicts it. Cases in which the
student's call failed are no evidence, except between two explanations: one replaces the other if it
explains at least the same answers, and is wrong in only some of the failed cases in which the other
is wrong.

If no single misconception explains all wrong answers, two at once are tried in the same way, and
then three, which must explain all of them. If nothing is found, `observations` describes the wrong
answers. If a function always returns the same number, only a single misconception that always
returns it is found, as others may return the same by chance.

A submission that is right but too slow has no wrong answers. A misconception explains it if it is
right, and too slow, in the same cases.

To save time, the search begins with two cases, the probes: of those answered wrongly, the ones with
the largest arguments, where misconceptions differ most. Only misconceptions that the probes do not
rule out are compared in the other cases. The number of programs is bounded by the number of pairs
and by MAX_TRIPLES.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, combinations, islice

from grader.judging.answer_key import AnswerKey
from grader.judging.constant import constant_of
from grader.judging.known_answers import KnownAnswers, Slugs
from grader.judging.results import agree, is_wrong_answer
from grader.model.judgement import Diagnosis, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.sandbox.host import Sandbox
from grader.values.dataclasses import dataclass

MAX_TRIPLES = 100  # programs with three misconceptions that are tried for a submission
_PROBES = 2
_MIN_AGREEING = 4  # wrong answers that must be explained for each one that contradicts
_MIN_FOR_THREE = 3  # cases that three misconceptions must explain: they fit by chance too easily
_MAX_PAIRS = 3  # shown to the student, who can tell from the hints which one applies


def diagnose(judgement: Judgement, key: AnswerKey, sandbox: Sandbox | None = None) -> Judgement:
    """Return the judgement with misconceptions, likeliest first, or else with observations.

    A judgement without wrong answers is returned unchanged, unless calls failed in a way that can
    be described, or a misconception is too slow in the same cases.

    Args:
        sandbox: runs the submission again for some observations; without it, those are left out

    Raises:
        SandboxError: if the sandbox fails
    """
    verdicts = {each.verdict for each in judgement.results}
    if any(map(is_wrong_answer, judgement.results)):
        misconceptions = _find_misconceptions(_Evidence(key, judgement))
        if misconceptions:
            return replace(judgement, misconceptions=tuple(misconceptions))
    elif verdicts == {Verdict.ACCEPTED, Verdict.TIME_LIMIT}:
        return replace(judgement, misconceptions=tuple(_too_slow(judgement, key)))
    elif Verdict.RUN_TIME_ERROR not in verdicts:
        return judgement
    from grader.judging.observations import observe  # few submissions need it

    return replace(judgement, observations=observe(judgement, sandbox))


@dataclass(frozen=True)
class _Explanation:
    """One or several misconceptions, with the indices of the cases for and against them.

    Attributes:
        agreeing: wrong answers that the misconceptions give as well
        contrary: wrong answers where the misconceptions give another wrong one
        failed: cases where the misconceptions give a wrong answer and the student's call failed
        is_complete: whether all wrong answers are explained, except for a minority of cases in
            which the misconceptions give no answer
    """

    slugs: Slugs
    agreeing: frozenset[int]
    contrary: frozenset[int]
    failed: frozenset[int]
    is_complete: bool

    def is_better_than(self, other: _Explanation) -> bool:
        """Return whether it replaces another explanation.

        It must explain at least the same answers, and be wrong in only some of the failed cases in
        which the other is wrong.
        """
        return self.agreeing >= other.agreeing and self.failed < other.failed


@dataclass(frozen=True)
class _Evidence:
    """The answers of a submission, to which those of misconceptions are compared."""

    key: AnswerKey
    judgement: Judgement

    @cached_property
    def wrong(self) -> list[int]:
        """Indices of the cases that were answered wrongly."""
        results = enumerate(self.judgement.results)
        return [index for index, each in results if is_wrong_answer(each)]

    @cached_property
    def right(self) -> list[int]:
        """Indices of the cases that were answered right."""
        results = enumerate(self.judgement.results)
        return [index for index, each in results if each.verdict is Verdict.ACCEPTED]

    @cached_property
    def probes(self) -> list[int]:
        """Indices of the cases that are compared first."""
        return sorted(self.wrong, key=self.key.size_of_case, reverse=True)[:_PROBES]

    @cached_property
    def failed(self) -> list[int]:
        """Indices of the cases without an answer."""
        return [
            index
            for index, each in enumerate(self.judgement.results)
            if each.run.status is not RunStatus.RETURNED
            and each.verdict is not Verdict.ACCEPTED
            and not is_wrong_answer(each)
        ]

    def is_explained(self, case: int, known: KnownAnswers, slugs: Slugs) -> bool | None:
        """Return whether misconceptions give the submission's answer to a case that it answered.

        Return None if the case proves nothing: they have no answer, or the expected one.
        """
        if not known.is_wrong(slugs, case):
            return None
        run = self.judgement.results[case].run
        return agree(self.key.problem.cases[case], run, known.in_case(slugs, case))

    def is_possible(self, known: KnownAnswers, slugs: Slugs, partially: bool) -> bool:
        """Return whether, by the probes, the misconceptions may explain the answers.

        Args:
            partially: whether it is enough that they may explain some of them
        """
        found = [self.is_explained(case, known, slugs) for case in self.probes]
        if False in found:
            return partially and True in found and len(self.wrong) > _MIN_AGREEING
        # One that gives no wrong answer to a probe may still explain another case.
        return True in found or len(self.wrong) > len(found)

    def is_ruled_out(self, known: KnownAnswers, slugs: Slugs) -> bool:
        """Return whether the submission is right where misconceptions are wrong."""
        return any(self.is_explained(case, known, slugs) is False for case in self.right)

    def weigh(self, known: KnownAnswers, slugs: Slugs, row: Sequence[Run]) -> _Explanation | None:
        """Return the explanation that misconceptions with these runs give; None if too weak."""
        found = {case: self.is_explained(case, known, slugs) for case in self.wrong}
        agreeing = frozenset(case for case in found if found[case] is True)
        contrary = frozenset(case for case in found if found[case] is False)
        if not agreeing or len(agreeing) < _MIN_AGREEING * len(contrary):
            return None
        if contrary and agreeing.isdisjoint(self.probes):
            return None
        if self.is_ruled_out(known, slugs):
            return None
        # In a minority of cases, the misconception may raise an exception that the student's code
        # avoids.
        others = [case for case in self.wrong if case not in agreeing]
        is_complete = len(others) < len(agreeing) and all(
            row[case].status is not RunStatus.RETURNED for case in others
        )
        failed = frozenset(case for case in self.failed if known.is_wrong(slugs, case))
        return _Explanation(slugs, agreeing, contrary, failed, is_complete)

    def explanations(
        self, known: KnownAnswers, chosen: Sequence[Slugs] | None = None, partially: bool = True
    ) -> Found:
        """Return the explanations among known wrong programs, with their runs.

        Args:
            chosen: the programs, by default all
            partially: whether partial explanations count
        """
        known.run(self.probes, chosen)
        known.forget_faults()
        names = known.names if chosen is None else chosen
        rows = known.of([slugs for slugs in names if self.is_possible(known, slugs, partially)])
        weighed = {slugs: (self.weigh(known, slugs, row), row) for slugs, row in rows.items()}
        return {each: row for each, row in weighed.values() if each is not None}


Found = dict[_Explanation, list[Run]]


def _find_misconceptions(evidence: _Evidence) -> list[Diagnosis]:
    key = evidence.key
    found = list(evidence.explanations(key.singles))
    if constant_of(evidence.judgement.results) is not None:
        found = [each for each in found if each.is_complete and not each.contrary]
    elif not any(each.is_complete for each in found):
        pairs = _pairs(evidence, _max_agreeing(found))
        found += pairs
        if not any(each.is_complete for each in pairs):
            found += _triples(evidence, pairs, _max_agreeing(found))
    sure = [each for each in found if not each.contrary]
    if not any(each.is_complete for each in sure):
        enough = _max_agreeing(sure)
        sure += [each for each in found if each.contrary and len(each.agreeing) > enough]
    sure = [each for each in sure if not any(other.is_better_than(each) for other in sure)]
    hints = {known.slug: known.hint for known in key.problem.misconceptions}
    diagnoses = [
        Diagnosis(
            each.slugs,
            tuple(hints[slug] for slug in each.slugs),
            explained=len(each.agreeing),
            wrong_answers=len(evidence.wrong),
        )
        for each in sure
    ]
    return sorted(diagnoses, key=lambda diagnosis: -diagnosis.explained)


def _too_slow(judgement: Judgement, key: AnswerKey) -> Iterator[Diagnosis]:
    """Yield the misconceptions that are right and too slow in the same cases as the submission."""
    results, known = judgement.results, key.singles
    slow = [number for number, each in enumerate(results) if each.verdict is Verdict.TIME_LIMIT]
    known.run(slow[:1])
    chosen = [
        slugs
        for slugs in known.names
        if known.in_case(slugs, slow[0]).status is RunStatus.TIMED_OUT
    ]
    rows = known.of(chosen)
    for each in key.problem.misconceptions:
        row = rows.get((each.slug,), [])
        pairs = zip(key.problem.cases, results, row, strict=False)
        if row and all(agree(case, mine.run, run) for case, mine, run in pairs):
            yield Diagnosis((each.slug,), (each.hint,), len(slow), len(slow))


def _max_agreeing(found: Sequence[_Explanation]) -> int:
    return max((len(each.agreeing) for each in found), default=0)


def _pairs(evidence: _Evidence, more_than: int) -> list[_Explanation]:
    """Return the likeliest pairs of misconceptions.

    A pair with the same answers as a single misconception is left out.

    Args:
        more_than: a pair must explain more cases than this
    """
    key = evidence.key
    found = {
        pair: row
        for pair, row in evidence.explanations(key.pairs).items()
        if len(pair.agreeing) > more_than
    }
    if found:
        singles = key.singles.all().values()
        cases = key.problem.cases
        found = {
            pair: row
            for pair, row in found.items()
            if all(_differ(cases, row, single) for single in singles)
        }
    return sorted(found, key=lambda pair: (-len(pair.agreeing), len(pair.contrary)))[:_MAX_PAIRS]


def _triples(
    evidence: _Evidence, pairs: Sequence[_Explanation], more_than: int
) -> list[_Explanation]:
    """Return at most one explanation of all wrong answers, by three misconceptions.

    Args:
        pairs: partial explanations, which are extended first
        more_than: they must explain more cases than this
    """
    key = evidence.key
    if len(evidence.wrong) < max(more_than + 1, _MIN_FOR_THREE):
        return []
    chosen = list(islice(_possible_triples(evidence, pairs), MAX_TRIPLES))
    for triple in evidence.explanations(key.triples, chosen, partially=False):
        if triple.is_complete and len(triple.agreeing) > max(more_than, _MIN_FOR_THREE - 1):
            return [triple]
    return []


def _possible_triples(evidence: _Evidence, pairs: Sequence[_Explanation]) -> Iterator[Slugs]:
    """Yield the triples of misconceptions that can be combined, if none alone is ruled out."""
    key = evidence.key
    rows = key.singles.all()
    names = [slugs[0] for slugs in rows if not evidence.is_ruled_out(key.singles, slugs)]
    order = {name: position for position, name in enumerate(names)}
    extended = (
        tuple(sorted({*pair.slugs, name}, key=order.__getitem__))
        for pair in pairs
        if order.keys() >= set(pair.slugs)
        for name in names
        if name not in pair.slugs
    )
    for slugs in dict.fromkeys(chain(extended, combinations(names, 3))):
        if key.combined(slugs) is not None:
            yield slugs


def _differ(cases: Sequence[Case], runs: Sequence[Run], others: Sequence[Run]) -> bool:
    """Return whether, in some case, the runs have an answer and the others another or none."""
    return any(
        run.status is RunStatus.RETURNED
        and (other.status is not RunStatus.RETURNED or not agree(case, run, other))
        for case, run, other in zip(cases, runs, others, strict=True)
    )
