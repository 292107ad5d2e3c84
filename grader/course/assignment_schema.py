"""The JSON Schemas of the files of assignments and courses; `make schemas` writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from grader.bank.schema import text_of_schema
from grader.course.assignment_fields import make_assignment_record
from grader.course.term import make_term_record
from grader.yaml_reader.fields import Record

_FOLDER = Path(__file__).parent.parent / "schemas"
SCHEMAS: Mapping[Path, Callable[[], Record[Any]]] = {
    _FOLDER / "assignment.schema.json": make_assignment_record,
    _FOLDER / "course.schema.json": make_term_record,
}


def schema_text(path: Path) -> str:
    """Return the JSON Schema of a file as JSON, by the path of the schema."""
    return text_of_schema(SCHEMAS[path]())


if __name__ == "__main__":
    for path in SCHEMAS:
        path.write_text(schema_text(path), encoding="utf-8")
