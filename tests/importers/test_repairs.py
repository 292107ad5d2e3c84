"""Repairs of published sources, each of which is listed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.importers.repairs import Repaired, repair_solution, repair_starter, repair_test

BODY = "def f(x):\n    return x\n"


def starter(source: str) -> Repaired:
    return repair_starter(source, BODY)


def of_test(source: str) -> Repaired:
    return repair_test(source, BODY)


REPAIRS: dict[str, tuple[Callable[[str], Repaired], str, str, str]] = {
    "mixed tabs": (
        repair_solution,
        "def f(x):\n    if x:\n\treturn x\n",
        "def f(x):\n    if x:\n        return x\n",
        "tabs replaced by spaces",
    ),
    "numpy": (
        repair_solution,
        "def f(x):\n    return np.abs(x)\n",
        "import numpy as np\ndef f(x):\n    return np.abs(x)\n",
        "`import numpy as np` added",
    ),
    "names that NumPy had": (
        repair_solution,
        "import numpy as np\nx = np.zeros(2, np.float)\ny = np.float64(1)\n",
        "import numpy as np\nx = np.zeros(2, float)\ny = np.float64(1)\n",
        "`np.float` and the like replaced",
    ),
    "quotes": (
        repair_solution,
        '"def f(x):\n    return ""a"""',
        'def f(x):\n    return "a"\n',
        "quotes around the whole file removed",
    ),
    "indented test": (
        of_test,
        "    print(f(1))\n",
        "print(f(1))\n",
        "indentation of all lines removed",
    ),
    "stub without a body": (
        starter,
        "def f(x):\n",
        "def f(x):\n    pass\n",
        "`pass` added after line 1 of the stub",
    ),
    "stub with prose": (
        starter,
        "def f(x):\n    your code here\n    return x\n",
        "def f(x):\n    # your code here\n    return x\n",
        "line 2 of the stub made a comment",
    ),
}


@pytest.mark.parametrize("repair, source, repaired, what", REPAIRS.values(), ids=REPAIRS)
def test_repairs(repair: Callable[[str], Repaired], source: str, repaired: str, what: str) -> None:
    found = repair(source)
    assert (found.source, found.error) == (repaired, "")
    assert what in found.repairs


def test_what_is_not_safe_is_not_repaired() -> None:
    found = repair_solution("def f(x)\n    return x\n")
    assert found == Repaired("def f(x)\n    return x\n", (), found.error)
    assert found.error.startswith("not valid Python: ")
