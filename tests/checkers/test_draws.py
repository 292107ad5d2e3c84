"""Checkers of random draws: right ones are hardly ever rejected, and wrong ones always."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction

import pytest

from grader.checkers import agree
from grader.checkers.draws import (
    Frequencies,
    Independent,
    MeanAndSd,
    Statistical,
    Uniform,
    _tails,
)
from grader.model.checker import DEFAULT_TOLERANCE
from grader.values import Value

COUNT = 400
NORMAL = MeanAndSd(mean=3.0, sd=2.0)
DICE = Frequencies(probabilities=(0.2, 0.3, 0.5))

Draw = Callable[[random.Random], float]
RIGHT: dict[str, tuple[Statistical, Draw]] = {
    "frequencies": (DICE, lambda rng: rng.choices((0, 1, 2), (0.2, 0.3, 0.5))[0]),
    "a certain one": (Frequencies(probabilities=(0.0, 1.0)), lambda rng: 1),
    "mean": (NORMAL, lambda rng: rng.gauss(3.0, 2.0)),
    "mean of coins": (MeanAndSd(mean=0.5, sd=0.5), lambda rng: rng.randrange(2)),
    "uniform": (Uniform(), lambda rng: rng.random()),
    "independent": (Independent(), lambda rng: rng.random()),
    "independent coins": (Independent(), lambda rng: rng.randrange(2)),
}


def drawn(draw: Draw, seed: int, count: int = COUNT) -> list[Value]:
    rng = random.Random(seed)
    return [draw(rng) for _ in range(count)]


@pytest.mark.parametrize("checker, draw", RIGHT.values(), ids=RIGHT)
def test_right_draws_are_accepted(checker: Statistical, draw: Draw) -> None:
    expected: Value = [0.0] * COUNT
    for seed in range(50):
        assert checker.compare(drawn(draw, seed), expected, DEFAULT_TOLERANCE) is None


@pytest.mark.parametrize("name", ["frequencies", "mean", "uniform", "independent"])
def test_right_draws_are_rejected_about_as_often_as_asked(name: str) -> None:
    checker, draw = RIGHT[name]
    likely = []
    for seed in range(400):
        numbers = [float(each) for each in drawn(draw, seed, 100)]  # type: ignore[arg-type]
        likely.append(checker.find_unlikely(numbers, numbers)[0])
    # Of 400, 20 are expected below a twentieth; the bounds for frequencies are not tight.
    assert sum(each < 0.05 for each in likely) <= 40
    assert min(likely) > 1e-6


WRONG: dict[str, tuple[Statistical, Draw, str]] = {
    "equal frequencies": (DICE, lambda rng: rng.randrange(3), ""),
    "from 1 on": (
        DICE,
        lambda rng: rng.choices((1, 2, 3), (0.2, 0.3, 0.5))[0],
        "3 was drawn, which is not an integer from 0 to 2",
    ),
    "fractions": (DICE, lambda rng: 0.5, "0.5 was drawn, which is not"),
    "what never happens": (
        Frequencies(probabilities=(0.5, 0.5, 0.0)),
        lambda rng: rng.randrange(3),
        "2 was drawn ",
    ),
    "variance for sd": (NORMAL, lambda rng: rng.gauss(3.0, 4.0), "the standard deviation of "),
    "another mean": (NORMAL, lambda rng: rng.gauss(2.0, 2.0), "the mean of the draws is "),
    "a constant": (NORMAL, lambda rng: 3.0, "the standard deviation of the draws is 0, expected 2"),
    "too large": (NORMAL, lambda rng: 1e300, "a draw is far too large"),
    "squares of uniform": (Uniform(), lambda rng: rng.random() ** 2, "a share of "),
    "above 1": (Uniform(), lambda rng: 2 * rng.random(), "a draw is not between 0 and 1"),
    "never ending": (Uniform(), lambda rng: math.inf, "a draw is not a finite real number"),
    "not a number": (Independent(), lambda rng: math.nan, "a draw is not a finite real number"),
    "two huge draws": (NORMAL, lambda rng: rng.choice((3.0,) * 99 + (-2e3, 2e3)), "the "),
    "variance for sd, with outliers": (
        NORMAL,
        lambda rng: rng.gauss(3.0, 4.0) if rng.random() < 0.99 else rng.choice((-97.0, 103.0)),
        "the standard deviation of ",
    ),
    "the scale of Laplace for sd": (
        MeanAndSd(mean=0.0, sd=1.0),
        lambda rng: rng.choice((-2, 2)) * rng.expovariate(1),
        "the standard deviation of ",
    ),
    "one number": (Independent(), lambda rng: 0.5, "all draws are equal"),
}


@pytest.mark.parametrize("checker, draw, text", WRONG.values(), ids=WRONG)
def test_wrong_draws_are_rejected(checker: Statistical, draw: Draw, text: str) -> None:
    expected: Value = [0.0] * COUNT
    for seed in range(10):
        mismatch = checker.compare(drawn(draw, seed), expected, DEFAULT_TOLERANCE)
        assert mismatch is not None and mismatch.remark.startswith(text)
        assert checker.distance(drawn(draw, seed), expected, DEFAULT_TOLERANCE) == math.inf


def test_draws_that_depend_on_the_one_before_are_rejected() -> None:
    rng, value = random.Random(1), 0.0
    walk: list[Value] = []
    for _ in range(COUNT):
        value = 0.5 * value + rng.gauss(0, 1)
        walk.append(value)
    mismatch = Independent().compare(walk, walk, DEFAULT_TOLERANCE)
    assert mismatch is not None and mismatch.remark.startswith("the correlation of each draw")


def test_one_large_draw_does_not_hide_the_others() -> None:
    """With it, mean and sd are wrong by far, and the correlation of the numbers is 0."""
    expected: list[Value] = drawn(lambda rng: rng.gauss(0, 1), 1)
    rows: list[Value] = [*map(float, range(COUNT // 2)), 1e9, *map(float, range(COUNT // 2 - 1))]
    mismatch = Independent().compare(rows, expected, DEFAULT_TOLERANCE)
    assert mismatch is not None and mismatch.remark.endswith(
        "the one before, by their ranks, is 0.978, not near 0"
    )
    few: list[Value] = [0.0] * COUNT
    few[0], few[COUNT // 2] = 1000.0, -1000.0
    mismatch = MeanAndSd(mean=0.0, sd=1.0).compare(few, expected, DEFAULT_TOLERANCE)
    assert mismatch is not None
    assert mismatch.remark == "the standard deviation of the draws is 70.71, expected 1"


FEW: dict[str, tuple[int, Draw]] = {
    "normal": (20, lambda rng: rng.gauss(0, 1)),
    "uniform": (20, lambda rng: math.sqrt(12) * (rng.random() - 0.5)),
    "coins": (20, lambda rng: rng.choice((-1, 1))),
    "Laplace": (100, lambda rng: rng.choice((-1, 1)) * rng.expovariate(math.sqrt(2))),
    "rare": (100, lambda rng: 3 if rng.random() < 0.1 else -1 / 3),
}


@pytest.mark.parametrize("count, draw", FEW.values(), ids=FEW)
def test_few_right_draws_do_not_narrow_their_tolerance(count: int, draw: Draw) -> None:
    checker = MeanAndSd(mean=0.0, sd=1.0)
    for seed in range(200):
        expected = drawn(draw, seed + 1000, count)
        assert checker.compare(drawn(draw, seed, count), expected, DEFAULT_TOLERANCE) is None


@pytest.mark.parametrize("answer", [None, [], [0.5] * 19, {"a": 1}, ["x"] * 20, 10**400])
def test_draws_of_another_form_are_rejected(answer: Value) -> None:
    for checker, _ in RIGHT.values():
        assert checker.compare(answer, [0.5] * 20, DEFAULT_TOLERANCE) is not None


def test_too_few_draws_prove_nothing() -> None:
    assert DICE.unsuitable([0] * 20) == ""
    assert DICE.unsuitable([0] * 19) == "expected 20 draws or more, found 19"
    assert DICE.unsuitable("a").startswith("expected draws, which are numbers, found a string")


def test_two_draws_are_the_same_only_if_they_are_equal() -> None:
    one, other = ([*map(float, range(start, start + 20))] for start in (0, 1))
    assert agree(Independent(), list(one), list(one), DEFAULT_TOLERANCE)
    assert not agree(Uniform(), list(one), list(other), DEFAULT_TOLERANCE)


@pytest.mark.parametrize("draws, probability", [(20, 0.3), (7, 0.5), (30, 0.01)])
def test_tails_are_those_of_the_binomial_distribution(draws: int, probability: float) -> None:
    exact = Fraction(probability)
    pmf = [math.comb(draws, k) * exact**k * (1 - exact) ** (draws - k) for k in range(draws + 1)]
    for count in range(draws + 1):
        tail = sum(pmf[: count + 1]) if count <= draws * probability else sum(pmf[count:])
        assert _tails(count, draws, probability) == pytest.approx(min(1.0, float(2 * tail)))
