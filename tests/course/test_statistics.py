"""Statistics of a class: scores, cases, groups, and the template of a misconception."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from grader.bank.load import load_problem
from grader.course.statistics import compute_statistics, misconception_stub
from grader.model.class_statistics import ProblemStatistics
from grader.model.course import Attempt, Outcome
from grader.model.judgement import Verdict
from tests._support.bank import BANK
from tests._support.classes import outcome


def attempt(student: str, digest: str) -> Attempt:
    return Attempt(student, "mean", f"{student}.py", digest=digest)


FOUR = [outcome("s1", "111"), outcome("s2", "110"), outcome("s3", "100"), outcome("s4", "000")]


def figures(*outcomes: Outcome, **given: Any) -> ProblemStatistics:
    return compute_statistics("mean", outcomes, **given)


def test_scores() -> None:
    found = figures(*FOUR)
    assert (found.mean, found.median) == (Fraction(3, 2), Fraction(3, 2))
    assert (found.max_score, found.facility) == (Fraction(3), Fraction(1, 2))
    assert found.verdicts == ((Verdict.ACCEPTED, 1), (Verdict.WRONG_ANSWER, 3))


BINS = {
    "nothing": ("0000000000", 0),
    "a tenth": ("1000000000", 1),
    "a third": ("100", 3),
    "seven tenths, which as floats are less": ("1111111000", 7),
    "all but one": ("1111111110", 9),
    "all": ("1111111111", 10),
}


@pytest.mark.parametrize("right, place", BINS.values(), ids=BINS)
def test_bin_of_a_share(right: str, place: int) -> None:
    assert figures(outcome("s", right)).bins == tuple(int(each == place) for each in range(11))


def test_points_above_the_maximum_are_counted_with_all_points() -> None:
    found = figures(replace(outcome("s", "11"), score=Fraction(5, 2)))
    assert found.bins == (0,) * 10 + (1,)
    assert (found.mean, found.max_score) == (Fraction(5, 2), Fraction(2))


def test_cases() -> None:
    """Correlations by hand: for a, that of (1, 1, 1, 0) with (2, 1, 0, 0), .75 / √(.75 · 2.75)."""
    found = figures(*FOUR).cases
    assert [(each.name, each.passed, each.attempted) for each in found] == [
        ("a", 3, 4),
        ("b", 2, 4),
        ("c", 1, 4),
    ]
    by_hand = [0.75 / (0.75 * 2.75) ** 0.5, 0.5**0.5, 0.75 / (0.75 * 2.75) ** 0.5]
    assert [each.discrimination for each in found] == pytest.approx(by_hand)


NO_VARIANCE = {
    "one student": ["10"],
    "all pass it": ["11", "10"],
    "the others are the same": ["11", "01"],
}


@pytest.mark.parametrize("rights", NO_VARIANCE.values(), ids=NO_VARIANCE)
def test_no_discrimination_without_variance(rights: list[str]) -> None:
    found = figures(*(outcome(f"s{i}", right) for i, right in enumerate(rights)))
    assert found.cases[0].discrimination is None


def test_misconceptions_are_counted_single_and_in_pairs() -> None:
    misconceptions: list[tuple[str, ...]] = [("x",), ("y", "x"), ("x+y",), ("y",), ()]
    found = figures(
        *(outcome(f"s{i}", "0", misconceptions=each) for i, each in enumerate(misconceptions))
    )
    assert found.misconceptions == (("x", 2), ("y", 2), ("x+y", 1))


def test_clusters_have_the_same_wrong_answers() -> None:
    many = [outcome("d", "10"), outcome("c", "10"), outcome("b", "01"), outcome("a", "01")]
    many += [outcome("e", "01"), outcome("f", "00"), outcome("g", "11"), outcome("h", "11")]
    found = figures(*many).clusters
    assert [each.students for each in found] == [("a", "b", "e"), ("c", "d")]
    assert [each.share for each in found] == [Fraction(1, 2)] * 2
    assert found[1].example.locator == "c.py"


def test_identical_files_without_the_starter() -> None:
    same = [
        outcome(name, "0", attempt=attempt(name, digest))
        for name, digest in zip("abcdef", "xyxssy", strict=True)
    ]
    found = figures(*same, starter="s")
    assert (found.identical, found.unchanged) == ((("a", "c"), ("b", "f")), 2)


# Who submitted the same wrong file, with the other members of their team; and who is listed.
TEAMS: dict[str, tuple[dict[str, tuple[str, ...]], list[tuple[str, ...]]]] = {
    "one team": ({"a": ("a", "b"), "b": ("a", "b")}, []),
    "its members in another order": ({"a": ("a", "b"), "b": ("b", "a")}, []),
    "a team and another student": (
        {"a": ("a", "b"), "b": ("a", "b"), "c": ()},
        [("a", "b", "c")],
    ),
    "two teams": (
        {"a": ("a", "b"), "b": ("a", "b"), "c": ("c", "d"), "d": ("c", "d")},
        [("a", "b", "c", "d")],
    ),
    "a member of each of two teams": ({"a": ("a", "b"), "c": ("c", "d")}, [("a", "c")]),
    "no teams": ({"a": (), "b": ()}, [("a", "b")]),
}


@pytest.mark.parametrize("teams, groups", TEAMS.values(), ids=TEAMS)
def test_members_of_one_team_are_not_listed_for_sharing_their_file(
    teams: dict[str, tuple[str, ...]], groups: list[tuple[str, ...]]
) -> None:
    same = [
        outcome(name, "0", attempt=replace(attempt(name, "x"), team=team))
        for name, team in teams.items()
    ]
    found = figures(*same)
    assert list(found.identical) == groups
    assert [each.students for each in found.clusters] == groups


def test_slowest_and_latest_come_first() -> None:
    found = figures(
        *(outcome(f"s{i:02}", "1", cpu_s=i % 11) for i in range(12)),
        late={"a": 5, "c": 90, "b": 90},
    )
    assert found.slowest[:2] == (("s10", 10), ("s09", 9))
    assert len(found.slowest) == 10
    assert found.late == (("b", 90), ("c", 90), ("a", 5))


def test_order_of_judging_does_not_matter() -> None:
    assert figures(*FOUR) == figures(*reversed(FOUR))
    assert list(figures(*reversed(FOUR)).outcomes) == ["s1", "s2", "s3", "s4"]


def test_empty_class() -> None:
    found = figures()
    assert (found.mean, found.facility) == (Fraction(0), Fraction(1))
    assert (found.cases, sum(found.bins)) == ((), 0)


def test_stub_becomes_a_misconception(tmp_path: Path) -> None:
    """Its parts are loaded from where its comments tell authors to save them."""
    source = "def f(x):\n    return '# 2. \\n'  # é\n"
    (cluster,) = figures(*FOUR, outcome("s5", "000")).clusters
    entry, program = re.split(r"# 2\. Save this.*\n#.*\n", misconception_stub(cluster, source))
    slug = re.findall(r"slug: (\S+)", entry)[0]
    folder = copytree(BANK.folder("dr-grpo"), tmp_path / "dr-grpo")
    solutions = copytree(str(BANK.solutions_of("dr-grpo")), tmp_path / "solutions")
    (solutions / "wrong").mkdir()
    (solutions / "wrong.yaml").write_text("misconceptions:\n" + entry, encoding="utf-8")
    (solutions / "wrong" / f"{slug}.py").write_text(program, encoding="utf-8")
    (known,) = load_problem(str(folder), str(solutions)).misconceptions
    assert known.source.decode() == source
    assert "2 students" in known.hint
    assert "s4" not in entry  # students stay anonymous
