"""Problems of classes, of several functions and of scripts, and submissions to them."""

from __future__ import annotations

from pathlib import Path

from grader.bank.locate import Bank, find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.model.judgement import Judgement
from grader.model.problem import Submission
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA

SCRIPTS: Bank = find_bank(str(DATA / "scripts"))


def changed(slug: str, *edits: tuple[str, str]) -> str:
    """Return the reference of a problem with a text replaced, which must occur in it."""
    source = (SCRIPTS.load(slug).reference or b"").decode()
    for find, replacement in edits:
        assert find in source, find
        source = source.replace(find, replacement)
    return source


def judged(
    slug: str,
    source: str,
    sandbox: Sandbox,
    audience: Audience = Audience.INSTRUCTOR,
    bank: Bank = SCRIPTS,
) -> Judgement:
    key = AnswerKey(bank.load(slug), sandbox)
    return judge_for(audience, key, Submission(source.encode(), "me.py"), sandbox)


def lines(judgement: Judgement) -> list[str]:
    """Return verdict, points and message of each case."""
    return [
        f"{each.verdict.short} {each.points}/{each.case.points} {message(each)}".strip()
        for each in judgement.results
    ]


_STARTER = """\
class Adam:
    def __init__(self, lr): ...
    def step(self, x, n=1): ...
    def copy(self) -> "Adam": ...
"""


def case_text(steps: str) -> tuple[str, int, int]:
    """Return a file with one case of these steps, the line of the first, and the margin."""
    head = "cases:\n  - name: one\n    steps:\n"
    lines = [f"      {line}\n" for line in steps.splitlines()]
    return head + "".join(lines), head.count("\n") + 1, 6


def write_problem(
    bank: Path,
    steps: str = "",
    spec: str = "class: Adam",
    starter: str = _STARTER,
    cases: str = "",
) -> Path:
    """Write a problem of a class, or another, with one case; return its folder."""
    folder = bank / "problems" / "one"
    folder.mkdir(parents=True)
    front = f"---\ntitle: One\ndifficulty: easy\ncategory: Test\n{spec}\n---\nDo it.\n"
    (folder / "spec.md").write_text(front)
    (folder / "starter.py").write_text(starter)
    (folder / "cases.yaml").write_text(cases or case_text(steps)[0])
    return folder
