"""Mistakes are named: one, two at once, three, or the part of them that is known."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from grader.bank.edits import combine_edits
from grader.bank.load import load_problem
from grader.judging import diagnosis
from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge, judgement_of
from grader.judging.known_answers import KnownAnswers
from grader.judging.redact import for_student
from grader.judging.referee import Fault, Question, Ruling
from grader.judging.results import result
from grader.model.judgement import Diagnosis, Judgement, Protection, Run, RunStatus, Verdict
from grader.model.problem import Case, Edit, Misconception, Submission
from grader.reports.judgement import html, terminal
from grader.reports.judgement import json as json_report
from grader.sandbox.host import Sandbox
from grader.values import Value
from tests._support.bank import DATA, SLUGS
from tests._support.small_problems import LISTS, MEAN, REFEREE, diagnosed, small_problem

Key = Callable[[str], AnswerKey]


# Two at once -------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_two_mistakes_at_once_are_diagnosed(slug: str, answer_key: Key, sandbox: Sandbox) -> None:
    """Every twentieth pair of the bank, or what cannot be told from it by the answers."""
    key = answer_key(slug)
    known = {each.slug: each for each in key.problem.misconceptions}
    pairs = list(key.pairs.all())[::20]
    unnamed = []
    for pair in pairs:
        source = combine_edits(key.problem.reference or b"", [known[slug] for slug in pair])
        judgement = judge(key, Submission(source or b"", "pair"), sandbox)
        wrong = [each for each in judgement.results if each.verdict is Verdict.WRONG_ANSWER]
        misconceptions = diagnose(judgement, key, sandbox).misconceptions
        hints = tuple(known[slug].hint for slug in pair)
        if (pair, hints) not in [(each.slugs, each.hints) for each in misconceptions] and (
            not misconceptions
            or len(misconceptions[0].slugs) > 1
            or misconceptions[0].wrong_answers != len(wrong)
        ):
            unnamed.append(pair)
    assert pairs and unnamed == []


def test_no_pair_is_tried_where_one_misconception_explains_all(sandbox: Sandbox) -> None:
    folders = (str(DATA / "bank" / name / "mean") for name in ("problems", "solutions"))
    key = AnswerKey(load_problem(*folders), sandbox)
    summed = judge(key, Submission(b"def mean(values): return sum(values)", "me.py"), sandbox)
    assert [each.slugs for each in diagnose(summed, key).misconceptions] == [("sum",)]
    assert "pairs" not in vars(key)


class Explained(NamedTuple):
    """The cases a misconception explains, by the rules in `diagnosis`."""

    agreeing: frozenset[int] = frozenset()
    contrary: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()


def verdicts_of(key: AnswerKey, runs: Sequence[Run]) -> list[Verdict]:
    pairs = zip(key.problem.cases, runs, strict=True)
    return [result(case, run, REFEREE).verdict for case, run in pairs]


def wrong_answers(key: AnswerKey, known: Sequence[Run]) -> frozenset[int]:
    """The cases in which a misconception returns a wrong answer."""
    return frozenset(
        i
        for i, (case, run) in enumerate(zip(key.problem.cases, known, strict=True))
        if run.status is RunStatus.RETURNED
        and case.step.checker.compare(run.value, case.step.expected, case.step.tolerance)
    )


class Comparisons:
    """Compares answers in a case, each two of them once: most rows consist of the same ones."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str, str], bool] = {}
        self._texts: dict[int, tuple[str, Run]] = {}  # with the run, so that no other has its id

    def differ(self, number: int, case: Case, run: Run, other: Run) -> bool:
        same = number, self._text(run), self._text(other)
        if same not in self._found:
            step = case.step
            self._found[same] = bool(step.checker.compare(run.value, other.value, step.tolerance))
        return self._found[same]

    def _text(self, run: Run) -> str:
        if id(run) not in self._texts:
            self._texts[id(run)] = repr(run.value), run
        return self._texts[id(run)][0]


