"""Edits of the reference: the programs of misconceptions, alone and combined."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import pairwise

from grader.bank.schema import (
    RawMisconception,
)
from grader.errors import Diagnostics, spec_error
from grader.model.problem import (
    Misconception,
)
from grader.values.show import show


def apply_edits(form: RawMisconception, text: str) -> bytes:
    """Return the reference with the edits of a misconception.

    Raises:
        SpecError: if a text to find does not occur exactly once, or the result is not valid Python
    """
    diagnostics = Diagnostics()
    for edit in form.edits:
        count = text.count(edit.find)
        if count != 1:
            times = "does not occur" if count == 0 else f"occurs {count} times"
            message = f"the text to find {times} in the reference; it must occur exactly once"
            diagnostics.add((edit.node.get("find") or edit.node).at, message)
        else:
            text = text.replace(edit.find, edit.replace)
    diagnostics.raise_any()
    try:
        ast.parse(text)
    except SyntaxError as error:
        place = f"line {error.lineno} of the reference is {show((error.text or '').strip())}"
        message = f"edited so, {place}, which is no Python: {error.msg}"
        raise spec_error((form.node.get("edits") or form.node).at, message) from None
    return text.encode("utf-8")


def composed(reference: bytes, misconceptions: Sequence[Misconception]) -> bytes | None:
    """The reference with the edits of several misconceptions; None where they do not go together.

    They do where each finds its place in the reference itself and no two overlap or touch. Whether
    Python can make something of the result is for the child to find out.
    """
    text = normalise_text(reference.decode("utf-8"))
    edits = [edit for known in misconceptions for edit in known.edits]
    if not all(known.edits for known in misconceptions):
        return None
    if any(text.count(edit.find) != 1 for edit in edits):
        return None
    starts = [text.index(edit.find) for edit in edits]
    spans = sorted(
        (start, start + len(edit.find), edit.replace)
        for start, edit in zip(starts, edits, strict=True)
    )
    if any(left[1] >= right[0] for left, right in pairwise(spans)):
        return None
    for start, end, instead in reversed(spans):
        text = text[:start] + instead + text[end:]
    return text.encode("utf-8")


def normalise_text(text: str) -> str:
    """Without what some editors add."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
