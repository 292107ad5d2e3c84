"""CSV files that an instructor has written or downloaded: their text, and their rows."""

from __future__ import annotations

import csv
import io
import re

from grader.errors import UsageError

_MAX_BYTES = 64 << 20
_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_ADVICE = 'download it again, or save it as "CSV UTF-8"'
_DELIMITERS = ",;\t"


def read_table_text(path: str, name: str, takes_utf_16: bool) -> tuple[str, str]:
    """Return the text of a file, with its line ends and byte order mark, and its encoding.

    Args:
        name: of the file, for messages

    Raises:
        UsageError: if it cannot be read, or is not a text in an encoding that is taken
    """
    try:
        with open(path, "rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    if len(content) > _MAX_BYTES:
        raise UsageError(f"{name} is larger than {_MAX_BYTES >> 20} MiB; is it a list of students?")
    if content.startswith(_WORKBOOKS):
        raise UsageError(f"{name} is an Excel workbook or an archive, not CSV; {_ADVICE}")
    encoding = _MARKS.get(content[:2], "utf-8")
    if encoding != "utf-8" and not takes_utf_16:
        raise UsageError(f"{name} is UTF-16 text; {_ADVICE}")
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        shown = encoding.upper()[:6].rstrip("-")
        raise UsageError(f"{name} is not {shown} (line {line}); {_ADVICE}") from None


def read_rows(text: str, name: str) -> list[list[str]]:
    """Return the rows of a CSV file; empty ones, and Excel's line `sep=;`, are empty lists.

    Raises:
        UsageError: if a quotation mark is not closed, or has text behind it
    """
    text = text.lstrip("\ufeff")
    named = re.match(r"sep=(.)[\r\n]", text, re.IGNORECASE)
    delimiter = named[1] if named else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    line = 1
    try:
        for cells in reader:
            rows.append(cells if any(map(str.strip, cells)) else [])
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{name}, line {line}, is not valid CSV: {error}; is a quotation mark missing?"
        ) from None
    if named:
        rows[0] = []
    return rows


def _delimiter(text: str) -> str:
    """Return the delimiter, which is the most frequent in the first line outside of quotes."""
    cells = re.sub(r'"[^"]*"', "", text[: 1 << 16])
    lines = cells.lstrip("\r\n").splitlines()
    return max(_DELIMITERS, key=lines[0].count) if lines else _DELIMITERS[0]
