"""How precisely a test prints or compares a value."""

from __future__ import annotations

import pytest

from grader.importers.snippets import read_snippet
from grader.model.checker import Tolerance

DECIMALS: dict[str, tuple[str, int | None]] = {
    "none": ("print(f(1))", None),
    "round": ("print(round(f(1), 3))", 3),
    "to an integer": ("print(round(f(1)))", 0),
    "numpy": ("print(np.round(f(1), 2))", 2),
    "method": ("print(f(1).round(4))", 4),
    "converted": ("print(np.round(f(1), 5).tolist())", 5),
    "the fewest of two": ("print(np.round(np.round(f(1), 4), 2))", 2),
    "the fewest of two, inside": ("print(np.round(np.round(f(1), 2), 4))", 2),
    "each element": ("print([round(x, 4) for x in f(1)])", 4),
    "each element by a method": ("print([x.round(3) for x in f(1)])", 3),
    "format": ("print(f'{f(1):.1f}')", 1),
    "in a list": ("print([round(f(1)[0], 4), 0])", 4),
    "a name": ("y = round(f(1), 3)\nprint(y)", None),
}


@pytest.mark.parametrize("source, decimals", DECIMALS.values(), ids=DECIMALS)
def test_decimals(source: str, decimals: int | None) -> None:
    (hole,) = read_snippet(source, ["f"]).holes.values()
    assert hole.decimals == decimals


DEFAULT = Tolerance()
ASSERTED: dict[str, tuple[str, Tolerance]] = {
    "equal": ("assert f(1) == 2", DEFAULT),
    "either side": ("assert 2.5 == f(1)", DEFAULT),
    "none": ("assert f(1) is None", DEFAULT),
    "difference": ("assert abs(f(1) - 2.5) < 0.01", Tolerance(0.0, 0.01)),
    "power of ten": ("assert np.max(np.abs(f(1) - a)) <= 10**-6", Tolerance(0.0, 1e-6)),
    "numpy": ("assert np.allclose(f(1), a, atol=0.1)", Tolerance(1e-5, 0.1)),
    "all": ("assert np.isclose(f(1), a, 0.2).all()", Tolerance(0.2, 1e-8)),
    "math": ("assert math.isclose(f(1), 2, rel_tol=0.1)", Tolerance(0.1, 0.0)),
    "numpy.testing": ("np.testing.assert_allclose(f(1), a)", Tolerance(1e-7, 0.0)),
    "decimals of numpy": ("np.testing.assert_almost_equal(f(1), 2, 3)", Tolerance(0.0, 0.0015)),
    "nose": ("from nose.tools import eq_\neq_(f(1), 2)", DEFAULT),
    "decimals of nose": (
        "from nose.tools import assert_almost_equal\nassert_almost_equal(f(1), 2, places=3)",
        Tolerance(0.0, 0.0005),
    ),
    "unknown tolerance": ("assert abs(f(1) - 2.5) < eps", DEFAULT),
    "property": ("assert f(1) > 2", DEFAULT),
}


@pytest.mark.parametrize("source, tolerance", ASSERTED.values(), ids=ASSERTED)
def test_tolerance_of_an_assertion(source: str, tolerance: Tolerance) -> None:
    (hole,) = read_snippet(source, ["f"]).holes.values()
    assert hole.tolerance is not None
    found = (hole.tolerance.rtol, hole.tolerance.atol)
    assert found == pytest.approx((tolerance.rtol, tolerance.atol))


def test_each_part_of_an_assertion_is_one() -> None:
    assert len(read_snippet("assert f(1) == 2 and f(2) == 3", ["f"]).holes) == 2
