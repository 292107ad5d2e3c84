"""Submissions that attack a script of steps earn nothing by it, and harm nobody else.

Each is a file in `data/scripts/hostile`. Comments at its top give: what it tries; its `problem`;
and for each case, in order, a line `case:` with verdict, points and the beginning of the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.model.judgement import Judgement, Verdict
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA
from tests._support.scripts import changed, judged, lines

FILES = sorted((DATA / "scripts" / "hostile").glob("*.py"))


@dataclass(frozen=True)
class Attack:
    source: str
    slug: str
    cases: list[str]


def read(path: Path) -> Attack:
    source = path.read_text("utf-8")
    head = source.split("\nclass ")[0].split("\nimport ")[0].split("\ndef ")[0]
    said = re.findall(r"^# ([a-z]+): (.*)$", head, re.M)
    return Attack(source, dict(said)["problem"], [text for word, text in said if word == "case"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_attack_in_a_script_gains_nothing(path: Path, sandbox: Sandbox) -> None:
    attack = read(path)
    judgement = judged(attack.slug, attack.source, sandbox)
    for line, beginning in zip(lines(judgement), attack.cases, strict=True):
        assert line.startswith(beginning)
    assert_no_internals(judgement)
    others = judged(attack.slug, changed(attack.slug), sandbox)
    assert others.verdict is Verdict.ACCEPTED, lines(others)


def assert_no_internals(judgement: Judgement) -> None:
    """Assert that nothing that is reported shows code of the grader."""
    for case in judgement.results:
        for run in (case.run, *(each.run for each in case.steps)):
            shown = f"{run.stdout}{run.traceback}{run.error}"
            assert "Traceback (most" not in shown and "grader/" not in shown
        assert message(case).isprintable()


def test_every_attack_says_what_becomes_of_it() -> None:
    assert len(FILES) >= 14
    for path in FILES:
        assert re.match(r"# [A-Z].*\.\n# problem: [a-z]+\n# case: ", path.read_text("utf-8")), path
