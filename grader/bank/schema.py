"""The keys of the YAML files that an author writes, declared once.

`load` reads files by these declarations, and `make schemas` writes them as JSON Schemas, for
editors, to `grader/schemas`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.bank.checker_fields import CHECKER
from grader.bank.constraints.fields import ARGS, WHERE
from grader.bank.credit_fields import (
    NAME,
    Groups,
    Multiple,
    PointsOrKeys,
    RawGroup,
    RawKeyPoints,
)
from grader.bank.partial_fields import PARTIAL
from grader.checkers import CLOSE
from grader.checkers.python import PythonChecker
from grader.errors import spec_error
from grader.model.checker import Checker, Tolerance
from grader.model.constraints import Constraint
from grader.model.entry_point import Action
from grader.model.parts import Part, parse_part
from grader.model.prints import OutputRule, Prints
from grader.model.problem import Limits, Paper
from grader.values import Value, contains_unsupported
from grader.yaml_reader.fields import Field, ListOf, Number, Record, Text, Truth, Whole
from grader.yaml_reader.literals import AnyArguments, AnyMapping, AnyValue
from grader.yaml_reader.nodes import JsonSchema, Node


@dataclass(frozen=True)
class RawTolerance:
    """A tolerance as written; None if a key is left out."""

    node: Node
    rtol: float | None = None
    atol: float | None = None

    def over(self, base: Tolerance) -> Tolerance:
        """Return the tolerance, with what is left out taken from `base`."""
        rtol = base.rtol if self.rtol is None else self.rtol
        return Tolerance(rtol, base.atol if self.atol is None else self.atol)


@dataclass(frozen=True)
class RawLimits:
    """Limits as written.

    Attributes:
        times_reference: time limit in units of the reference's time, if that is given
    """

    limits: Limits = field(default_factory=Limits)
    times_reference: float | None = None


@dataclass(frozen=True)
class RawSpec:
    """The front matter of a spec.md."""

    node: Node
    title: str
    difficulty: str
    category: str
    function: str = ""
    functions: tuple[str, ...] = ()
    class_name: str = ""
    after: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    args: Mapping[str, Constraint] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    tolerance: RawTolerance | None = None
    integers: str = ""
    unchanged: bool = False
    limits: RawLimits = field(default_factory=lambda: RawLimits())
    preload: tuple[str, ...] = ()
    paper: Paper | None = None
    groups: tuple[tuple[Node, RawGroup], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a submission must define."""
        return self.functions or (self.function or self.class_name,)


@dataclass(frozen=True)
class RawStep:
    """A step of a case as written, or a case that is one call.

    Attributes:
        target: of the action, as written
        args: the arguments, each with its name, unless they are a list
        has_args: whether they are given
        name: of the result, for later steps
        is_asked: whether the result is compared, with the reference's if there is no `expected`
        raises: the name of each exception it may raise, and what the message must contain
        after: what arguments must be after the call
        prints, stdin: output and input of the call
        calls: how often it may call each function among its arguments
        any_of: several right answers; `expected` is then the first of them
        show: the part of the result that is compared
        by_key: points for the keys of its answer; `points` is then their sum
    """

    node: Node
    action: Action = Action.CALL
    target: str = ""
    args: tuple[tuple[Node | None, Value], ...] = ()
    has_args: bool = False
    value: Value = None
    has_value: bool = False
    name: str = ""
    expected: Value = None
    has_expected: bool = False
    is_asked: bool = False
    checker: Checker = CLOSE
    tolerance: RawTolerance | None = None
    decimals: int | None = None
    points: Fraction | None = None
    raises: tuple[tuple[Node, str], ...] = ()
    after: tuple[tuple[Node, Value], ...] = ()
    any_of: tuple[Value, ...] = ()
    prints: Prints | None = None
    stdin: str | None = None
    calls: int | None = None
    show: Part = ()
    by_key: RawKeyPoints | None = None

    @property
    def is_judged_otherwise(self) -> bool:
        """Whether something else than the result is expected."""
        return bool(self.raises or self.after) or self.prints is not None


@dataclass(frozen=True)
class RawGeneration:
    """A call of a generator as written: its arguments are all keys but `function`."""

    node: Node
    function: str
    args: tuple[tuple[Node, Value], ...] = ()


