"""A CSV file of which single cells are changed, while all other bytes stay the same."""

from __future__ import annotations

import re

from grader.errors import UsageError, did_you_mean
from grader.values.show import printable


class Table:
    """The cells of a CSV file, each kept as it is written, with the delimiter or line end after it.

    Raises:
        UsageError: if the file is empty
    """

    def __init__(self, text: str, delimiter: str) -> None:
        self.delimiter = delimiter
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        # A cell, which may contain anything between quotes, and what ends it.
        cell = re.compile(
            rf'("(?:[^"]|"")*+"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)'
        )
        self.rows: list[list[list[str]]] = [[]]
        for match in cell.finditer(text, len(self._mark)):
            if match.start() == len(text) and not self.rows[-1]:
                break  # nothing follows the last line end
            self.rows[-1].append([match[1], match[2]])
            if match[2] == "":
                break  # the file ends without a line end
            if match[2] != delimiter:
                self.rows.append([])
        if not self.rows[-1]:
            self.rows.pop()
        if not self.rows:
            raise UsageError("the file is empty")

    @property
    def text(self) -> str:
        """The file as it is now."""
        cells = ("".join(cell) for row in self.rows for cell in row)
        return self._mark + "".join(cells)

    def cells(self, row: int) -> list[str]:
        """Return the values of a row's cells."""
        return [self.cell(row, column) for column in range(len(self.rows[row]))]

    def cell(self, row: int, column: int) -> str:
        """Return the value of a cell; empty if the row is too short."""
        if column >= len(self.rows[row]):
            return ""
        written = self.rows[row][column][0]
        if not written.startswith('"'):
            return written
        inside, _, behind = written[1:].rpartition('"')
        return inside.replace('""', '"') + behind

    def column(self, title: str) -> int:
        """Return where the column with a title in the first row is.

        Raises:
            UsageError: if there is none, or several
        """
        header = [cell.strip() for cell in self.cells(0)]
        if header.count(title) != 1:
            found = "several columns" if title in header else "no column"
            raise UsageError(f"the file has {found} {title!r}{did_you_mean(title, header)}")
        return header.index(title)

    def put(self, row: int, column: int, text: str) -> None:
        """Change a cell. It stays quoted if it was, and is quoted if that is needed."""
        cells = self.rows[row]
        while len(cells) <= column:  # a spreadsheet may have removed empty cells
            end, cells[-1][1] = cells[-1][1], self.delimiter
            cells.append(["", end])
        quoted = cells[column][0].startswith('"') or set(text) & {self.delimiter, *'"\r\n'}
        cells[column][0] = '"' + text.replace('"', '""') + '"' if quoted else text

    def label(self, row: int) -> str:
        """Return the row's number, as a spreadsheet counts it, and its first cell."""
        return f"row {row + 1} ({printable(self.cell(row, 0).strip())})"
