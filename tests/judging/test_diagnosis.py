"""Two mistakes at once are named as two; what fits no known mistake is at least described."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from grader.bank.edits import combine_edits
from grader.bank.load import load_problem
from grader.checkers import CLOSE
from grader.errors import Location, SandboxError
from grader.judging import diagnosis
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge, judgement_of, result
from grader.judging.redact import for_student
from grader.model.entry_point import EntryPoint, Parameter
from grader.model.judgement import Diagnosis, Judgement, Protection, Run, RunStatus, Verdict
from grader.model.problem import Case, Edit, Misconception, Problem, Submission
from grader.reports.judgement import html, terminal
from grader.reports.judgement import json as json_report
from grader.sandbox.forked import fork_server
from grader.sandbox.host import Sandbox
from grader.values import Value
from tests._support.bank import DATA, SLUGS

Key = Callable[[str], AnswerKey]
MEAN = "def f(x):\n    return sum(x) / len(x)\n"


def problem(
    reference: str, arguments: Sequence[Value], wrong: dict[str, list[Edit]] | None = None
) -> Problem:
    """A problem of one function f(x), the cases of which are all hidden."""
    text = reference.encode()
    plain = Problem(
        slug="small",
        title="Small",
        difficulty="easy",
        category="Tests",
        entry_point=EntryPoint("f", (Parameter("x"),)),
        statement="",
        starter=b"",
        cases=tuple(
            Case(str(number), {"x": value}, Location("cases.yaml"), CLOSE, hidden=True)
            for number, value in enumerate(arguments)
        ),
        reference=text,
    )
    made = tuple(
        Misconception(
            slug,
            f"{slug}?",
            combine_edits(text, [Misconception("", "", b"", tuple(edits))]) or b"",
            tuple(edits),
        )
        for slug, edits in (wrong or {}).items()
    )
    return replace(plain, misconceptions=made)


def diagnosed(problem: Problem, source: str, sandbox: Sandbox) -> Judgement:
    key = AnswerKey(problem, sandbox)
    return diagnose(judge(key, Submission(source.encode(), "me.py"), sandbox), key, sandbox)


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
            or misconceptions[0].of != len(wrong)
        ):
            unnamed.append(pair)
    assert len(pairs) >= 14 and unnamed == []


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


def explained(key: AnswerKey, runs: Sequence[Run], known: Sequence[Run]) -> Explained:
    agreeing: set[int] = set()
    contrary: set[int] = set()
    failed: set[int] = set()
    wrong_cases: list[int] = []
    for i, case in enumerate(key.problem.cases):
        run, wrong, same = runs[i], known[i], case.checker.compare
        is_right = result(case, run).verdict is Verdict.ACCEPTED
        if result(case, run).verdict is Verdict.WRONG_ANSWER:
            wrong_cases.append(i)
        if wrong.status is not RunStatus.RETURNED:
            continue
        if same(wrong.value, case.expected, case.tolerance) is None:
            continue
        if run.status is not RunStatus.RETURNED:
            failed.add(i)
        elif is_right and same(run.value, wrong.value, case.tolerance):
            return Explained()
        elif not is_right:
            (contrary if same(run.value, wrong.value, case.tolerance) else agreeing).add(i)
    probes = sorted(wrong_cases, key=key.size_of_case, reverse=True)[:2]
    if contrary and (len(agreeing) < 4 * len(contrary) or agreeing.isdisjoint(probes)):
        return Explained()
    return Explained(frozenset(agreeing), frozenset(contrary), frozenset(failed))


def plainly_diagnosed(key: AnswerKey, runs: Sequence[Run]) -> list[tuple[tuple[str, ...], int]]:
    """Every misconception and every pair compared in every case: what `diagnose` must find.

    Three at once, of which it tries only some, are not part.
    """
    cases, singles, pairs = key.problem.cases, key.singles.all(), key.pairs.all()

    def is_news(slugs: tuple[str, ...]) -> bool:
        def same(case: Case, run: Run, other: Run) -> bool:
            return run.status is not RunStatus.RETURNED or (
                other.status is RunStatus.RETURNED
                and case.checker.compare(run.value, other.value, case.tolerance) is None
            )

        return not any(all(map(same, cases, pairs[slugs], known)) for known in singles.values())

    found = {slugs: explained(key, runs, known) for slugs, known in singles.items()}
    wrong = {i for i, case in enumerate(cases) if result(case, runs[i]).mismatch is not None}

    def most(found: dict[tuple[str, ...], Explained]) -> int:
        return max((len(each.agreeing) for each in found.values()), default=0)

    if not any(wrong <= each.agreeing for each in found.values()):
        better = {slugs: explained(key, runs, known) for slugs, known in pairs.items()}
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


@pytest.mark.parametrize("slug", SLUGS)
def test_diagnose_finds_what_comparing_every_case_finds(
    slug: str, answer_key: Key, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For misconceptions and pairs of the bank, and for answers that are theirs in part: the rest
    is right, another one's, or missing."""
    monkeypatch.setattr(diagnosis, "MAX_TRIPLES", 0)
    full, key = answer_key(slug), AnswerKey(answer_key(slug).problem, sandbox)
    known = [*full.singles.all().values(), *list(full.pairs.all().values())[::12]]
    right = [Run(RunStatus.RETURNED, value=case.expected) for case in key.problem.cases]
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
    told = [[(each.slugs, each.agrees) for each in judgement.misconceptions] for judgement in found]
    assert told == [plainly_diagnosed(full, row) for row in rows]
    assert len(told) >= 150 and len(list(filter(None, told))) > len(known) / 2


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
    key = AnswerKey(problem(SCALED, LISTS, wrong), sandbox)

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