def explained(
    comparisons: Comparisons,
    key: AnswerKey,
    runs: Sequence[Run],
    verdicts: Sequence[Verdict],
    known: Sequence[Run],
    wrong: frozenset[int],
) -> Explained:
    agreeing: set[int] = set()
    contrary: set[int] = set()
    failed: set[int] = set()
    wrong_cases = [i for i, each in enumerate(verdicts) if each is Verdict.WRONG_ANSWER]
    for i in sorted(wrong):
        case, run = key.problem.cases[i], runs[i]
        is_right = verdicts[i] is Verdict.ACCEPTED
        if run.status is not RunStatus.RETURNED:
            failed.add(i)
            continue
        differs = comparisons.differ(i, case, run, known[i])
        if is_right and differs:
            return Explained()
        if not is_right:
            (contrary if differs else agreeing).add(i)
    probes = sorted(wrong_cases, key=key.size_of_case, reverse=True)[:2]
    if contrary and (len(agreeing) < 4 * len(contrary) or agreeing.isdisjoint(probes)):
        return Explained()
    return Explained(frozenset(agreeing), frozenset(contrary), frozenset(failed))


def plainly_diagnosed(
    comparisons: Comparisons,
    key: AnswerKey,
    runs: Sequence[Run],
    wrong_of: Mapping[tuple[str, ...], frozenset[int]],
) -> list[tuple[tuple[str, ...], int]]:
    """Every misconception and every pair compared in every case: what `diagnose` must find.

    Three at once, of which it tries only some, are not part.
    """
    cases, singles, pairs = key.problem.cases, key.singles.all(), key.pairs.all()

    def is_news(slugs: tuple[str, ...]) -> bool:
        def same(number: int, case: Case, run: Run, other: Run) -> bool:
            return run.status is not RunStatus.RETURNED or (
                other.status is RunStatus.RETURNED
                and not comparisons.differ(number, case, run, other)
            )

        return not any(
            all(map(same, range(len(cases)), cases, pairs[slugs], known))
            for known in singles.values()
        )

    verdicts = verdicts_of(key, runs)

    def explanations(
        known: Mapping[tuple[str, ...], Sequence[Run]],
    ) -> dict[tuple[str, ...], Explained]:
        return {
            slugs: explained(comparisons, key, runs, verdicts, each, wrong_of[slugs])
            for slugs, each in known.items()
        }

    found = explanations(singles)
    wrong = {i for i, each in enumerate(verdicts) if each is Verdict.WRONG_ANSWER}

    def most(found: dict[tuple[str, ...], Explained]) -> int:
        return max((len(each.agreeing) for each in found.values()), default=0)

    if not any(wrong <= each.agreeing for each in found.values()):
        better = explanations(pairs)
        news = [s for s in better if len(better[s].agreeing) > most(found) and is_news(s)]
        ranked = sorted(news, key=lambda s: (-len(better[s].agreeing), len(better[s].contrary)))
        found |= {slugs: better[slugs] for slugs in ranked[:3]}
    sure = {slugs: each for slugs, each in found.items() if each.agreeing and not each.contrary}
    if not any(wrong <= each.agreeing for each in sure.values()):
        enough = most(sure)
        sure |= {
            slugs: each
            for slugs, each in found.items()
            if each.contrary and len(each.agreeing) > enough
        }
    counts = [
        (slugs, len(each.agreeing))
        for slugs, each in sure.items()
        if not any(
            other.agreeing >= each.agreeing and other.failed < each.failed
            for other in sure.values()
        )
    ]
    return sorted(counts, key=lambda item: -item[1])


# The search is the same for all problems, and comparing every case takes seconds for each. These
# have the most misconceptions, answers that are lists or tuples, and answers that are not finite.
VARIOUS = (
    "bradley-terry-loss",
    "dr-grpo",
    "group-policy-optimization",
    "grpo",
    "kl-estimators",
    "rloo-advantages",
    "sequence-level-policy-gradient",
)