@dataclass(frozen=True)
class RawCase:
    """A case as written.

    Attributes:
        steps: the steps; a case that is one call has one
        is_call: whether it is written as one call
        points: None if the file does not say
        limits: those that differ from the problem's, by the names of their attributes
        generate: how the arguments are made, if they are not written
    """

    node: Node
    name: str
    steps: tuple[RawStep, ...]
    is_call: bool = False
    points: Fraction | None = None
    seed: int | None = None
    given: tuple[str, ...] = ()
    group: str = ""
    bonus: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    generate: RawGeneration | None = None
    explanation: str = ""
    remark: str = ""


@dataclass(frozen=True)
class RawEdit:
    """A text of the reference, and its replacement."""

    node: Node
    find: str
    replace: str = ""


@dataclass(frozen=True)
class RawMisconception:
    """A misconception as written."""

    node: Node
    slug: str
    hint: str
    edits: tuple[RawEdit, ...] = ()


@dataclass(frozen=True)
class RawExcuse:
    """A mutant that gives the right answers: the line it changes, and the reason."""

    node: Node
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class RawExcusedWarning:
    """A warning that does not apply: its rule, a part of its text, and the reason."""

    node: Node
    rule: str
    reason: str
    text: str = ""


@dataclass(frozen=True)
class RawExcuses:
    """The content of a mutants.yaml."""

    mutants: tuple[RawExcuse, ...] = ()
    warnings: tuple[RawExcusedWarning, ...] = ()


def _excuses(
    node: Node,
    excused: tuple[RawExcuse, ...] = (),
    warnings: tuple[RawExcusedWarning, ...] = (),
) -> RawExcuses:
    return RawExcuses(excused, warnings)


def _limits(node: Node, time: float | None = None, **given: Any) -> RawLimits:
    return RawLimits(Limits(**given), time)


_OWN_LIMITS = ("wall_s", "cpu_s", "memory_mib", "output_kib")  # of a case


def _own_limits(node: Node, **given: Any) -> Mapping[str, Any]:
    return given


def _paper(node: Node, title: str, url: str) -> Paper:
    return Paper(title, url)


_NO_ANSWER = object()  # of `expected: !reference`


def _spec(node: Node, **given: Any) -> RawSpec:
    return RawSpec(node, class_name=given.pop("class", ""), **given)


def _step(node: Node, **given: Any) -> RawStep:
    action = next((each for each in Action if each.value in given), Action.CALL)
    has_args, has_value, is_asked = (key in given for key in ("args", "value", "expected"))
    if "any_of" in given:
        if is_asked:
            at = node.get("any_of") or node
            raise spec_error(at.at, "expected `expected` or `any_of`, found both; keep one")
        is_asked, given["expected"] = True, given["any_of"][0]
    # `expected: null` expects None.
    judges_alone = isinstance(given.get("checker"), PythonChecker) and "raises" not in given
    has_expected = is_asked and given["expected"] is not _NO_ANSWER
    if is_asked and not has_expected:
        del given["expected"]
    if isinstance(by_key := given.get("points"), RawKeyPoints):
        given |= {"by_key": by_key, "points": by_key.total}
    return RawStep(
        node,
        action,
        target=given.pop(action.value, ""),
        name=given.pop("as", ""),
        has_args=has_args,
        has_value=has_value,
        has_expected=has_expected,
        is_asked=is_asked or judges_alone,
        **given,
    )


_OF_CASE = (
    "explanation",
    "remark",
    "points",
    "seed",
    "given",
    "group",
    "bonus",
    "limits",
    "generate",
)


def _case(node: Node, name: str, steps: tuple[RawStep, ...] = (), **given: Any) -> RawCase:
    of_case = {key: given.pop(key) for key in _OF_CASE if key in given}
    if steps:
        if isinstance(of_case.get("points"), RawKeyPoints):
            at = node.get("points") or node
            raise spec_error(at.at, "points for keys belong to the step that has the answer")
        shared = {key: given[key] for key in _SHARED if key in given}
        steps = tuple(_with_defaults(step, shared) for step in steps)
        return RawCase(node, name, steps, **of_case)
    # A case without `expected` has no answer of its own; the reference answers it.
    step = _step(node, **given)
    step = replace(step, is_asked=step.is_asked or not step.is_judged_otherwise)
    if isinstance(by_key := of_case.get("points"), RawKeyPoints):
        step = replace(step, by_key=by_key)
        of_case["points"] = by_key.total
    return RawCase(node, name, (step,), is_call=True, **of_case)


