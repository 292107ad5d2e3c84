"""Leaves out statements of a file that are not valid Python, so that a right function still counts.

Common cases are magics in a notebook that was saved as a script, prose or a fence of Markdown
around the code, a `print` of Python 2, and an unfinished function. Where the parser finds an error,
the whole top-level statement is left out, with its block.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import CodeType

MAX_LEFT_OUT = 50  # statements of one file
_MAX_PARSED = 4 << 20  # bytes of all attempts together
_MARGIN = re.compile(rb"[^\s#]")  # a line that begins a statement, or closes one
# The line that an error is about, if it was found in a later one.
_CAUSE = re.compile(r" on line (\d+)$")
# An invisible character, such as a no-break space, may be what is not valid in a definition.
_BLANKS = bytes(byte if byte < 0x80 else ord(" ") for byte in range(256))
_DEFINED = re.compile(r"(?:async +)?(?:def|class) +(\w+)|(\w+) *=")

Compile = Callable[[bytes], CodeType]


class NotValid(Exception):
    """What is left is not worth running."""


def leave_out(
    source: bytes,
    error: SyntaxError,
    compile_source: Compile,
    needed: re.Pattern[bytes] | None,
) -> tuple[bytes, CodeType, list[tuple[int, SyntaxError]]]:
    """Return a source without what is not valid in it, its code, and the lines left out.

    The lines that are left out become empty, so that the others keep their numbers. Each error is
    returned with the first line of its statement.

    Args:
        error: as compiling the whole source raised it
        needed: matches lines that define the function, which must not be left out; None for a
            module

    Raises:
        NotValid: if too much is not valid, or a definition of the function is not, or if nothing is
            left
    """
    changed = without_indentation(source)
    is_changed, source = changed != source, changed
    lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    found: list[tuple[int, SyntaxError]] = []
    attempts = min(MAX_LEFT_OUT, _MAX_PARSED // max(len(source), 1))
    wrong = None if is_changed else error
    for _ in range(attempts):
        if wrong is not None:
            if not wrong.lineno:  # about the file, such as its encoding
                raise NotValid
            start, end = _statement_at(lines, _line_of(wrong, len(lines)))
            left_out = lines[start:end]
            if not any(map(bytes.strip, left_out)):
                raise NotValid
            if needed is not None and _is_needed(lines, start, end, needed):
                raise NotValid
            found.append((start + 1, wrong))
            lines[start:end] = [b""] * (end - start)
            # A program of comments alone may be in another language.
            if not any(map(bytes.strip if needed is None else _MARGIN.match, lines)):
                raise NotValid
        changed = b"\n".join(lines) + b"\n"
        try:
            return changed, compile_source(changed), found
        except SyntaxError as next_error:
            wrong = next_error
    raise NotValid


def _is_needed(lines: list[bytes], start: int, end: int, needed: re.Pattern[bytes]) -> bool:
    """Return whether a statement defines the function, or returns its result at the margin."""
    left_out = lines[start:end]
    if any(needed.match(line) or needed.match(line.translate(_BLANKS)) for line in left_out):
        return True
    if not lines[start].startswith(b"return") or start == 0:
        return False
    above = lines[slice(*_statement_at(lines, start - 1))]
    return any(map(needed.match, above)) and not any(b"return" in line for line in above)


def without_indentation(source: bytes) -> bytes:
    """Return a source without the indentation of its first statement, if that is indented."""
    lines = source.splitlines(keepends=True)
    first = next(
        (line for line in lines if line.strip() and not line.lstrip().startswith(b"#")), b""
    )
    indentation = first[: len(first) - len(first.lstrip(b" \t"))]
    return b"".join(line.removeprefix(indentation) for line in lines) if indentation else source


def _line_of(error: SyntaxError, count: int) -> int:
    """Return the index of the line that an error is about."""
    cause = _CAUSE.search(str(error.msg)) if isinstance(error, IndentationError) else None
    number = int(cause[1]) if cause else error.lineno or 0
    return min(max(number, 1), count) - 1


def _statement_at(lines: list[bytes], at: int) -> tuple[int, int]:
    """Return where the statement that contains a line begins and ends, as its indentation shows."""
    start = at
    while start > 0 and not _MARGIN.match(lines[start]):
        start -= 1
    while start > 0 and lines[start - 1].startswith(b"@"):  # it would decorate what follows
        start -= 1
    end = at + 1
    while end < len(lines) and not _MARGIN.match(lines[end]):
        end += 1
    return start, end


def is_magic(line: str) -> bool:
    """Return whether a line is a magic, a shell command, or a fence of Markdown."""
    return line.startswith(("%", "!", "?", "```"))


def names_in(line: str) -> list[str]:
    """Return the name that a line seems to define, if any."""
    match = _DEFINED.match(line)
    return [match[1] or match[2]] if match else []
