"""The lines in which two texts differ, found within a bounded number of steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from itertools import islice

from grader.values.dataclasses import dataclass
from grader.values.show import plural

_CONTEXT = 3  # lines around a change
_MAX_LINES = 5_000  # of a comparison; a page of a million takes 200 MB
# Steps of a comparison line by line, which then takes a second or two at most. To find a block of
# equal lines takes a step for each line of the old text and for each pair of equal lines, and there
# may be as many blocks as the shorter text has lines.
_MAX_WORK = 6_000_000


class Change(Enum):
    """How a line of one text differs from the other text."""

    SAME = "equal"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left-out"  # lines that are not shown


@dataclass(frozen=True)
class Line:
    """A line of a comparison, with its numbers in both texts; 0 where it is in one alone."""

    change: Change
    text: str
    old: int = 0
    new: int = 0


def compare_texts(old: bytes, new: bytes) -> list[Line]:
    """Return the lines that differ, with a few around them; of very many the first."""
    before, after = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
    found = _compared(before, after)
    lines = list(islice(found, _MAX_LINES))
    if next(found, None) is not None:
        text = f"Only the first {_MAX_LINES} lines of this comparison are shown."
        lines.append(Line(Change.LEFT_OUT, text))
    return lines


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of a comparison."""
    for tag, i, j, k, m in _changes(before, after):
        if tag == "equal":
            left_out = _far_from_changes(j - i, at_start=i == 0, at_end=j == len(before))
            for at in range(j - i):
                if at == left_out.start and left_out:
                    yield Line(Change.LEFT_OUT, plural(len(left_out), "equal line"))
                if at not in left_out:
                    yield Line(Change.SAME, before[i + at], i + at + 1, k + at + 1)
        else:
            yield from (Line(Change.REMOVED, before[at], old=at + 1) for at in range(i, j))
            yield from (Line(Change.ADDED, after[at], new=at + 1) for at in range(k, m))


def _changes(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield which lines are equal, removed or added, as the opcodes of a `SequenceMatcher`.

    What is between equal beginnings and ends is replaced as a whole if comparing it takes long.
    """
    most = min(len(before), len(after))
    start = next((n for n in range(most) if before[n] != after[n]), most)
    most -= start
    end = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
    i, j, k, m = start, len(before) - end, start, len(after) - end
    old, new = before[i:j], after[k:m]
    counts = Counter(new)
    found: Sequence[tuple[str, int, int, int, int]]
    steps = len(old) + sum(counts[line] for line in old)
    if steps * min(len(old), len(new)) > _MAX_WORK:
        found = [("replace", 0, len(old), 0, len(new))]
    else:
        found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    if start:
        yield "equal", 0, start, 0, start
    for tag, *at in found:
        yield tag, at[0] + i, at[1] + i, at[2] + k, at[3] + k
    if end:
        yield "equal", j, len(before), m, len(after)


def _far_from_changes(count: int, at_start: bool, at_end: bool) -> range:
    """Return which of a number of equal lines to leave out: those that are far from any change."""
    first = 0 if at_start else _CONTEXT
    end = count if at_end else count - _CONTEXT
    return range(first, end) if end - first >= 2 else range(0)
