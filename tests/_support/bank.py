"""The bank of this checkout, a small bank for tests, and where test data is."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

from grader.bank.locate import Bank, find_bank
from grader.model.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
TEST_BANK = DATA / "bank"
BANK = find_bank(str(ROOT))
SLUGS = BANK.slugs()

PATIENCE_S = 600.0  # ends what would hang; on a busy machine no test comes near it

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def bank_with_limits(folder: Path, cpu_s: float, wall_s: float) -> Path:
    """Copy the test bank to a folder that is not there yet, with other limits of time.

    As it is, its limit of processor time ends what computes for ever, and its limit of wall time
    nothing: how long that takes depends on what else the machine does.
    """
    bank = Path(shutil.copytree(TEST_BANK, folder))
    spec = bank / "problems" / "mean" / "spec.md"
    text = spec.read_text("utf-8")
    limits = "cpu_s: 0.3, wall_s: 60,"
    assert limits in text
    spec.write_text(text.replace(limits, f"cpu_s: {cpu_s}, wall_s: {wall_s},"), "utf-8")
    return bank


def copies(folder: Path, count: int) -> Path:
    """Return a bank with copies of the problem `mean`: `mean-1`, `mean-2`, ..."""
    for part in ("problems", "solutions"):
        for number in range(1, count + 1):
            shutil.copytree(TEST_BANK / part / "mean", folder / part / f"mean-{number}")
    return folder


def impatient_bank(folder: Path) -> Path:
    """Copy the test bank, with limits that end what waits for ever, and nothing else."""
    return bank_with_limits(folder, cpu_s=30, wall_s=1.5)


def patient_bank(folder: Path) -> Path:
    """Copy the test bank, with limits that allow a submission to wait for the test."""
    return bank_with_limits(folder, cpu_s=PATIENCE_S, wall_s=PATIENCE_S)


@cache
def load(slug: str, bank: Bank = BANK) -> Problem:
    """Return a problem of the bank, which is frozen and read once."""
    return bank.load(slug)