def test_a_misconception_that_fails_where_the_student_is_wrong_too_needs_no_pair(
    sandbox: Sandbox,
) -> None:
    """Who divides by the length minds the empty list; what is made of it then says no more."""
    lists: list[Value] = [*LISTS, []]
    halved = [Edit("sum(x)", "sum(x) / 2 / (1 if x else 0)")]
    sums = SCALED.replace("len(x)", "max(len(x), 1) + (not x)")
    wrong = {"half": halved, "double": DOUBLED, "sum": [Edit("total /", "total * 0 +")]}
    key = AnswerKey(problem(sums, lists, wrong), sandbox)
    source = b"def f(x): return sum(x) / len(x) / 2 if x else 7.0"
    found = diagnose(judge(key, Submission(source, "me.py"), sandbox), key)
    assert [(each.slugs, each.agrees, each.of) for each in found.misconceptions] == [
        (("half",), 4, 5)
    ]
    assert "pairs" not in vars(key)


SCALED = """def f(x):
    scale = 1.0
    total = sum(x)
    return scale * total / len(x)
"""
LISTS: list[Value] = [[1.0, 2.5], [4.0], [3.0, 4.5, 9.25], [0.125, 2.0, 7.0, 8.0]]
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
    found = diagnosed(problem(SCALED, LISTS, wrong), source, sandbox).misconceptions
    assert [each.slugs for each in found] == misconceptions


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
    key = AnswerKey(problem(SCALED, LISTS, {**wrong, "sum": [Edit("scale *", "")]}), sandbox)
    judgement = judge(key, Submission(b"def f(x): return 0.0", "me.py"), sandbox)
    assert ("open", "sum") in key.pairs.all() and diagnose(judgement, key).misconceptions == ()


# Observations ------------------------------------------------------------------------------------

