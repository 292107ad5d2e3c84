"""The JSON Schema of `assignment.yaml`, for editors; `make schemas` writes it."""

from __future__ import annotations

from pathlib import Path

from grader.bank.schema import text_of_schema
from grader.course.assignment import assignment_record

PATH = Path(__file__).parent.parent / "schemas" / "assignment.schema.json"


def assignment_schema_text() -> str:
    """Return the JSON Schema as JSON."""
    return text_of_schema(assignment_record())


if __name__ == "__main__":
    PATH.write_text(assignment_schema_text(), encoding="utf-8")