# Keys of a case that apply to each step that does not have them.
_SHARED = ("checker", "tolerance", "decimals", "calls")


def _with_defaults(step: RawStep, shared: Mapping[str, Any]) -> RawStep:
    written = {key.text for key, _ in step.node.entries()}
    missing = {key: value for key, value in shared.items() if key not in written}
    if "tolerance" in written or "decimals" in written:  # one replaces the other
        missing.pop("tolerance", None)
        missing.pop("decimals", None)
    return replace(step, **missing)


def _only(node: Node, **given: Any) -> Any:
    return next(iter(given.values()), ())


def is_left_to_reference(expected: Node) -> bool:
    """Return whether an expected answer is `!reference`."""
    return bool(expected.raw.tag == "!reference")


@dataclass(frozen=True)
class Expected:
    """An expected answer, or `!reference` for the one that the reference gives."""

    def read(self, node: Node) -> Any:
        """Return the value, or `_NO_ANSWER`; see `fields.Kind`."""
        if is_left_to_reference(node):
            if node.text != "":
                raise spec_error(node.at, f"expected nothing after !reference, found {node.label}")
            return _NO_ANSWER
        return AnyValue().read(node)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return AnyValue().schema()


@dataclass(frozen=True)
class Generator:
    """A call of a generator: the name of the function, and its arguments."""

    def read(self, node: Node) -> RawGeneration:
        """Return the call; see `fields.Kind`."""
        pairs = AnyMapping().read(node)
        function = node.get("function")
        if function is None:
            text = "expected the `function` that makes the arguments, like {function: batch}"
            raise spec_error(node.at, text)
        name = _FUNCTION.read(function)
        args = tuple((key, value) for key, value in pairs if key.text != "function")
        for key, value in args:
            if contains_unsupported(value):
                raise spec_error(key.at, "a generator gets values: numbers, texts, lists, arrays")
        return RawGeneration(node, name, args)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        about = "name of the function in generate.py; all other keys are its arguments"
        return {
            "type": "object",
            "properties": {"function": {"description": about, **_FUNCTION.schema()}},
            "required": ["function"],
        }


@dataclass(frozen=True)
class Exceptions:
    """One exception or several that a step must raise, perhaps with a text in the message."""

    def read(self, node: Node) -> tuple[tuple[Node, str], ...]:
        """Return each name with the text, "" if there is none; see `fields.Kind`."""
        if node.is_mapping:
            pairs = node.entries()
            if not pairs:
                raise spec_error(node.at, "expected an exception, like {ValueError: positive}")
            return tuple((self._named(key), Text().read(text)) for key, text in pairs)
        if node.is_list:
            if not node.items():
                raise spec_error(node.at, "expected an exception, like [ValueError, TypeError]")
            return tuple((self._named(each), "") for each in node.items())
        return ((self._named(node), ""),)

    def _named(self, node: Node) -> Node:
        _EXCEPTION.read(node)
        return node

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        name, text = _EXCEPTION.schema(), Text().schema()
        return {
            "anyOf": [
                name,
                {"type": "array", "items": name, "minItems": 1},
                {"type": "object", "additionalProperties": text, "minProperties": 1},
            ]
        }


@dataclass(frozen=True)
class Output:
    """A text, or a mapping of the rule by which it is compared to the text."""

    def read(self, node: Node) -> Prints:
        """Return the output; see `fields.Kind`."""
        return _OUTPUT.read(node) if node.is_mapping else Prints(_PRINTED.read(node))

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"anyOf": [_PRINTED.schema(), _OUTPUT.schema()]}


def _output(node: Node, **given: str) -> Prints:
    ((rule, text),) = given.items()
    return Prints(text, OutputRule(rule))


