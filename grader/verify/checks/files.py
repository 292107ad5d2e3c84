"""Checks of the files in a problem's folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from grader.bank.scaffold import unfinished
from grader.checkers.python import PythonChecker
from grader.errors import Location, shown_path
from grader.model.verification import Finding, warning
from grader.verify.evidence import Evidence

_PROBLEM = {"spec.md", "starter.py", "cases.yaml"}
_SOLUTIONS = {"reference.py", "wrong.yaml", "mutants.yaml", "partial.yaml", "cases.yaml"}


def are_used(evidence: Evidence) -> Iterator[Finding]:
    """The grader uses every file in the folders."""
    known = {Path(evidence.files.folder, name) for name in _PROBLEM}
    known |= {Path(evidence.files.folder, each.file) for each in evidence.loaded.given_modules}
    if evidence.loaded.driver is not None:
        known.add(Path(evidence.files.folder, "driver.py"))
    checkers = [step.checker for case in evidence.loaded.cases for step in case.steps]
    used = {each.file for each in checkers if isinstance(each, PythonChecker)}
    used |= {each.generation.file for each in evidence.loaded.cases if each.generation is not None}
    if evidence.files.solutions is not None:
        folder = Path(evidence.files.solutions)
        known |= {folder / name for name in _SOLUTIONS}
        known |= {*folder.glob("right/*.py"), *folder.glob("partial/*.py")}
        entries = evidence.files.listed("wrong.yaml", "misconceptions", hidden=True)
        slugs = [entry.get("slug") for entry in entries if entry.get("edits") is None]
        known |= {folder / "wrong" / f"{slug.text}.py" for slug in slugs if slug is not None}
    for top in filter(None, (evidence.files.folder, evidence.files.solutions)):
        for path in sorted(Path(top).rglob("*")):
            hidden = any(part.startswith((".", "__")) for part in path.relative_to(top).parts)
            is_used = path in known or shown_path(str(path)) in used
            if path.is_file() and not hidden and not is_used:
                advice = "remove it, or check its folder and name"
                text = f"the grader does not use {path.name}"
                yield warning(Location(os.path.relpath(path)), text, advice)


def are_finished(evidence: Evidence) -> Iterator[Finding]:
    """No file contains a TODO."""
    for hidden, folder in ((False, evidence.files.folder), (True, evidence.files.solutions)):
        for path in sorted(Path(folder).rglob("*.*")) if folder is not None else ():
            if path.suffix in (".md", ".py", ".yaml") and path.is_file():
                for line, column, text in unfinished(path.read_text("utf-8", "replace")):
                    at = evidence.files.at(os.path.relpath(path, folder), hidden, line, column)
                    yield warning(at, f"unfinished: {text}")
