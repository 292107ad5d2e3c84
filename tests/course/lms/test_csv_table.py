"""A CSV file keeps every byte that is not changed."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from grader.course.lms.csv_table import Table

CELLS = st.text(st.sampled_from('a ,;"\r\n\t=é'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4), st.booleans())
def test_table_reads_csv_and_keeps_every_byte(cells: list[list[str]], quote_all: bool) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerows(cells)
    table = Table("\ufeff" + out.getvalue(), ",")
    assert [table.cells(row) for row in range(len(table.rows))] == cells
    assert table.text == "\ufeff" + out.getvalue()


@given(st.text(st.sampled_from('a,"\r\n'), min_size=1))
def test_table_keeps_every_byte_of_malformed_csv(text: str) -> None:
    assert Table(text, ",").text == text


@given(CELLS, st.booleans(), st.sampled_from(",;\t"))
def test_what_is_put_into_a_table_is_read_back(text: str, quoted: bool, delimiter: str) -> None:
    cell = '"old"' if quoted else "old"
    table = Table(delimiter.join(("a", cell, "b\n")), delimiter)
    table.put(0, 1, text)
    assert next(csv.reader(io.StringIO(table.text, newline=""), delimiter=delimiter)) == [
        *("a", text, "b")
    ]
