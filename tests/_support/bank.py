"""The bank of this checkout, a small bank for tests, and where test data is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from grader.bank.load import load_problem
from grader.bank.locate import Bank, find_bank
from grader.model.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
TEST_BANK = DATA / "bank"
BANK = find_bank(str(ROOT))
SLUGS = BANK.slugs()

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def load(slug: str, bank: Bank = BANK) -> Problem:
    return load_problem(bank.folder(slug), bank.solutions_of(slug))
