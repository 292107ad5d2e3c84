"""A CSV file of which single cells are changed, while all other bytes stay the same."""

from __future__ import annotations

import re

from grader.errors import UsageError, did_you_mean
from grader.values.show import printable

_QUOTED = re.compile(r'"(?:[^"]|"")*"\s*')
_MAX_SHOWN = 60  # characters


def first_row(text: str) -> str:
    """Return the first row of a file, for the end of a message."""
    lines = text.lstrip("\ufeff").splitlines()
    shown = lines[0].strip() if lines else ""
    return f"found {printable(shown, _MAX_SHOWN)!r}" if shown else "found an empty row"


class Table:
    """The cells of a CSV file, each kept as it is written, and the line end of each row.

    Raises:
        UsageError: if the file is empty
    """

    def __init__(self, text: str, delimiter: str) -> None:
        self.delimiter = delimiter
        self._mark = text[: len(text) - len(text.lstrip("\ufeff"))]
        # A cell, which may contain anything between quotes, and what ends it.
        cell = re.compile(
            rf'("[^"]*(?:""[^"]*)*"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)'
        )
        self.rows: list[list[str]] = [[]]
        self._ends: list[str] = []  # of the rows
        for match in cell.finditer(text, len(self._mark)):
            if match.start() == len(text) and not self.rows[-1]:
                break  # nothing follows the last line end
            self.rows[-1].append(match[1])
            if match[2] == delimiter:
                continue
            self._ends.append(match[2])
            if match[2] == "":
                break  # the file ends without a line end
            self.rows.append([])
        if not self.rows[-1]:
            self.rows.pop()
        if not self.rows:
            raise UsageError("the file is empty")

    @property
    def text(self) -> str:
        """The file as it is now."""
        rows = zip(self.rows, self._ends, strict=True)
        return self._mark + "".join(self.delimiter.join(cells) + end for cells, end in rows)

    @property
    def header(self) -> list[str]:
        """The titles of the columns, which the first row has."""
        return [cell.strip() for cell in self.cells(0)]

    def cells(self, row: int) -> list[str]:
        """Return the values of a row's cells."""
        return [self.cell(row, column) for column in range(len(self.rows[row]))]

    def cell(self, row: int, column: int) -> str:
        """Return the value of a cell; empty if the row is too short."""
        if column >= len(self.rows[row]):
            return ""
        written = self.rows[row][column]
        if not written.startswith('"'):
            return written
        inside, _, behind = written[1:].rpartition('"')
        return inside.replace('""', '"') + behind

    def check_quotes(self) -> None:
        """Check that each quotation mark is closed at the end of its cell.

        Raises:
            UsageError: if one is not; then the next rows may be part of its cell
        """
        for row, cells in enumerate(self.rows):
            for cell in cells:
                if cell.startswith('"') and not _QUOTED.fullmatch(cell):
                    raise UsageError(
                        f"row {row + 1} is not valid CSV: a quotation mark is not closed, or has"
                        f" text behind it, in {printable(cell, _MAX_SHOWN)}; correct it"
                    )

    def column(self, title: str) -> int:
        """Return where the column with a title in the first row is.

        Raises:
            UsageError: if there is none, or several
        """
        header = self.header
        if title not in header:
            raise UsageError(f"the file has no column {title!r}{did_you_mean(title, header)}")
        if header.count(title) > 1:
            raise UsageError(f"the file has several columns {title!r}; rename all but one of them")
        return header.index(title)

    def put(self, row: int, column: int, text: str) -> None:
        """Change a cell. It stays quoted if it was, and is quoted if that is needed."""
        cells = self.rows[row]
        while len(cells) <= column:  # a spreadsheet may have removed empty cells
            cells.append("")
        quoted = cells[column].startswith('"') or set(text) & {self.delimiter, *'"\r\n'}
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def label(self, row: int) -> str:
        """Return the row's number, as a spreadsheet counts it, and its first cell, if not empty."""
        first = printable(self.cell(row, 0).strip())
        return f"row {row + 1} ({first})" if first else f"row {row + 1}"
