"""Directives that write the reference from the program itself, so that it is never out of date.

    ```{cli-reference}
    ```
    Every command with its usage, arguments and options, as `--help` has them.

    ```{yaml-reference} spec
    ```
    Every key of a YAML file with its meaning: one of `bank.schema.SCHEMAS`, assignment or course.

    ```{schema-reference} judgement-2
    ```
    The same of a JSON document with a schema in `grader/schemas`.

Text inside a directive is ignored: it is for those who read the Markdown.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from importlib.resources import files
from inspect import cleandoc
from typing import Any

import click
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from grader.bank.schema import SCHEMAS
from grader.cli import cli
from grader.course.assignment_fields import make_assignment_record
from grader.course.term import make_term_record
from grader.yaml_reader.fields import Record

_OF_CLASSES: dict[str, Callable[[], Record[Any]]] = {
    "assignment": make_assignment_record,
    "course": make_term_record,
}
UNBOUNDED = 2**31  # the maximum that a form gives an integer without one of its own


class Generated(Directive, ABC):
    """A directive that is replaced by generated Markdown."""

    has_content = True

    @abstractmethod
    def markdown(self) -> Iterator[str]:
        """Yield the lines of Markdown."""

    def run(self) -> list[nodes.Node]:
        """Parse the Markdown, headings included."""
        container = nodes.section()
        container.document = self.state.document
        written = [line.replace("<", r"\<") for line in self.markdown()]
        lines = StringList(written, source=self.state.document.current_source)
        self.state.nested_parse(lines, self.content_offset, container, match_titles=True)
        return container.children


class CliReference(Generated):
    """Every command with its options."""

    def markdown(self) -> Iterator[str]:
        yield from _command(cli, None, "grader")


def _command(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    context = click.Context(command, parent=parent, info_name=name)
    yield from (f"### {context.command_path}", "")
    yield from cleandoc(command.help or "").replace("\b\n", "").splitlines()
    usage = [context.command_path, *command.collect_usage_pieces(context)]
    yield from ("", "```text", " ".join(usage), "```", "")
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and (record[1] or isinstance(parameter, click.Option)):
            yield from (f"`{record[0]}`", f": {record[1] or 'not described'}", "")
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            assert below is not None
            yield from _command(below, context, each)


class YamlReference(Generated):
    """Every key of one YAML file."""

    required_arguments = 1

    def markdown(self) -> Iterator[str]:
        name = self.arguments[0]
        form = _OF_CLASSES[name]() if name in _OF_CLASSES else SCHEMAS[name]
        return _keys(form.schema(), {})


class SchemaReference(Generated):
    """Every key of a JSON document."""

    required_arguments = 1

    def markdown(self) -> Iterator[str]:
        path = files("grader") / "schemas" / f"{self.arguments[0]}.schema.json"
        schema = json.loads(path.read_text("utf-8"))
        return _keys(schema, schema.get("$defs", {}))


def _keys(schema: dict[str, Any], definitions: dict[str, Any], above: str = "") -> Iterator[str]:
    """Describe every key of a schema and of the schemas below it."""
    for name, below in schema.get("properties", {}).items():
        below = definitions.get(below.get("$ref", "").removeprefix("#/$defs/"), {}) | below
        required = ", required" if name in schema.get("required", ()) and not definitions else ""
        yield from (f"`{above}{name}` ({_value(below)}{required})", f": {below['description']}", "")
        if below.get("type") == "array":
            yield from _keys(below["items"], definitions, f"{above}{name}[].")
        for each in (below, *below.get("anyOf", ())):
            yield from _keys(each, definitions, f"{above}{name}.")
        match below.get("additionalProperties"):
            case {"properties": keys} as named if all(
                "description" in each for each in keys.values()
            ):
                # The author chooses the names.
                yield from _keys(named, definitions, f"{above}{name}.NAME.")


def _value(schema: dict[str, Any]) -> str:
    """Describe in words what a schema accepts."""
    match schema:
        case {"anyOf": options}:
            return " or ".join(dict.fromkeys(map(_value, options)))
        case {"enum": options}:
            return ", ".join(f"`{option}`" for option in options)
        case {"const": value}:
            return f"`{value}`"
        case {"type": "array", "items": item}:
            return f"list of {_value(item)}"
        case {"type": "number" | "integer" as kind}:
            return f"{kind}{_bounds(schema)}"
        case {"type": "object"}:
            return "mapping"
        case {"type": "boolean"}:
            return "`true` or `false`"
        case {"type": ["number", "string"]}:
            return "number or fraction"
        case {"type": _}:
            return "text"
    return "any value"


def _bounds(schema: dict[str, Any]) -> str:
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤"}
    written = [
        f"{sign} {schema[key]:g}"
        for key, sign in bounds.items()
        if key in schema and schema[key] != UNBOUNDED
    ]
    return ", ".join(["", *written])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_directive("cli-reference", CliReference)
    app.add_directive("yaml-reference", YamlReference)
    app.add_directive("schema-reference", SchemaReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
