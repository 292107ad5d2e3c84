"""The small, complete problems that `grader new` copies, one for each kind of entry point.

Text to replace is marked with TODO, which `grader verify` reports. In all files, FUNCTION and CLASS
stand for the name of the problem as a function's and as a class's.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError

_HERE = Path(__file__).parent
KINDS = ("function", "functions", "class")  # each a folder beside this file
_SLUG = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_MAX_SLUG = 100  # characters; a name of a file may have 255 bytes


def write_problem(folder: Path, slug: str, kind: str = "function") -> list[Path]:
    """Write the files of a new problem into a bank, and return their paths.

    Args:
        folder: the folder that contains `problems` and `solutions`, or will contain them
        kind: what students are to write, one of KINDS

    Raises:
        UsageError: if the problem exists already, or the name is not allowed
    """
    if not _SLUG.fullmatch(slug):
        allowed = "letters and digits, joined by hyphens, as in softmax-with-temperature"
        raise UsageError(f"{slug!r} is not a valid name of a problem; use {allowed}")
    if len(slug) > _MAX_SLUG:
        raise UsageError(f"expected a name of at most {_MAX_SLUG} characters, found {len(slug)}")
    new = {
        folder / to / slug / path.relative_to(_HERE / kind / part): path
        for part, to in (("problem", "problems"), ("solutions", "solutions"))
        for path in sorted((_HERE / kind / part).rglob("*.*"))
        if "__pycache__" not in path.parts
    }
    for path in new:
        if path.exists():
            raise UsageError(f"the problem {slug!r} exists already: {path}")
    try:
        for path, source in new.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text("utf-8").replace("FUNCTION", _function_name(slug))
            path.write_text(text.replace("CLASS", _class_name(slug)), encoding="utf-8")
    except OSError as error:
        where = error.filename or path  # a full disk is noticed where no name is known
        raise UsageError(f"{where} cannot be written: {error.strerror}") from None
    return list(new)


def _function_name(slug: str) -> str:
    """Return a function's name for a problem: "two_sum"; "solve_3_sum" where Python demands it."""
    name = slug.replace("-", "_").lower()
    is_allowed = name.isidentifier() and not keyword.iskeyword(name)
    return name if is_allowed else f"solve_{name}"


def _class_name(slug: str) -> str:
    """Return a class's name for a problem: "RunningMean"; "Solve3Sum" where Python demands it."""
    name = "".join(part[0].upper() + part[1:] for part in slug.split("-"))
    is_allowed = name.isidentifier() and not keyword.iskeyword(name)
    return name if is_allowed else f"Solve{name}"


def unfinished(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and text of every TODO."""
    for number, line in enumerate(text.splitlines(), start=1):
        if (at := line.find("TODO")) >= 0:
            yield number, at + 1, line[at:].strip().strip('"')
