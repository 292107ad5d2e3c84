"""Leaves out statements of a file that are not valid Python, so that a right function still counts.

Common cases are magics in a notebook that was saved as a script, prose or a fence of Markdown
around the code, a `print` of Python 2, and an unfinished function. Where the parser finds an error,
the whole top-level statement is left out, with its block.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress
from types import CodeType

MAX_LEFT_OUT = 50  # statements of one file
_MAX_PARSED = 4 << 20  # bytes of all attempts together
# A line that begins a statement, or closes one. Only these three are blanks to Python, and columns
# are counted from a form feed.
_MARGIN = re.compile(rb"(?:[ \t\f]*\f)?[^ \t\f#]")
# The line that an error is about, if it was found in a later one.
_CAUSE = re.compile(r" on line (\d+)$")
_NO_CLAUSE = "expected 'except' or 'finally' block"  # found where the next statement begins
_TRY = re.compile(rb"try[ \t\f]*:")
_MAGIC_IN_BLOCK = re.compile(rb"[ \t]+(?=%%?[A-Za-z_]|![^=])")
# An invisible character, such as a no-break space, may be what is not valid in a definition.
_BLANKS = bytes(byte if 0x20 < byte < 0x7F else ord(" ") for byte in range(256))
_DEFINED = re.compile(r"(?:async +)?(?:def|class) +(\w+)|(\w+) *(?::[^=\n]*)?=(?!=)")

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
    returned with the first line of its statement. Of a `try` without other clauses, only the word
    is left out: its block may import what the function needs. Magics in a block are left out
    without the block.

    Args:
        error: as compiling the whole source raised it
        needed: matches lines that define the function, which must not be left out; None for a
            module

    Raises:
        NotValid: if too much is not valid, or a definition of the function is not, or if nothing is
            left
    """
    candidates = _with_less_indentation(source)
    parsed = max(len(source), 1) * max(len(candidates), 1)  # bytes of an attempt
    most = min(MAX_LEFT_OUT, _MAX_PARSED // parsed)
    if not candidates:
        return _leave_out(source, error, compile_source, needed, most)
    for attempts in (1, most - 1):
        for each in candidates:  # first, those in which nothing need be left out
            with suppress(NotValid):
                return _leave_out(each, None, compile_source, needed, attempts)
    raise NotValid


def _leave_out(
    source: bytes,
    wrong: SyntaxError | None,
    compile_source: Compile,
    needed: re.Pattern[bytes] | None,
    attempts: int,
) -> tuple[bytes, CodeType, list[tuple[int, SyntaxError]]]:
    lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    found: list[tuple[int, SyntaxError]] = []
    for _ in range(attempts):
        if wrong is not None:
            if not wrong.lineno:  # about the file, such as its encoding
                raise NotValid
            at = _line_of(wrong, lines)
            # A line of nothing but odd blanks may be in a function, which needs no such line.
            is_blank = _code(lines[at]) and not _visible(lines[at])[1]
            start, end = (at, at + 1) if is_blank else _statement_at(lines, at)
            if not any(map(_code, lines[start:end])):
                raise NotValid
            is_needed = needed is not None and _is_needed(lines, start, end, needed)
            after = at if is_needed else _end_of_magics(lines, at)
            found.append(((start if after == at else at) + 1, wrong))
            if after > at:
                indentation = lines[at][: -len(_code(lines[at]))]
                lines[at:after] = [indentation + b"pass"] + [b""] * (after - at - 1)
            elif wrong.msg == _NO_CLAUSE and _TRY.match(lines[start]):
                lines[start] = b"if 1" + lines[start].removeprefix(b"try")
            elif is_needed:
                raise NotValid
            else:
                lines[start:end] = [b""] * (end - start)
            # A program of comments alone may be in another language.
            if not any(map(_code if needed is None else _MARGIN.match, lines)):
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
    if not lines[start].translate(_BLANKS).strip().startswith(b"return") or start == 0:
        return False
    above = lines[slice(*_statement_at(lines, start - 1))]
    return any(map(needed.match, above)) and not any(b"return" in line for line in above)


def _with_less_indentation(source: bytes) -> list[bytes]:
    """Return a source without the indentation of its first statement; nothing if that has none.

    It is removed from the lines above the first one at the margin, or from all lines, or from the
    first alone: the first line of a file gets blanks more easily than others when it is copied.
    """
    lines = source.splitlines(keepends=True)
    is_code = (bool(line.strip()) and not line.lstrip().startswith(b"#") for line in lines)
    start = next((at for at, each in enumerate(is_code) if each), 0)
    first = lines[start] if lines else b""
    indentation = first[: len(first) - len(first.lstrip(b" \t"))]
    if not indentation:
        return []
    end = start + 1
    while end < len(lines) and not _MARGIN.match(lines[end].rstrip(b"\r\n")):
        end += 1
    changed = [line.removeprefix(indentation) for line in lines]
    found = [b"".join([*changed[:at], *lines[at:]]) for at in (end, len(lines), start + 1)]
    return list(dict.fromkeys(found))


def _line_of(error: SyntaxError, lines: list[bytes]) -> int:
    """Return the index of the line that an error is about."""
    cause = _CAUSE.search(str(error.msg)) if isinstance(error, IndentationError) else None
    number = int(cause[1]) if cause else error.lineno or 0
    at = min(max(number, 1), len(lines)) - 1
    return _try_above(lines, at) if error.msg == _NO_CLAUSE else at


def _try_above(lines: list[bytes], at: int) -> int:
    """Return where the `try` begins whose block ends above a line; that line if there is none."""
    shallowest = math.inf  # indentation, of the lines below
    for index in range(at - 1, -1, -1):
        code = _code(lines[index])
        if code and not code.startswith(b"#"):
            indentation = len(lines[index]) - len(code)
            if indentation < shallowest and _TRY.match(code):
                return index
            shallowest = min(shallowest, indentation)
    return at


def _end_of_magics(lines: list[bytes], at: int) -> int:
    """Return where the magics and shell commands end that begin at a line of a block."""
    indentation = _MAGIC_IN_BLOCK.match(lines[at])
    end = at
    while indentation is not None and end < len(lines):
        magic = _MAGIC_IN_BLOCK.match(lines[end])
        is_continued = end > at and lines[end - 1].endswith(b"\\")
        if not is_continued and (magic is None or magic[0] != indentation[0]):
            break
        end += 1
    return end


def _statement_at(lines: list[bytes], at: int) -> tuple[int, int]:
    """Return where the statement that contains a line begins and ends, as its indentation shows."""
    start = _margin_at(lines, at)
    # A decorator would decorate what follows.
    while start > 0 and _code(lines[above := _margin_at(lines, start - 1)]).startswith(b"@"):
        start = above
    end = at + 1
    while end < len(lines) and not _MARGIN.match(lines[end]):
        end += 1
    while start > 0 and _is_in_block(lines, start, end):
        start = _margin_at(lines, start - 1)
    return start, end


def _is_in_block(lines: list[bytes], start: int, end: int) -> bool:
    """Return whether a line begins with an odd blank, and is in a block that goes on below it."""
    column, _ = _visible(lines[start])
    below = map(_visible, lines[start + 1 : end] if column else [])
    return any(code and not code.startswith("#") and each <= column for each, code in below)


def _visible(line: bytes) -> tuple[int, str]:
    """Return the column of the first character that has a picture, and the line from there on."""
    text = line.decode("utf-8", "replace").lstrip("\f")
    column = next((at for at, char in enumerate(text) if char.isprintable() and char != " "), None)
    return (column, text[column:]) if column is not None else (len(text), "")


def _code(line: bytes) -> bytes:
    """Return a line without its indentation."""
    return line.lstrip(b" \t\f")


def _margin_at(lines: list[bytes], at: int) -> int:
    """Return the index of the line at the margin that begins what a line belongs to."""
    while at > 0 and not _MARGIN.match(lines[at]):
        at -= 1
    return at


def is_magic(line: str) -> bool:
    """Return whether a line is a magic, a shell command, or a fence of Markdown."""
    return line.startswith(("%", "!", "?", "```"))


def names_in(line: str) -> list[str]:
    """Return the name that a line seems to define, if any."""
    match = _DEFINED.match(line)
    return [match[1] or match[2]] if match else []