NESTED: list[Value] = [
    [[1.0, 2.5], [4.0, 0.5]],
    [[3.0], [7.5]],
    [[3.0, 4.5, 9.25], [1.0]],
    [[1.5], [0.125, 2.0, 7.0]],
    [[8.0, 1.0], [2.0, 2.0, 2.25], [1.0, 1.0]],
]
TOTAL = "def f(x):\n    return float(sum(map(sum, x)))\n"
AVERAGE = "def f(x):\n    return sum(map(sum, x)) / sum(map(len, x))\n"
TABLE = "def f(x):\n    return [[v * k + k * k for v in x] for k in (1, 2)]\n"
TWICE = "def f(x):\n    return [2.0 * v for v in x]\n"
AS_TABLE = "rows = [[v * k + k * k for v in x] for k in (1, 2)]"
SHORTEST = "n = min(map(len, x)); wrong = float(sum(sum(row[:n]) ** 1.01 for row in x))"

SIGN = "Every wrong answer has the right size and the wrong sign."
FACTOR = "Every wrong answer is off by one and the same factor."
OFFSET = "Every wrong answer is off by one and the same amount, whatever the arguments are."
ROUNDED = "Your answers are rounded to {}: return them at full precision."
TRANSPOSE = "Every wrong answer is the transpose of the right one: its rows should be columns."
RAGGED = (
    "Your answers are right where the lists within an argument have the same length, and wrong"
    " where they have not."
)
STATE = (
    "Your function answers right in a fresh process, and wrong after other calls. What does it"
    " keep from one call to the next: a global variable, or a default argument that it changes?"
)
CHANGED = "Your function changes its argument x. Does it still need it as it was? Work on a copy."
M = "m = sum(x) / len(x)"
S = "s = float(sum(map(sum, x)))"