@pytest.mark.parametrize("slug", VARIOUS)
def test_diagnose_finds_what_comparing_every_case_finds(
    slug: str, answer_key: Key, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For misconceptions and pairs of the bank, and for answers that are theirs in part: the rest
    is right, another one's, or missing."""
    monkeypatch.setattr(diagnosis, "MAX_TRIPLES", 0)
    full, key = answer_key(slug), AnswerKey(answer_key(slug).problem, sandbox)
    known = [*full.singles.all().values(), *list(full.pairs.all().values())[::12]]
    right = [Run(RunStatus.RETURNED, value=case.step.expected) for case in key.problem.cases]
    failed = [Run(RunStatus.RAISED, error="ValueError")] * len(right)
    others = [*known[1:], known[0]]
    rows = [
        *known,
        *([*row[:9], *right[9:]] for row in known),
        *([*row[:9], *other[9:]] for row, other in zip(known, others, strict=True)),
        *([*row[:3], *failed[3:6], *row[6:]] for row in known[::4]),
        *([*other[:1], *row[1:]] for row, other in list(zip(known, others, strict=True))[::4]),
    ]
    found = [
        diagnose(judgement_of(key, Submission(b"", "x"), row, Protection("none", ())), key)
        for row in rows
    ]
    told = [
        [(each.slugs, each.explained) for each in judgement.misconceptions] for judgement in found
    ]
    every = {**full.singles.all(), **full.pairs.all()}
    wrong_of = {slugs: wrong_answers(full, each) for slugs, each in every.items()}
    comparisons = Comparisons()
    assert told == [plainly_diagnosed(comparisons, full, row, wrong_of) for row in rows]
    assert len(told) > 3 * len(known) and len(list(filter(None, told))) > len(known) / 2


def test_a_misconception_ruled_out_by_one_case_is_not_run_in_others(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, list[int]]] = []
    table = AnswerKey.table

    def counted(key: AnswerKey, sources: Any, limits: Any = None, cases: Any = None) -> Any:
        asked.append((len(sources), cases))
        return table(key, sources, limits, cases)

    monkeypatch.setattr(AnswerKey, "table", counted)
    wrong = {
        "sum": NO_MEAN,
        **{str(n): [Edit("scale = 1.0", f"scale = {n}.0")] for n in range(2, 9)},
    }
    key = AnswerKey(small_problem(SCALED, LISTS, wrong), sandbox)

    def misconceptions(source: bytes) -> list[tuple[str, ...]]:
        judgement = judge(key, Submission(source, "me.py"), sandbox)
        return [each.slugs for each in diagnose(judgement, key).misconceptions]

    assert misconceptions(b"def f(x): return 5 * sum(x) / len(x)") == [("5",)]
    probes, every = [2, 3], [0, 1, 2, 3]
    assert asked == [(8, probes), (1, every)]
    # The sum goes together with each of the other seven. No answer to the two cases is known.
    unknown = b"def f(x): return 99.0 if len(x) > 2 else sum(x) / len(x)"
    assert misconceptions(unknown) == []
    assert asked[2:] == [(7, probes)]
    # In other cases all are run in all, once.
    for _ in range(2):
        assert misconceptions(unknown.replace(b"> 2", b"== 1")) == []
        assert asked[3:] == [(7, every), (7, every)]


