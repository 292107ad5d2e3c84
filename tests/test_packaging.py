"""Facts that pyproject.toml shares with other files."""

from __future__ import annotations

import re
import tomllib

from grader import DISTRIBUTION
from tests._support.bank import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_the_distribution_has_one_name() -> None:
    assert PYPROJECT["project"]["name"] == DISTRIBUTION
    for lock in ("run.txt", "dev.txt"):
        text = (ROOT / "lock" / lock).read_text("utf-8")
        assert set(re.findall(r"(\S+) \(pyproject\.toml\)", text)) == {DISTRIBUTION}
