"""A CSV file whose cells can be changed while everything else stays, byte for byte."""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.values.show import printable


class Table:
    """A CSV file, of which cells can be changed and everything else stays, to the byte."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.delimiter = delimiter
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        # A cell as it is written, and what ends it. A quoted cell may hold anything.
        cell = re.compile(
            rf'("(?:[^"]|"")*+"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)'
        )
        self.rows: list[list[list[str]]] = [[]]
        for match in cell.finditer(text, len(self._mark)):
            if match.start() == len(text) and not self.rows[-1]:
                break  # behind the last line end there is nothing
            self.rows[-1].append([match[1], match[2]])
            if match[2] == "":
                break  # the end, without a line end
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
        """What the cells of a row say."""
        return [self.cell(row, column) for column in range(len(self.rows[row]))]

    def cell(self, row: int, column: int) -> str:
        """What a cell says; nothing if the row is too short to have it."""
        if column >= len(self.rows[row]):
            return ""
        written = self.rows[row][column][0]
        if not written.startswith('"'):
            return written
        inside, _, behind = written[1:].rpartition('"')
        return inside.replace('""', '"') + behind

    def put(self, row: int, column: int, text: str) -> None:
        """Change a cell; it stays quoted if it was, and is quoted if it must be."""
        cells = self.rows[row]
        while len(cells) <= column:  # a spreadsheet may have cut off empty cells
            end, cells[-1][1] = cells[-1][1], self.delimiter
            cells.append(["", end])
        quoted = cells[column][0].startswith('"') or self.delimiter in text
        cells[column][0] = f'"{text}"' if quoted else text

    def place(self, row: int) -> str:
        """A row in a message, as a spreadsheet counts it, with its first cell."""
        return f"row {row + 1} ({printable(self.cell(row, 0).strip())})"