_PRINTED = Text(may_be_empty=True)
_OUTPUT = Record(
    "an output",
    _output,
    {
        "lines": Field(_PRINTED, "lines to print; blanks at their ends do not count"),
        "tokens": Field(_PRINTED, "words and numbers to print, with any blanks between them"),
        "exact": Field(_PRINTED, "text to print, to the last character"),
    },
    one_of=(tuple(rule.value for rule in OutputRule),),
)


@dataclass(frozen=True)
class PartOfAnswer:
    """A part of an answer: `[0][1]` or `['w1']`."""

    def read(self, node: Node) -> Part:
        """Return the part; see `fields.Kind`."""
        part = parse_part(Text().read(node))
        if part is None:
            what = "indices or keys in brackets, like [0][1] or ['w1']"
            raise spec_error(node.at, f"expected {what}, found {node.label}")
        return part

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"type": "string", "pattern": r"^\s*\[.*\]\s*$"}


_FUNCTION = Text(r"[A-Za-z_][A-Za-z0-9_]*", "the name of a function")
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PATH = rf"{_NAME}(\.{_NAME})*"
_EXCEPTION = Text(_PATH, "the name of an exception, like ValueError")
SLUG = NAME

TOLERANCE = Record(
    "a tolerance",
    RawTolerance,
    {
        "rtol": Field(Number(), "allowed error relative to the expected value; 1e-4 by default"),
        "atol": Field(Number(), "allowed absolute error, added to rtol's; 1e-9 by default"),
    },
)

_LIMITS: dict[str, Field[Any]] = {
    "time": Field(
        Multiple(),
        "time limit as a multiple of the reference's slowest case, like "
        "20 x reference, if that is more than cpu_s and wall_s",
    ),
    "wall_s": Field(Number(above=True), "wall time of a call in seconds; 5 by default"),
    "cpu_s": Field(Number(above=True), "CPU time of a call in seconds; 1 by default"),
    "memory_mib": Field(Whole(minimum=16), "memory of a call in MiB; 512 by default"),
    "patience": Field(
        Whole(minimum=1),
        "the number of calls that may end at their time limit (default 3); the "
        "calls left after that are stopped early",
    ),
    "output_kib": Field(
        Whole(minimum=1),
        "size of the answer in KiB; 1024 by default",
    ),
}

SPEC = Record(
    "a spec",
    _spec,
    {
        "title": Field(Text(), "title of the problem", required=True),
        "difficulty": Field(
            Text(one_of=("easy", "medium", "hard")), "difficulty of the problem", required=True
        ),
        "category": Field(Text(), "field of the problem, like Machine learning", required=True),
        "function": Field(
            Text(_NAME, "the name of a function"),
            "name of the function that students write, as in starter.py",
        ),
        "functions": Field(
            ListOf(Text(_NAME, "the name of a function"), min_items=1),
            "names of the functions that students write, if there are several",
        ),
        "class": Field(
            Text(_NAME, "the name of a class"),
            "name of the class that students write, in place of a function",
        ),
        "after": Field(
            ListOf(SLUG), "problems to solve before this one, like [gae]: `grader list` follows it"
        ),
        "tags": Field(
            ListOf(Text(r"\w[\w ./+-]*", "a word or a few")),
            "topics of the problem, like [clipping, KL]: `grader list --tag` finds it by them",
        ),
        "args": Field(ARGS, "constraint on each argument, like list[N >= 1] of number, x > 0"),
        "where": Field(WHERE, "relations between arguments, like abs(new - old) <= 30"),
        "tolerance": Field(TOLERANCE, "tolerance of all cases that do not set their own"),
        "integers": Field(
            Text(one_of=("strict",)),
            "`strict` if 2.0 is wrong where the integer 2 is expected; otherwise the checker "
            "`close` accepts it",
        ),
        "unchanged": Field(
            Truth(),
            "whether calls must leave their arguments as they are, apart from those in a case's "
            "`after`; a case fails otherwise",
        ),
        "limits": Field(
            Record(
                "limits",
                _limits,
                _LIMITS,
            ),
            "limits of each call",
        ),
        "groups": Field(
            Groups(),
            "groups of cases that earn points together: {correct: {points: 6}, fast: {points: 4, "
            "requires: correct}}; cases name theirs with `group`",
        ),
        "preload": Field(
            ListOf(Text(r"[A-Za-z_][A-Za-z0-9_.]*", "the name of a module")),
            "modules to load before the submission, not counted in its time",
        ),
        "paper": Field(
            Record(
                "a paper",
                _paper,
                {
                    "title": Field(Text(), "title of the paper", required=True),
                    "url": Field(
                        Text(r"https?://\S+", "an address that begins with https://"),
                        "address of the paper",
                        required=True,
                    ),
                },
            ),
            "paper the problem is taken from",
        ),
    },
    one_of=(("function", "functions", "class"),),
)

