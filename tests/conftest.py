"""What the tests share: the bank, one warm sandbox, and a way to run the command as a user does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.answers import AnswerKey
from grader.bank import Bank, find_bank
from grader.model import Problem
from grader.problem import load_problem
from grader.sandbox.forked import fork_server
from grader.sandbox.host import Sandbox

ROOT = Path(__file__).parent.parent
BANK = find_bank(str(ROOT))
SLUGS = BANK.slugs()

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def load(slug: str, bank: Bank = BANK) -> Problem:
    return load_problem(bank.folder(slug), bank.solutions_of(slug))


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(fork_server()) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def answer_key(sandbox: Sandbox) -> Callable[[str], AnswerKey]:
    """The answer key of a problem of the bank, made once."""
    keys: dict[str, AnswerKey] = {}

    def key(slug: str) -> AnswerKey:
        if slug not in keys:
            keys[slug] = AnswerKey(load(slug), sandbox)
        return keys[slug]

    return key


@pytest.fixture
def grader(tmp_path: Path) -> Command:
    """The command as a user runs it, in an empty folder; with the bank, unless another is named."""

    def run(*words: str | Path, bank: Path | None = ROOT) -> subprocess.CompletedProcess[str]:
        named = ["--bank", str(bank)] if bank is not None else []
        return subprocess.run(
            [sys.executable, "-m", "grader", *map(str, words), *named],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return run
