"""Edit the reference into the program of a misconception, or of several at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from grader.bank.raw import RawMisconception
from grader.errors import Diagnostics, spec_error
from grader.model.problem import Misconception
from grader.model.python_source import parse_python
from grader.values.show import show


def apply_edits(raw: RawMisconception, text: str) -> bytes:
    """Return the reference with the edits of a misconception.

    Raises:
        SpecError: if a text to find does not occur exactly once, or the result is not valid Python
    """
    diagnostics = Diagnostics()
    for edit in raw.edits:
        count = text.count(edit.find)
        if count != 1:
            times = "does not occur" if count == 0 else f"occurs {count} times"
            message = f"the text to find {times} in the reference; it must occur exactly once"
            message += "; copy it from there, with its indentation" if count == 0 else ""
            diagnostics.add((edit.node.get("find") or edit.node).at, message)
        else:
            text = text.replace(edit.find, edit.replace)
    diagnostics.raise_any()
    try:
        parse_python(text)
    except SyntaxError as error:
        line = f"line {error.lineno} of the reference is {show((error.text or '').strip())}"
        message = f"with these edits, {line}, which is not valid Python: {error.msg}"
        raise spec_error((raw.node.get("edits") or raw.node).at, message) from None
    return text.encode("utf-8")


def combine_edits(reference: bytes, misconceptions: Sequence[Misconception]) -> bytes | None:
    """Return the reference with the edits of several misconceptions, or None if they conflict.

    They conflict if a misconception has no edits, if a text to find does not occur exactly once in
    the reference itself, or if two edits overlap or touch. The result may be invalid Python.
    """
    text = normalise_text(reference.decode("utf-8"))
    edits = [edit for each in misconceptions for edit in each.edits]
    if not all(each.edits for each in misconceptions):
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
    for start, end, replacement in reversed(spans):
        text = text[:start] + replacement + text[end:]
    return text.encode("utf-8")


def normalise_text(text: str) -> str:
    """Return the text without a byte order mark and with `\\n` as line breaks."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