_JUDGED: dict[str, Field[Any]] = {
    "checker": Field(
        CHECKER, "rule by which answers are compared, like {unordered: true}; close by default"
    ),
    "tolerance": Field(TOLERANCE, "tolerance of this case, instead of the problem's"),
    "decimals": Field(Whole(maximum=15), "number of correct decimals, instead of a tolerance"),
    "after": Field(
        AnyMapping(), "arguments as they must be after the call, like {x: [0.25, 0.75]}"
    ),
    "prints": Field(
        Output(),
        "what the call must print, line by line; blanks at the ends of lines do not count. "
        "`{tokens: …}` compares words, and numbers by the tolerance, `{exact: …}` each character",
    ),
    "stdin": Field(Text(may_be_empty=True), "what the call can read with input()"),
    "calls": Field(
        Whole(minimum=1), "how often the call may call each function among its arguments"
    ),
    "any_of": Field(
        ListOf(AnyValue(), min_items=2),
        "right answers, of which one is enough, like [[0, 1], [1, 0]]",
    ),
    "show": Field(
        PartOfAnswer(),
        'the only part of the answer that is compared, like "[0][1]" or "[\'w1\']"; `expected` '
        "is the value of this part",
    ),
    "raises": Field(
        Exceptions(),
        "exception that must be raised, in place of an answer: ValueError, [ValueError, TypeError]"
        " or, with a text in its message, {ValueError: positive}",
    ),
}

STEP = Record(
    "a step",
    _step,
    {
        "call": Field(
            Text(_PATH, "a name, like tokenise or adam.step"),
            "function or method to call: `tokenise`, or `adam.step` for the result named adam",
        ),
        "new": Field(Text(_NAME, "the name of a class"), "class to make an object of"),
        "get": Field(Text(_PATH, "a name, like adam.t"), "attribute to read, like `adam.t`"),
        "set": Field(
            Text(rf"{_NAME}(\.{_NAME})+", "an attribute, like layer.weights"),
            "attribute to assign `value` to, like `layer.weights`",
        ),
        "repr": Field(Text(_PATH, "the name of a result"), "result whose `repr` is asked for"),
        "operator": Field(
            Text(_NAME, "the name of an operator"),
            "operator to apply to the list `args`: a name of Python's module operator, like `add`, "
            "or a built-in function, like `len`",
        ),
        "args": Field(AnyArguments(), "arguments of the call, by name or as a list"),
        "value": Field(AnyValue(), "value that `set` assigns"),
        "as": Field(
            Text(_NAME, "a name"), "name of the result, which later steps use, as in `!ref name`"
        ),
        "expected": Field(
            Expected(),
            "expected result; `!reference` for the one of the reference; without this key, the "
            "step is done and its result not compared, unless a `checker` of python judges it",
        ),
        **_JUDGED,
        "points": Field(
            PointsOrKeys(),
            "points of this step, if each step has its own; of each key of a dict, {w1: 2, b1: 1}",
        ),
    },
    one_of=(tuple(each.value for each in Action),),
)