# reference, arguments, the body of a submission, what is to be seen in it
SEEN: dict[str, tuple[str, list[Value], str, str]] = {
    "sign": (MEAN, LISTS, f"{M}; return -m", SIGN),
    "sign, of lists": (TWICE, LISTS, "return [-2.0 * v for v in x]", SIGN),
    "sign, of an array": (TWICE, LISTS, "import numpy; return numpy.array(x) * -2", SIGN),
    "not always the sign": (MEAN, LISTS, f"{M}; return -m if len(x) < 4 else m + 1", ""),
    "not the sign of all elements": (
        TWICE,
        LISTS,
        "return [-2 * x[0]] + [v * v for v in x[1:]]",
        "",
    ),
    "a factor": (MEAN, LISTS, f"{M}; return 3 * m", "Every wrong answer is 3 times the right one."),
    "a factor and the sign": (
        MEAN,
        LISTS,
        f"{M}; return -2 * m",
        "Every wrong answer is -2 times the right one.",
    ),
    "a fraction": (
        MEAN,
        LISTS,
        f"{M}; return m / 4",
        "Every wrong answer is the right one divided by 4.",
    ),
    "a factor that is not named": (MEAN, LISTS, f"{M}; return m * 1.3752", FACTOR),
    "a factor too large to be named": (MEAN, LISTS, f"{M}; return m * 8128", FACTOR),
    "a factor that is nearly simple": (MEAN, LISTS, f"{M}; return m * 3.002", FACTOR),
    "a factor near -1": (MEAN, LISTS, f"{M}; return m * -1.05", FACTOR),
    "nearly a factor": (MEAN, LISTS, f"{M}; return 3 * m + 0.01", ""),
    "a factor, but in one case": (MEAN, LISTS, f"{M}; return 3 * m if len(x) < 4 else 2 * m", ""),
    "a factor in a single case": (MEAN, LISTS, f"{M}; return 3 * m if len(x) > 3 else m", ""),
    "any factor fits what is always the same": ("def f(x): return 1.5", LISTS, "return 4.5", ""),
    "a factor of nothing": (MEAN, LISTS, "return 0.0", ""),
    "a length": (
        MEAN,
        LISTS,
        "return sum(x)",
        "Every wrong answer is the right one times the length of x.",
    ),
    "divided by a length": (
        MEAN,
        LISTS,
        f"{M}; return m / len(x)",
        "Every wrong answer is the right one divided by the length of x.",
    ),
    "a total length": (
        AVERAGE,
        NESTED,
        f"{S}; return s",
        "Every wrong answer is the right one times the number of all elements in x.",
    ),
    "the longest": (
        TOTAL,
        NESTED,
        f"{S}; return s / max(map(len, x))",
        "Every wrong answer is the right one divided by the length of the longest list in x.",
    ),
    "nearly a length": (MEAN, LISTS, f"{M}; return m * (len(x) + 0.02)", ""),
    "a length that is always the same": (
        MEAN,
        [LISTS[0], [4.0, 7.0]],
        "return sum(x)",
        "Every wrong answer is 2 times the right one.",
    ),
    "an offset": (MEAN, LISTS, f"{M}; return m + 2", "Every wrong answer is too large by 2."),
    "a negative offset": (
        MEAN,
        LISTS,
        f"{M}; return m - 1",
        "Every wrong answer is too small by 1.",
    ),
    "an offset that is not named": (MEAN, LISTS, f"{M}; return m + 0.3725", OFFSET),
    "an offset too large to be named": (MEAN, LISTS, f"{M}; return m - 8128", OFFSET),
    "nearly an offset": (MEAN, LISTS, f"{M}; return m + 2 + 0.03 * len(x)", ""),
    "no offset but a constant": (MEAN, LISTS, "return 5.0", ""),
    "rounded": (MEAN, LISTS, f"{M}; return round(m, 1)", ROUNDED.format("1 decimal")),
    "rounded to whole numbers": (
        MEAN,
        LISTS,
        f"{M}; return round(m)",
        ROUNDED.format("whole numbers"),
    ),
    "cut off instead": (MEAN, LISTS, f"{M}; return int(m * 10) / 10", ""),
    "rounded up": (MEAN, LISTS, f"import math; {M}; return math.ceil(m)", ""),
    "transposed": (TABLE, LISTS, f"{AS_TABLE}; return list(zip(*rows))", TRANSPOSE),
    "transposed array": (
        TABLE,
        LISTS,
        f"import numpy; {AS_TABLE}; return numpy.array(rows).T",
        TRANSPOSE,
    ),
    "transposed and more": (
        TABLE,
        LISTS,
        f"{AS_TABLE}; rows[0][0] += 1; return list(zip(*rows))",
        "",
    ),
    "ragged": (
        TOTAL,
        NESTED,
        f"{S}; {SHORTEST}; return s if n == max(map(len, x)) else wrong",
        RAGGED,
    ),
    "ragged, and another": (
        TOTAL,
        NESTED,
        f"{S}; {SHORTEST}; return s if x[0] == [3.0] else wrong",
        "",
    ),
    "ragged, and an equal one": (
        TOTAL,
        [*NESTED, [[2.0, 7.0]]],
        f"{S}; {SHORTEST}; return s if n == max(map(len, x)) and len(x) > 1 else wrong",
        "",
    ),
    "not all that are ragged": (
        TOTAL,
        NESTED,
        f"{S}; {SHORTEST}; return s if n == max(map(len, x)) or len(x) > 2 else wrong",
        "",
    ),
    "state": (MEAN, LISTS, "kept.extend(x); return sum(kept) / len(kept)", STATE),
    "state, and a first case that is wrong alone": (
        MEAN,
        LISTS,
        "kept.extend(x); return sum(kept) / len(kept) + (len(x) == 2)",
        STATE,
    ),
    "state and another mistake": (MEAN, LISTS, "kept.extend(x); return sum(kept) / 1.5", ""),
    "a changed argument": (MEAN, LISTS, "x.append(7.0 / len(x)); return sum(x) / len(x)", CHANGED),
    "a changed copy": (MEAN, LISTS, "x = x + [7.0 / len(x)]; return sum(x) / len(x)", ""),
    "no number": (MEAN, LISTS, "return float('nan')", ""),
    "infinite": (MEAN, LISTS, "return float('inf')", ""),
    "a factor beyond a float": (
        "def f(x): return 1e-300 * len(x)",
        LISTS,
        "return 1e300 * len(x) * len(x)",
        "",
    ),
    "always the same, and half a unit off at most": (
        "def f(x): return 1.0 + len(x) / 10",
        LISTS,
        "return 1.0",
        "",
    ),
    "beyond a float": (MEAN, LISTS, "return 10 ** 400 + len(x)", ""),
    "none": (MEAN, LISTS, "return None", ""),
    "a truth value among numbers": (
        "def f(x): return [float(len(x)), -1.0]",
        LISTS,
        "return [-float(len(x)), True]",
        "",
    ),
    "an infinite number among others": (
        "def f(x): return [float(len(x)), float('inf')]",
        LISTS,
        "return [-float(len(x)), -float('inf')]",
        "",
    ),
    "the right number of another kind": (
        "def f(x): return len(x)",
        LISTS,
        "return len(x) + 0j",
        "",
    ),
    "truth values": (MEAN, LISTS, "return True", ""),
    "a text": (MEAN, LISTS, "return str(x)", ""),
    "other shapes": (MEAN, LISTS, "return [[x]]", ""),
    "empty": (TWICE, LISTS, "return []", ""),
}


