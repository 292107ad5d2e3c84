"""Small questions, written for the tests, in the layouts of Open-Deep-ML."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SmallQuestion:
    """A question: its name, stub and solution, and tests with the texts that they print."""

    name: str
    starter: str
    solution: str
    tests: Sequence[tuple[str, str]]

    @property
    def meta(self) -> dict[str, object]:
        return {
            "id": self.name.split("_")[0],
            "title": self.name.split("_")[1].title(),
            "difficulty": "easy",
            "category": "Arithmetic",
            "contributor": [{"profile_link": "https://example.org", "name": "A. Person"}],
        }

    @property
    def test_items(self) -> list[dict[str, str]]:
        return [{"test": test, "expected_output": text} for test, text in self.tests]


DESCRIPTION = r"Multiply by \( 2 \), or so."
EXAMPLE = {"input": "x = 1", "output": "2", "reasoning": r"\(1 + 1\)"}


def write_folders(folder: Path, questions: Sequence[SmallQuestion]) -> Path:
    """Write questions as `questions/NAME/…`; return `folder`."""
    for each in questions:
        path = folder / "questions" / each.name
        path.mkdir(parents=True)
        (path / "meta.json").write_text(json.dumps(each.meta), "utf-8")
        (path / "description.md").write_text(DESCRIPTION, "utf-8")
        (path / "example.json").write_text(json.dumps(EXAMPLE), "utf-8")
        (path / "starter_code.py").write_text(each.starter, "utf-8")
        (path / "solution.py").write_text(each.solution, "utf-8")
        (path / "tests.json").write_text(json.dumps(each.test_items), "utf-8")
    (folder / "questions" / "_template").mkdir()
    return folder


def write_build(folder: Path, questions: Sequence[SmallQuestion]) -> Path:
    """Write questions as `build/NUMBER.json`, with texts in base64; return `folder`."""

    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    (folder / "build").mkdir(parents=True)
    for each in questions:
        whole = {
            **each.meta,
            "description": encoded(DESCRIPTION),
            "starter_code": encoded(each.starter),
            "solution": encoded(each.solution),
            "example": EXAMPLE,
            "test_cases": each.test_items,
        }
        path = folder / "build" / f"{each.meta['id']}.json"
        path.write_text(json.dumps(whole), "utf-8")
    return folder
