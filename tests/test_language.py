"""Texts for readers are written in plain English, without the words listed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests._support.bank import ROOT

DIALECT = {
    r"\bis no [a-z]": "is not a …",
    r"\bstands\b": "is, appears",
    r"\bis due\b": "is expected",
    r"\bof ours\b": "internal, trusted",
    r"\bfit to be set\b": "ready to publish",
    r"\banew\b": "again",
    r"\bwhoever\b": "the student, the caller",
    r"\bbesides\b": "also, in addition",
    r"\bso many\b": "the number",
    r"\bwhat there is\b": "the name of the thing",
    r"\bto be had\b": "available",
    r"\bhangs on\b": "depends on",
    r"\bbecame of\b": "result, outcome",
    r"_MOST_": "MAX_",
}
EXCEPTED = ("[Tt]here is no", "is no longer", "stands for")  # ordinary English

PATTERNS = (
    "*.md",
    "action.yml",
    "benchmarks/*.py",
    "docs/**/*.*",
    "examples/**/*.py",
    "grader/**/*",
    "tests/**/test_*.py",
    "tests/_support/*.py",
)
QUOTING = ("CONTRIBUTING.md", "tests/test_language.py")  # these list the words


def texts() -> Iterator[Path]:
    """Yield the files that are read, but for those made of the bank's statements."""
    for pattern in PATTERNS:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            is_read = name not in QUOTING and not name.startswith("docs/problems/")
            if path.is_file() and path.suffix not in (".pyc", ".jpg") and is_read:
                yield path


def dialect_in(text: str) -> list[str]:
    """Return every use of the dialect, across line breaks too, with the line it begins on."""
    for phrase in EXCEPTED:
        text = re.sub(phrase.replace(" ", r"\s+"), lambda use: re.sub(r"\S", "-", use[0]), text)
    found = []
    for pattern, instead in DIALECT.items():
        for use in re.finditer(pattern.replace(" ", r"\s+"), text):
            line = text.count("\n", 0, use.start()) + 1
            found.append(f"line {line}: {' '.join(use[0].split())!r}; write: {instead}")
    return found


@pytest.mark.parametrize(
    "text, uses",
    [
        ("This is no number.", 1),
        ("It stands\nhere; that is\ndue.", 2),
        ("There is no file; there is no\nfile. It is no longer there and stands for x.", 0),
        ("He understands.", 0),
    ],
)
def test_dialect_is_found_where_it_is_not_ordinary_english(text: str, uses: int) -> None:
    assert len(dialect_in(text)) == uses


def test_texts_are_plain_english() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): dialect_in(path.read_text("utf-8")) for path in texts()
    }
    assert {name: uses for name, uses in found.items() if uses} == {}