@pytest.mark.parametrize("reference, arguments, body, says", SEEN.values(), ids=SEEN)
def test_observation(
    reference: str, arguments: list[Value], body: str, says: str, sandbox: Sandbox
) -> None:
    source = f"kept = []\ndef f(x):\n    {body}\n"
    judgement = diagnosed(problem(reference, arguments), source, sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.misconceptions == ()
    assert judgement.observations == ((says,) if says else ())


def test_without_a_sandbox_nothing_is_run_again(sandbox: Sandbox) -> None:
    key = AnswerKey(problem(MEAN, LISTS), sandbox)
    source = b"kept = []\ndef f(x): kept.extend(x); return sum(kept) / len(kept)"
    judgement = judge(key, Submission(source, "me.py"), sandbox)
    assert diagnose(judgement, key).observations == ()
    assert diagnose(judgement, key, sandbox).observations == (STATE,)


class Counting(Sandbox):
    """Counts how often it is asked to run something, and may be broken."""

    asked = 0
    broken = False

    def run(self, *words: Any) -> list[Run]:
        self.asked += 1
        if self.broken:
            raise SandboxError("the fork server has ended")
        return super().run(*words)


def test_observations_start_few_children_and_never_fail() -> None:
    """However many cases are wrong."""
    body = "kept.extend(x); x.clear(); return sum(kept) / len(kept)"
    source = f"kept = []\ndef f(x): {body}\n"
    sandbox = Counting(fork_server())
    with sandbox:
        key = AnswerKey(problem(MEAN, [*LISTS, *LISTS]), sandbox)
        judgement = judge(key, Submission(source.encode(), "me.py"), sandbox)
        sandbox.asked = 0
        assert diagnose(judgement, key, sandbox).observations == (STATE, CHANGED)
        assert sandbox.asked == 4
        sandbox.broken = True
        assert conclude_for(Audience.INSTRUCTOR, judgement, key, sandbox) == judgement


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
    key = AnswerKey(problem(MEAN, LISTS), sandbox)
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


def test_an_observation_reveals_no_answer_of_a_hidden_case(sandbox: Sandbox) -> None:
    """All cases here are hidden: what is said of them must not depend on their numbers."""
    for body in ("-m", "3 * m", "m + 0.3725", "m * 8128", "m - 8128"):
        source = f"def f(x):\n    {M}\n    return {body}\n"
        judgement = for_student(diagnosed(problem(MEAN, LISTS), source, sandbox))
        assert len(judgement.observations) == 1
        told = " ".join(judgement.observations)
        assert not any(secret in told for secret in ("1.75", "5.58", "4.28", "8128", "0.37"))
