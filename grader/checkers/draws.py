"""Checkers of random draws: whether they are likely, instead of equal to the expected ones.

Each checker computes p, the probability that draws of a right solution are at least as unlikely as
these. They are rejected if p is below `false_reject`, so that this is the probability with which a
right solution is rejected. The bounds for frequencies (binomial tails, for all values at once) and
for the uniform distribution hold for any number of draws; those for mean, standard deviation and
independence are approximations for many draws.

Source: P. Massart, The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality, Annals of
Probability 18(3), 1990, corollary 1, for the uniform distribution.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from grader.checkers.all_or_nothing import AllOrNothing
from grader.checkers.form import ShapeOnly
from grader.checkers.grids import as_real, grid_shape, is_finite, numbers
from grader.model.checker import Mismatch, Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind
from grader.values.yaml_literal import literal

FALSE_REJECT = 1e-6
_MIN_DRAWS = 20
_NEGLIGIBLE = 1e-20  # of a sum of probabilities
# The error of a variance depends on the spread of the squares. The largest that is usual is that of
# the expected draws, or of the normal distribution if that is larger, times a factor.
_MAX_SPREAD_FACTOR = 4
_NORMAL_SPREAD = 2.0  # for the standard deviation 1


@dataclass(frozen=True)
class Statistical(AllOrNothing):
    """Accepts draws that are likely, if they are as many as in the expected value.

    Attributes:
        false_reject: probability that a right solution is rejected
    """

    false_reject: float = FALSE_REJECT

    @property
    def name(self) -> str:
        return self.describe_draws()

    @property
    def yaml(self) -> str:
        is_usual = self.false_reject == FALSE_REJECT
        rejects = "" if is_usual else f", false_reject: {literal(self.false_reject)}"
        return f"{{{self.parameters()}{rejects}}}"

    @abstractmethod
    def parameters(self) -> str:
        """Return its parameters as a case writes them."""

    @abstractmethod
    def describe_draws(self) -> str:
        """Return a phrase for the draws that are right."""

    @abstractmethod
    def find_unlikely(self, draws: Sequence[float], expected: Sequence[float]) -> tuple[float, str]:
        """Return the probability of draws at least as unlikely as these, and what is unlikely.

        Args:
            expected: other draws, which are right
        """

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        if grid_shape(expected) is None:
            return f"expected draws, which are numbers, found {kind(expected)} of another kind"
        count = len(numbers(expected))
        if count < _MIN_DRAWS:
            return f"expected {_MIN_DRAWS} draws or more, found {count}"
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return a mismatch if the draws are too unlikely; see `Checker.compare`."""
        mismatch = ShapeOnly().compare(answer, expected, tolerance)
        if mismatch is not None:
            return mismatch
        draws = _finite(answer)
        if len(draws) < len(numbers(answer)):
            return Mismatch(got=answer, remark="a draw is not a finite real number")
        likely, why = self.find_unlikely(draws, _finite(expected))
        # Written this way round so that NaN fails.
        if likely >= self.false_reject:
            return None
        return Mismatch(got=answer, remark=why)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase for readers; see `Checker.describe`."""
        return f"for example: draws with {self.describe_draws()} are right"


def _finite(draws: Value) -> list[float]:
    """Return the finite real numbers among draws."""
    found = [as_real(each) for each in numbers(draws)]
    return [each for each in found if isinstance(each, float) and is_finite(each)]


@dataclass(frozen=True)
class Frequencies(Statistical):
    """The integers from 0 on, each drawn with its probability."""

    probabilities: tuple[float, ...] = ()

    def parameters(self) -> str:
        return f"frequencies: {literal(list(self.probabilities))}"

    def describe_draws(self) -> str:
        return f"the frequencies {', '.join(f'{each:g}' for each in self.probabilities)}"

    def find_unlikely(self, draws: Sequence[float], expected: Sequence[float]) -> tuple[float, str]:
        counts = Counter(draws)
        known = set(map(float, range(len(self.probabilities))))
        for value in counts:
            if value not in known:
                largest = len(self.probabilities) - 1
                return 0.0, f"{value:g} was drawn, which is not an integer from 0 to {largest}"
        smallest, why = 1.0, ""
        for value, probability in enumerate(self.probabilities):
            count = counts[float(value)]
            likely = len(self.probabilities) * _tails(count, len(draws), probability)
            if likely < smallest:
                about = f"{len(draws) * probability:.4g}"
                text = (
                    f"{value} was drawn {count} times in {len(draws)}, about {about} are expected"
                )
                smallest, why = likely, text
        return smallest, why


@dataclass(frozen=True)
class MeanAndSd(Statistical):
    """Numbers with a mean and a standard deviation."""

    mean: float = 0.0
    sd: float = 1.0

    def parameters(self) -> str:
        return f"mean: {literal(self.mean)}, sd: {literal(self.sd)}"

    def describe_draws(self) -> str:
        return f"mean {self.mean:g} and standard deviation {self.sd:g}"

    def find_unlikely(self, draws: Sequence[float], expected: Sequence[float]) -> tuple[float, str]:
        count = len(draws)
        mean, variance, spread = self._moments(draws)
        if not variance < math.inf:
            return 0.0, "a draw is far too large"
        _, _, usual = self._moments(expected)
        # By its own spread alone, an answer would widen its tolerance by a few large draws, and
        # right draws would narrow theirs if none of them happens to be large. So this is the median
        # of its spread, of what that would be if its sd were right, and of the largest usual one.
        largest = _MAX_SPREAD_FACTOR * max(usual, _NORMAL_SPREAD)
        scaled = spread / max(variance, _NEGLIGIBLE) ** 2
        spread = max(sorted((spread, scaled, largest))[1], 2 / count)
        means = _two_sided(mean * math.sqrt(count))
        variances = _two_sided((variance - 1) * math.sqrt(count / spread))
        if means <= variances:
            shown = self.mean + self.sd * mean
            return 2 * means, f"the mean of the draws is {shown:.4g}, expected {self.mean:g}"
        shown = self.sd * math.sqrt(variance)
        return 2 * variances, (
            f"the standard deviation of the draws is {shown:.4g}, expected {self.sd:g}"
        )

    def _moments(self, draws: Sequence[float]) -> tuple[float, float, float]:
        """Return the mean, the variance and the variance of the squares, in units of `sd`.

        Of no draws, or if a draw is far too large, they are 0, infinite and 0.
        """
        # In standard deviations, so that no power is beyond a float unless the draws are wrong.
        scaled = [(each - self.mean) / self.sd for each in draws]
        if not scaled or max(map(abs, scaled)) > 1e60:
            return 0.0, math.inf, 0.0
        mean = math.fsum(scaled) / len(scaled)
        squares = [(each - mean) ** 2 for each in scaled]
        variance = math.fsum(squares) / len(scaled)
        fourth = math.fsum(each**2 for each in squares) / len(scaled)
        return mean, variance, max(fourth - variance**2, 0.0)


@dataclass(frozen=True)
class Uniform(Statistical):
    """Numbers from 0 to 1, all equally likely."""

    def parameters(self) -> str:
        return "distribution: uniform"

    def describe_draws(self) -> str:
        return "the uniform distribution from 0 to 1"

    def find_unlikely(self, draws: Sequence[float], expected: Sequence[float]) -> tuple[float, str]:
        if not all(0 <= each <= 1 for each in draws):
            return 0.0, "a draw is not between 0 and 1"
        count, worst, where = len(draws), 0.0, 0.0
        for index, draw in enumerate(sorted(draws)):
            off = max(draw - index / count, (index + 1) / count - draw)
            if off > worst:
                worst, where = off, draw
        below = sum(each <= where for each in draws) / count
        likely = min(1.0, 2 * math.exp(-2 * count * worst**2))
        text = f"a share of {below:.3g} of the draws is at most {where:.3g}"
        return likely, f"{text}, where about {where:.3g} is expected"


@dataclass(frozen=True)
class Independent(Statistical):
    """Numbers that do not depend on the one before them."""

    def parameters(self) -> str:
        return "independent: true"

    def describe_draws(self) -> str:
        return "no dependence of each on the one before"

    def find_unlikely(self, draws: Sequence[float], expected: Sequence[float]) -> tuple[float, str]:
        largest = max(map(abs, draws)) or 1.0
        scaled = [each / largest for each in draws]
        mean = math.fsum(scaled) / len(scaled)
        if math.fsum((each - mean) ** 2 for each in scaled) <= len(scaled) * 1e-24:
            return 0.0, "all draws are equal"
        # Of ranks, because one draw that is far larger than all others makes that of draws 0.
        off = [each - (len(draws) - 1) / 2 for each in _ranks(draws)]
        lagged = math.fsum(one * other for one, other in pairwise(off))
        correlation = lagged / math.fsum(each * each for each in off)
        text = (
            "the correlation of each draw with the one before, by their ranks, is"
            f" {correlation:.3g}, not near 0"
        )
        return _two_sided(correlation * math.sqrt(len(draws))), text


def _ranks(draws: Sequence[float]) -> list[float]:
    """Return the rank of each draw, from 0 on; of equal ones, the mean of theirs."""
    ranks: dict[float, float] = {}
    below = 0
    for value, count in sorted(Counter(draws).items()):
        ranks[value] = below + (count - 1) / 2
        below += count
    return [ranks[each] for each in draws]


def _two_sided(deviations: float) -> float:
    """Return the probability that a standard normal number is at least as far from 0."""
    return math.erfc(abs(deviations) / math.sqrt(2))


def _tails(count: int, draws: int, probability: float) -> float:
    """Return twice the probability of a binomial count at least as extreme as this; at most 1."""
    if probability in (0.0, 1.0):
        return 1.0 if count == draws * probability else 0.0
    outwards = 1 if count > draws * probability else -1
    log = (
        math.lgamma(draws + 1)
        - math.lgamma(count + 1)
        - math.lgamma(draws - count + 1)
        + count * math.log(probability)
        + (draws - count) * math.log1p(-probability)
    )
    term, total = math.exp(log), 0.0
    odds = probability / (1 - probability)
    while 0 <= count <= draws and term > total * _NEGLIGIBLE:
        total += term
        if outwards > 0:
            term *= (draws - count) / (count + 1) * odds
        else:
            term *= count / (draws - count + 1) / odds
        count += outwards
    return min(1.0, 2 * total)