CASE = Record(
    "a case",
    _case,
    {
        "name": Field(SLUG, "unique name of the case, which students see", required=True),
        "args": Field(AnyMapping(), "arguments of the call, by name"),
        "generate": Field(
            Generator(),
            "call of a function in generate.py that returns the arguments, as a dict, in place of "
            "`args`: {function: batch, seed: 3, n: 40000}",
        ),
        "steps": Field(
            ListOf(STEP, min_items=1), "steps of the case, one after the other, in place of `args`"
        ),
        "call": Field(
            Text(_NAME, "the name of a function"), "function to call, if the problem has several"
        ),
        "expected": Field(
            Expected(), "expected answer; without it, the reference answers a hidden case"
        ),
        **_JUDGED,
        "points": Field(
            PointsOrKeys(),
            "points of the case, exact, like 2, 0.5 or 1/3 (1 by default), or of each key of a "
            "dict that is the answer, like {w1: 2, b1: 1}",
        ),
        "limits": Field(
            Record("limits of a case", _own_limits, {name: _LIMITS[name] for name in _OWN_LIMITS}),
            "limits of each call of this case, where they differ from the problem's",
        ),
        "group": Field(NAME, "name of the case's group, one of `groups` in spec.md"),
        "bonus": Field(Truth(), "whether its points are added to the maximum, not part of it"),
        "seed": Field(
            Whole(maximum=2**32 - 1),
            "seed of `random` and `numpy.random`, set before the first step of the case",
        ),
        "given": Field(
            ListOf(Text(_NAME, "the name of a function"), min_items=1),
            "functions that answer as the reference does when a case that fails is run again: an "
            "error in them then costs no points of others, like [tokenise]",
        ),
        "explanation": Field(Text(), "explanation of the answer for students, in Markdown"),
        "remark": Field(Text(), "further remarks for students, in Markdown"),
    },
    one_of=(("args", "steps", "generate"),),
)

CASES = Record(
    "a file of cases",
    _only,
    {"cases": Field(ListOf(CASE, min_items=1), "list of cases", required=True)},
)

EDIT = Record(
    "an edit",
    RawEdit,
    {
        "find": Field(Text(), "text that occurs exactly once in reference.py", required=True),
        "replace": Field(Text(may_be_empty=True), "replacement of this text", required=True),
    },
)

MISCONCEPTION = Record(
    "a misconception",
    RawMisconception,
    {
        "slug": Field(SLUG, "name of the misconception", required=True),
        "hint": Field(Text(), "hint for students whose answers match it", required=True),
        "edits": Field(
            ListOf(EDIT, min_items=1),
            "edits that turn the reference into the misconception; without them, it is the file "
            "wrong/<slug>.py",
        ),
    },
)

WRONG = Record(
    "a file of misconceptions",
    _only,
    {"misconceptions": Field(ListOf(MISCONCEPTION), "list of misconceptions", required=True)},
)

EXCUSE = Record(
    "an excused mutant",
    RawExcuse,
    {
        "before": Field(
            Text(), "line of the reference, as `grader verify` shows it", required=True
        ),
        "after": Field(Text(), "line of the mutant, as `grader verify` shows it", required=True),
        "reason": Field(Text(), "reason why no valid input distinguishes the two", required=True),
    },
)

EXCUSED_WARNING = Record(
    "an excused warning",
    RawExcusedWarning,
    {
        "rule": Field(
            Text(r"[a-z0-9]+(-[a-z0-9]+)+", "the name of a rule, as in brackets after a warning"),
            "rule of the warning, which `grader verify` prints in brackets",
            required=True,
        ),
        "text": Field(Text(), "part of the warning's text; without it, all warnings of the rule"),
        "reason": Field(Text(), "reason why the warning does not apply", required=True),
    },
)

MUTANTS = Record(
    "a file of excuses",
    _excuses,
    {
        "excused": Field(ListOf(EXCUSE), "list of excused mutants"),
        "warnings": Field(ListOf(EXCUSED_WARNING), "list of excused warnings"),
    },
)

SCHEMAS: dict[str, Record[Any]] = {
    "spec": SPEC,
    "cases": CASES,
    "wrong": WRONG,
    "mutants": MUTANTS,
    "partial": PARTIAL,
}


def schema_text(name: str) -> str:
    """Return the JSON Schema of a file as JSON; its name is one of `SCHEMAS`."""
    return text_of_schema(SCHEMAS[name])


def text_of_schema(record: Record[Any]) -> str:
    """Return the JSON Schema of a record as JSON."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": record.name,
        **record.schema(),
    }
    return json.dumps(schema, indent=2) + "\n"


def write_schemas() -> None:
    """Write all schemas to `grader/schemas`."""
    folder = Path(__file__).parent.parent / "schemas"
    folder.mkdir(exist_ok=True)
    for name in SCHEMAS:
        (folder / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")


if __name__ == "__main__":
    write_schemas()
