"""The keys of a file of cases: of a case that is one call, and of a case of several steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grader.bank.answer_fields import DOTTED_NAME, IDENTIFIER, JUDGED, NO_ANSWER, Expected
from grader.bank.credit_fields import NAME, PointsOrKeys, RawKeyPoints
from grader.bank.limit_fields import OWN_LIMITS
from grader.bank.raw import RawCase, RawGeneration, RawStep
from grader.checkers.python import PythonChecker
from grader.errors import spec_error
from grader.model.entry_point import Action
from grader.values import contains_unsupported
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Record, Text, Truth, Whole
from grader.yaml_reader.literals import AnyArguments, AnyMapping, AnyValue
from grader.yaml_reader.nodes import JsonSchema, Node

_FUNCTION = Text(IDENTIFIER, "the name of a function")


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
    has_expected = is_asked and given["expected"] is not NO_ANSWER
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


def only(node: Node, **given: Any) -> Any:
    """Return the value of the only key of a record; an empty tuple if it is left out."""
    return next(iter(given.values()), ())


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
                text = "expected a number, a text, a list or an array for the generator"
                raise spec_error(key.at, f"{text}; make other objects in generate.py")
        return RawGeneration(node, name, args)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        about = "name of the function in generate.py; all other keys are its arguments"
        return {
            "type": "object",
            "properties": {"function": {"description": about, **_FUNCTION.schema()}},
            "required": ["function"],
        }


STEP = Record(
    "a step",
    _step,
    {
        "call": Field(
            Text(DOTTED_NAME, "a name, like tokenise or adam.step"),
            "function or method to call: `tokenise`, or `adam.step` for the result named adam",
        ),
        "new": Field(Text(IDENTIFIER, "the name of a class"), "class to make an object of"),
        "get": Field(Text(DOTTED_NAME, "a name, like adam.t"), "attribute to read, like `adam.t`"),
        "set": Field(
            Text(rf"{IDENTIFIER}(\.{IDENTIFIER})+", "an attribute, like layer.weights"),
            "attribute to assign `value` to, like `layer.weights`",
        ),
        "repr": Field(Text(DOTTED_NAME, "the name of a result"), "result to call `repr` on"),
        "operator": Field(
            Text(IDENTIFIER, "the name of an operator"),
            "operator to apply to the list `args`: a name of Python's module operator, like `add`, "
            "or a built-in function, like `len`",
        ),
        "args": Field(AnyArguments(), "arguments of the call, by name or as a list"),
        "value": Field(AnyValue(), "value that `set` assigns"),
        "as": Field(
            Text(IDENTIFIER, "a name"),
            "name of the result, which later steps use, as in `!ref name`",
        ),
        "expected": Field(
            Expected(),
            "expected result; `!reference` for the one of the reference; without this key, the "
            "step is run, but its result is not compared, unless a `checker` of python judges it",
        ),
        **JUDGED,
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
        "name": Field(NAME, "unique name of the case, which students see", required=True),
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
            Text(IDENTIFIER, "the name of a function"),
            "function to call, if the problem has several",
        ),
        "expected": Field(
            Expected(), "expected answer; without it, the reference answers a hidden case"
        ),
        **JUDGED,
        "points": Field(
            PointsOrKeys(),
            "points of the case, exact, like 2, 0.5 or 1/3 (1 by default), or of each key of a "
            "dict that is the answer, like {w1: 2, b1: 1}",
        ),
        "limits": Field(
            OWN_LIMITS,
            "limits of each call of this case, where they differ from the problem's",
        ),
        "group": Field(NAME, "name of the case's group, one of `groups` in spec.md"),
        "bonus": Field(Truth(), "whether its points are added to the score, not to the maximum"),
        "seed": Field(
            Whole(maximum=2**32 - 1),
            "seed of `random` and `numpy.random`, set before the first step of the case",
        ),
        "given": Field(
            ListOf(Text(IDENTIFIER, "the name of a function"), min_items=1),
            "functions that return the reference's answers when a failed case is run again, so "
            "that an error in them costs no points of other functions, like [tokenise]",
        ),
        "explanation": Field(Text(), "explanation of the answer for students, in Markdown"),
        "remark": Field(Text(), "further remarks for students, in Markdown"),
    },
    one_of=(("args", "steps", "generate"),),
)

CASES = Record(
    "a file of cases",
    only,
    {"cases": Field(ListOf(CASE, min_items=1), "list of cases", required=True)},
)