def test_a_checker_that_fails_once_rules_out_no_misconception(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again for the next submission, but not for each if it always fails."""
    key = AnswerKey(small_problem(SCALED, LISTS, {"double": DOUBLED}), sandbox)
    judgement = judge(key, Submission(b"def f(x): return 2 * sum(x) / len(x)", "me.py"), sandbox)
    opinions, asked, is_failing = key.referee.opinions, list[Question](), True

    def opinions_or_faults(questions: Sequence[Question]) -> Sequence[Ruling]:
        asked.extend(questions)
        return [Fault("disturbed") for _ in questions] if is_failing else opinions(questions)

    monkeypatch.setattr(key.referee, "opinions", opinions_or_faults)
    assert diagnose(judgement, key).misconceptions == ()
    is_failing = False
    for _ in range(2):
        assert [each.slugs for each in diagnose(judgement, key).misconceptions] == [("double",)]
    assert len(asked) == 2 * len(LISTS)
    is_failing = True
    key.singles = KnownAnswers(key, key.singles.names)
    for _ in range(10):
        assert diagnose(judgement, key).misconceptions == ()
    assert len(asked) < 7 * len(LISTS)


def test_a_misconception_that_fails_where_the_student_is_wrong_too_needs_no_pair(
    sandbox: Sandbox,
) -> None:
    """Who divides by the length minds the empty list; what is made of it then says no more."""
    lists: list[Value] = [*LISTS, []]
    halved = [Edit("sum(x)", "sum(x) / 2 / (1 if x else 0)")]
    sums = SCALED.replace("len(x)", "max(len(x), 1) + (not x)")
    wrong = {"half": halved, "double": DOUBLED, "sum": [Edit("total /", "total * 0 +")]}
    key = AnswerKey(small_problem(sums, lists, wrong), sandbox)
    source = b"def f(x): return sum(x) / len(x) / 2 if x else 7.0"
    found = diagnose(judge(key, Submission(source, "me.py"), sandbox), key)
    assert [(each.slugs, each.explained, each.wrong_answers) for each in found.misconceptions] == [
        (("half",), 4, 5)
    ]
    assert "pairs" not in vars(key)


SCALED = """def f(x):
    scale = 1.0
    total = sum(x)
    return scale * total / len(x)
"""
NO_MEAN = [Edit(" / len(x)", "")]
DOUBLED = [Edit("scale = 1.0", "scale = 2.0")]
SQUARED = [Edit("sum(x)", "sum(v * v for v in x)")]
THREES_CRASH = [Edit("scale = 1.0", "scale = 1.0 if len(x) != 3 else None")]

TWO = {
    "two at once": (
        {"sum": NO_MEAN, "double": DOUBLED, "square": SQUARED},
        "def f(x): return 2.0 * sum(x)",
        [("sum", "double")],
    ),
    "one alone": ({"sum": NO_MEAN, "double": DOUBLED}, "def f(x): return sum(x)", [("sum",)]),
    "three at once": (
        {"sum": NO_MEAN, "double": DOUBLED, "square": SQUARED},
        "def f(x): return 2.0 * sum(v * v for v in x)",
        [("sum", "double", "square")],
    ),
    "both named, though one alone explains some cases": (
        {"sum": NO_MEAN, "one": [Edit("scale = 1.0", "scale = 1.0 if len(x) > 1 else 9.0")]},
        "def f(x): return sum(x) if len(x) > 1 else 9.0 * sum(x)",
        [("sum", "one"), ("sum",), ("one",)],
    ),
    # The sum was refuted by the third case, and a pair that cannot answer it says no more.
    "no news": (
        {"sum": NO_MEAN, "crash": THREES_CRASH},
        "def f(x): return sum(x) if len(x) != 3 else 0.0",
        [],
    ),
    "a constant that one returns": (
        {"zero": [Edit("scale = 1.0", "scale = 0.0")], "sum": NO_MEAN},
        "def f(x): return 0.0",
        [("zero",)],
    ),
    "a constant that only a pair returns": (
        {
            "one": [Edit("scale = 1.0", "scale = 0.0 if len(x) > 1 else 1.0")],
            "others": [Edit("sum(x)", "(sum(x) if len(x) > 1 else 0.0)")],
        },
        "def f(x): return 0.0",
        [],
    ),
    "not a number, which a pair returns": (
        {
            "one": [Edit("scale = 1.0", "scale = float('nan') if len(x) > 1 else 1.0")],
            "others": [Edit("sum(x)", "(sum(x) if len(x) > 1 else float('nan'))")],
        },
        "def f(x): return float('nan')",
        [],
    ),
    "a pair that explains no more": (
        {
            "one": [Edit("len(x)", "len(x) * (9 if len(x) == 1 else 1)")],
            "three": [Edit("scale = 1.0", "scale = 3.0 if len(x) == 2 else 1.0")],
            "times": [Edit("sum(x)", "sum(x) * (3 if len(x) == 2 else 1)")],
        },
        "def f(x): return sum(x) * {1: 9.0, 2: 4.5}.get(len(x), 0.0)",
        [("one",)],
    ),
    "edits of one place": (
        {"double": DOUBLED, "triple": [Edit("scale = 1.0", "scale = 3.0")]},
        "def f(x): return 6 * sum(x) / len(x)",
        [],
    ),
    "three of many that tie": (
        {
            "sum": NO_MEAN,
            **{str(n): [Edit("scale = 1.0", f"scale = {n}.0 - {n - 2}")] for n in range(4, 9)},
        },
        "def f(x): return 2.0 * sum(x)",
        [("sum", "4"), ("sum", "5"), ("sum", "6")],
    ),
}


@pytest.mark.parametrize("wrong, source, misconceptions", TWO.values(), ids=TWO)
def test_diagnosed_misconceptions(
    wrong: dict[str, list[Edit]],
    source: str,
    misconceptions: list[tuple[str, ...]],
    sandbox: Sandbox,
) -> None:
    found = diagnosed(small_problem(SCALED, LISTS, wrong), source, sandbox).misconceptions
    assert [each.slugs for each in found] == misconceptions


ENDLESS = [Edit("scale = 1.0", "scale = 1.0\n    while len(x) > 3: pass")]
SLOW = {
    "alike": ("while len(x) > 3: pass", ["slow"]),
    "elsewhere": ("while len(x) > 2: pass", []),
    "everywhere": ("while True: pass", []),
}


@pytest.mark.parametrize("line, slugs", SLOW.values(), ids=SLOW)
def test_a_right_solution_gets_the_hint_for_its_slowness(
    line: str, slugs: list[str], sandbox: Sandbox
) -> None:
    """One that is wrong as well is another mistake, and so is one that is slow elsewhere."""
    wrong = {"slow": ENDLESS, "slow and wrong": [*ENDLESS, *NO_MEAN], "sum": NO_MEAN}
    problem = small_problem(SCALED, LISTS, wrong)
    problem = replace(problem, limits=replace(problem.limits, cpu_s=0.1, wall_s=20.0))
    found = diagnosed(problem, f"def f(x):\n    {line}\n    return sum(x) / len(x)", sandbox)
    assert [each.slugs for each in found.misconceptions] == [(slug,) for slug in slugs]
    shown = page(for_student(found))
    assert [f"{slug}?" for slug in wrong if f"{slug}?" in shown] == [f"{slug}?" for slug in slugs]
    assert "wrong answer" not in shown and "Your answers match" not in shown


COMPOSED = {
    "apart": (DOUBLED, NO_MEAN, SCALED.replace("1.0", "2.0").replace(" / len(x)", "")),
    "in the other order": (NO_MEAN, DOUBLED, SCALED.replace("1.0", "2.0").replace(" / len(x)", "")),
    "overlapping": (NO_MEAN, [Edit("total / len", "total / 1 + len")], None),
    "touching": (NO_MEAN, [Edit("scale * total", "total")], None),
    "one within the other": (NO_MEAN, [Edit("len", "sum")], None),
    "the same": (NO_MEAN, NO_MEAN, None),
    "without edits": (NO_MEAN, [], None),
    "an edit of an edit": (NO_MEAN, [*DOUBLED, Edit("scale = 2.0", "scale = 3.0")], None),
    "a text that occurs twice": (NO_MEAN, [Edit("x", "y")], None),
}


@pytest.mark.parametrize("one, other, source", COMPOSED.values(), ids=COMPOSED)
def test_combine_edits(one: list[Edit], other: list[Edit], source: str | None) -> None:
    pair = [Misconception("", "", b"", tuple(edits)) for edits in (one, other)]
    made = combine_edits(b"\xef\xbb\xbf" + SCALED.replace("\n", "\r\n").encode(), pair)
    assert made == (source.encode() if source else None)


def test_a_pair_that_is_invalid_python_is_left_out(sandbox: Sandbox) -> None:
    wrong = {"open": [Edit("sum(x)", "(sum(x)")], "close": [Edit("len(x)", "len(x))")]}
    key = AnswerKey(small_problem(SCALED, LISTS, {**wrong, "sum": [Edit("scale *", "")]}), sandbox)
    judgement = judge(key, Submission(b"def f(x): return -9.0 - sum(x)", "me.py"), sandbox)
    assert ("open", "sum") in key.pairs.all() and diagnose(judgement, key).misconceptions == ()


# What is shown -----------------------------------------------------------------------------------

PAIR = Diagnosis(("no-mean", "double"), ("What do you divide by?", "Twice?"), 3, 3)
NOTICED = "Every wrong answer is <3> times the right one."


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def plain(judgement: Judgement) -> str:
    terminal.write(judgement, out := io.StringIO())
    return out.getvalue()


def coloured(judgement: Judgement) -> str:
    terminal.write(judgement, out := Terminal())
    return out.getvalue()


def page(judgement: Judgement) -> str:
    html.write([judgement], out := io.StringIO())
    return out.getvalue()


SHOWN: dict[str, tuple[Callable[[Judgement], str], list[str], list[str]]] = {
    "plain": (
        plain,
        ["Hint: Two things at once: (1) What do you divide by? (2) Twice?\n"],
        [f"Noticed: {NOTICED}\n"],
    ),
    "coloured": (
        coloured,
        ["Hint", "Two things at once: (1) What do you divide by? (2) Twice?"],
        ["Noticed", NOTICED],
    ),
    "html": (
        page,
        [
            '<h2 id="hints">A hint</h2>',
            "Your answers match two known mistakes at once",
            '<p class="ask">What do you divide by?</p>',
            '<p class="ask">Twice?</p>',
            "Together they account for",
            "all of your 3 wrong answers.",
        ],
        ['<a href="#hints">Hint</a>', "Every wrong answer is &lt;3&gt; times the right one."],
    ),
}


@pytest.fixture
def judgement(sandbox: Sandbox) -> Judgement:
    key = AnswerKey(small_problem(MEAN, LISTS), sandbox)
    return for_student(judge(key, Submission(b"def f(x): return 0.0", "me.py"), sandbox))


@pytest.mark.parametrize("show, pair, noticed", SHOWN.values(), ids=SHOWN)
def test_hints_and_observations_are_shown(
    show: Callable[[Judgement], str], pair: list[str], noticed: list[str], judgement: Judgement
) -> None:
    both = show(replace(judgement, misconceptions=(PAIR,)))
    assert [part for part in pair if part not in both] == [] and "Noticed" not in both
    seen = show(replace(judgement, observations=(NOTICED,)))
    assert [part for part in noticed if part not in seen] == [] and "Hint:" not in seen


def test_the_page_gives_no_hint_of_a_pair_again(judgement: Judgement) -> None:
    part = Diagnosis(PAIR.slugs[:1], PAIR.hints[:1], 2, 2)
    other = Diagnosis(("no-mean", "triple"), (PAIR.hints[0], "Thrice?"), 2, 2)
    shown = page(replace(judgement, misconceptions=(PAIR, part, other)))
    assert shown.count("Your answers match") == 2 and "Thrice?" in shown


def test_json_has_both(judgement: Judgement) -> None:
    document = json_report.document(
        replace(judgement, misconceptions=(PAIR,), observations=("a", "b"))
    )
    (diagnosis,) = document["misconceptions"]
    assert diagnosis["slug"] == "no-mean+double" and (diagnosis["agrees"], diagnosis["of"]) == (
        3,
        3,
    )
    assert diagnosis["hint"] == "Two things at once: (1) What do you divide by? (2) Twice?"
    assert document["observations"] == ["a", "b"]
