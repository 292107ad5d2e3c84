"""The misconceptions of a problem: those of wrong.yaml, as edits of the reference or as files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from grader.bank.case_checks import UniqueNames, items_under
from grader.bank.edits import apply_edits
from grader.bank.problem_files import read_bytes, shown
from grader.bank.raw import RawMisconception
from grader.bank.schema import MISCONCEPTION
from grader.errors import Diagnostics, SpecError, spec_error
from grader.model.problem import Edit, Misconception
from grader.yaml_reader.nodes import Node


def read_misconceptions(
    root: Node, reference: str | None, solutions: str, diagnostics: Diagnostics
) -> list[Misconception]:
    """Return the valid misconceptions; report an error for each invalid one.

    Args:
        root: of wrong.yaml
        reference: text of the reference; None if it is invalid
        solutions: path of the folder with the problem's solutions
    """
    names = UniqueNames("misconception")
    out = []
    for node in items_under(root, "misconceptions"):
        names.check(node.get("slug"), diagnostics)
        with suppress(SpecError):  # reported when the whole file is read
            raw = MISCONCEPTION.read(node)
            with diagnostics.gather():
                if not raw.edits:
                    out.append(Misconception(raw.slug, raw.hint, _read_wrong_file(raw, solutions)))
                elif reference is not None:
                    edits = tuple(Edit(edit.find, edit.replace) for edit in raw.edits)
                    source = apply_edits(raw, reference)
                    out.append(Misconception(raw.slug, raw.hint, source, edits))
    return out


def _read_wrong_file(raw: RawMisconception, solutions: str) -> bytes:
    path = Path(solutions, "wrong", raw.slug + ".py")
    if not path.exists():
        message = f"misconception {raw.slug!r} needs `edits`, or the file {shown(path)}"
        raise spec_error(raw.node.at, message)
    return read_bytes(path)
