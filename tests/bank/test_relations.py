"""Relations: which elements satisfy them, compared with Python, and what is refused."""

from __future__ import annotations

import ast
import operator
import pickle
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.bank.constraints.check import find_violations
from grader.bank.constraints.expression import MAX_NODES, ConstraintSyntaxError
from grader.bank.constraints.parse import parse_constraint
from grader.bank.constraints.parse_relation import parse_relation
from grader.bank.constraints.relations import check_relation
from grader.model.constraints import Constraints
from grader.values import Array, Value
from tests._support.bank import SLUGS, load

ARGS = {
    "new": parse_constraint("list[G] of list[T_i] of number"),
    "old": parse_constraint("list[G] of list[T_i] of number"),
    "row": parse_constraint("list[G] of number"),
    "eps": parse_constraint("number"),
}
DEPTHS = {"new": 2, "old": 2, "row": 1, "eps": 0}


# Constraints, arguments, a relation, and the violations, one per line.
PROPERTIES: dict[str, tuple[str, Value, str, str]] = {
    "sorted": ("list[N] of number", [1, 1, 2.5], "sorted(a)", ""),
    "sorted, of nothing": ("list[N] of number", [], "sorted(a)", ""),
    "not sorted": (
        "list[N] of number",
        [1, 3, 2, 1],
        "sorted(a)",
        "a must be sorted, but [2] is 2, after 3",
    ),
    "nan is not in order": (
        "list[N] of number or nan",
        [1, float("nan")],
        "sorted(a)",
        "a must be sorted, but [1] is nan, after 1",
    ),
    "sorted texts": ("list[N] of text", ["a", "b"], "sorted(a)", ""),
    "sorted rows": (
        "list[N] of list[K] of number",
        [[1, 2], [2, 1], [0, 0]],
        "sorted(a)",
        "a[1] must be sorted, but [1] is 1, after 2",
    ),
    "distinct": ("tuple[3] of integer", (1, 2, 3), "distinct(a)", ""),
    "not distinct": (
        "list[N] of text",
        ["a", "b", "a"],
        "distinct(a)",
        "a must have distinct elements, but [0] and [2] are 'a'",
    ),
    "an integer and its float": (
        "list[N] of number",
        [1, 1.0],
        "distinct(a)",
        "a must have distinct elements, but [0] and [1] are 1.0",
    ),
    "an array": ("array[N] of integer", Array("int8", (2,), b"\1\2"), "sorted(a)", ""),
    "symmetric": ("list[N] of list[N] of number", [[1, 2], [2, 1]], "symmetric(a)", ""),
    "not symmetric": (
        "array[N, N] of number",
        [[1, 2], [3, 1]],
        "symmetric(a)",
        "a must be symmetric, but [1][0] is 3 and [0][1] is 2",
    ),
    "not even square": (
        "array[N, K] of number",
        [[1, 2]],
        "symmetric(a)",
        "a must be symmetric, but its shape is 1 x 2",
    ),
    "symmetric matrices": (
        "list[B] of array[N, N] of number",
        [[[1]], [[2]]],
        "symmetric(a)",
        "",
    ),
    "one of two": ("list[N] of number", [2, 1], "sorted(a) or max(a) < 3", ""),
    "none of two": (
        "list[N] of number",
        [2, 1],
        "sorted(a) or max(a) < 2",
        "a must be sorted, but [1] is 1, after 2; or max(a) is 2 but must be less than 2",
    ),
    "None is not checked": ("list[N] of number or null", None, "sorted(a)", ""),
    "not None is": (
        "list[N] of number or null",
        [2, 1],
        "max(a) < 2",
        "max(a) is 2 but must be less than 2",
    ),
    "arrays in a list": (
        "list[S] of array[N] of number",
        [Array("int8", (2,), b"\1\2"), Array("int8", (2,), b"\1\3")],
        "abs(a) <= 2",
        "abs(a[1][1]) is 3 but must be at most 2",
    ),
    "arrays for an array": (
        "array[S, N] of number",
        [Array("int8", (2,), b"\1\2"), (1, 3)],
        "a < 3",
        "a[1][1] is 3 but must be less than 3",
    ),
    "tuples": (
        "list[S] of tuple[2] of number",
        [(1, 2)],
        "a < 2",
        "a[0][1] is 2 but must be less than 2",
    ),
    "integers of many digits": (
        "list[S] of integer",
        [10**5000],
        "a * 1.5 < 3",
        "a[0] * 1.5 < 3 cannot be evaluated: int too large to convert to float",
    ),
}


@pytest.mark.parametrize("text, value, relation, message", PROPERTIES.values(), ids=PROPERTIES)
def test_properties_and_odd_containers(
    text: str, value: Value, relation: str, message: str
) -> None:
    args = {"a": parse_constraint(text)}
    constraints = Constraints(args, (parse_relation(relation, args),))
    assert find_violations(constraints, {"a": value}) == message.splitlines()


REFUSED = {
    "sorted(eps)": "sorted() expects a list or an array, found 'eps'",
    "symmetric(row)": "symmetric() expects a matrix, found 'row'",
    "sorted(name)": "",
    "symmetric(names)": "expected a number, found 'names', which is declared as text",
    "sorted(edges)": "expected a number, found 'edges', which is declared as more than numbers",
    "edges < 3": "expected a number, found 'edges', which is declared as more than numbers",
    "sorted(new + 1)": "'sorted(new + 1)' is not allowed here; a relation is made of",
}


@pytest.mark.parametrize("text", REFUSED)
def test_properties_that_make_no_sense(text: str) -> None:
    args = ARGS | {
        "name": parse_constraint("list[K] of text"),
        "names": parse_constraint("list[K] of list[K] of text"),
        "edges": parse_constraint("list[M] of tuple(integer, text)"),
    }
    if not REFUSED[text]:
        parse_relation(text, args)
        return
    with pytest.raises(ConstraintSyntaxError) as caught:
        parse_relation(text, args)
    assert REFUSED[text] in str(caught.value)


class Term(NamedTuple):
    """An expression as an author writes it, and as Python for the element at [i][j]."""

    text: str
    python: str
    depth: int


ARGUMENTS = st.sampled_from(
    [Term(name, name + "[i][j]"[: 3 * depth], depth) for name, depth in DEPTHS.items()]
)
LITERALS = st.sampled_from(["0", "1", "2.5", "-3", "1e-2"]).map(lambda text: Term(text, text, 0))


def in_order(parts: tuple[Term, str, Term]) -> Term:
    left, symbol, right = parts
    text = f"({left.text}) {symbol} ({right.text})"
    python = f"({left.python}) {symbol} ({right.python})"
    return Term(text, python, max(left.depth, right.depth))


def called(parts: tuple[str, list[Term]]) -> Term:
    name, terms = parts
    text = f"{name}({', '.join(each.text for each in terms)})"
    python = f"{name}({', '.join(each.python for each in terms)})"
    return Term(text, python, max(each.depth for each in terms))


def reduced(parts: tuple[str, Term]) -> Term:
    name, term = parts
    if term.depth == 0:
        return term
    each = ("for i in range(len(row))", "for j in range(len(new[i]))")[term.depth - 1]
    return Term(f"{name}({term.text})", f"{name}([{term.python} {each}])", term.depth - 1)


def larger(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(terms, min_size=2, max_size=3)
    reductions = st.sampled_from(["min", "max", "sum", "len"])
    once = st.tuples(reductions, terms).map(reduced)
    inverse = terms.map(lambda term: Term(f"1 / ({term.text})", f"1 / ({term.python})", term.depth))
    return (
        st.tuples(terms, st.sampled_from("+-*/"), terms).map(in_order)
        | terms.map(lambda term: Term(f"-({term.text})", f"-({term.python})", term.depth))
        | terms.map(lambda term: called(("abs", [term])))
        | st.tuples(st.sampled_from(["min", "max"]), several).map(called)
        | once
        | st.tuples(reductions, once | inverse).map(reduced)
    )


TERMS = st.recursive(ARGUMENTS | LITERALS, larger, max_leaves=4)
SYMBOLS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
# A chain begins with an argument, as one that is alone on the right is moved to the left.
CHAINS = st.tuples(
    ARGUMENTS.flatmap(lambda first: TERMS.map(lambda term: in_order((first, "+", term)))),
    st.lists(st.tuples(st.sampled_from(list(SYMBOLS)), TERMS), min_size=1, max_size=1)
    | st.lists(st.tuples(st.sampled_from(list(SYMBOLS)), ARGUMENTS), min_size=2, max_size=2),
)
NUMBERS = st.sampled_from([-2, -1, -0.5, 0, 0.5, 1, 3])


@st.composite
def arguments(draw: st.DrawFn) -> dict[str, Any]:
    lengths = draw(st.lists(st.integers(0, 3), max_size=3))
    nested = st.tuples(*(st.lists(NUMBERS, min_size=each, max_size=each) for each in lengths))
    row = st.lists(NUMBERS, min_size=len(lengths), max_size=len(lengths))
    return {
        "new": list(draw(nested)),
        "old": list(draw(nested)),
        "row": draw(row),
        "eps": draw(NUMBERS),
    }


def broken_link(chain: Any, names: dict[str, Any]) -> str | None:
    """Return what a message says of the first link that does not hold, by Python's own `eval`."""
    left, links = chain
    for symbol, right in links:
        try:
            a, b = eval(left.python, names), eval(right.python, names)
        except ZeroDivisionError:
            return " cannot be evaluated: "
        except ValueError:  # the minimum or maximum of nothing
            pass
        else:
            if not SYMBOLS[symbol](a, b):
                return f" is {a!r} but must "
        left = right
    return None


@given(chains=st.lists(CHAINS, min_size=1, max_size=2), args=arguments())
def test_a_relation_agrees_with_python(chains: Any, args: dict[str, Any]) -> None:
    text = " or ".join(
        " ".join([left.text, *(f"{symbol} {right.text}" for symbol, right in links)])
        for left, links in chains
    )
    depth = max(
        term.depth for left, links in chains for term in (left, *(each[1] for each in links))
    )
    indices = [(i, j) for i in range(len(args["row"])) for j in range(len(args["new"][i]))]
    if depth < 2:
        indices = [(i, 0) for i in range(len(args["row"]))] if depth else [(0, 0)]
    expected = []
    for i, j in indices:
        broken = [broken_link(chain, {**args, "i": i, "j": j}) for chain in chains]
        if all(each is not None for each in broken):
            expected.append(broken)
    found = list(check_relation(parse_relation(text, ARGS), args))
    assert len(found) == len(expected)
    for sentence, parts in zip(found, expected, strict=True):
        for clause, part in zip(sentence.split("; or "), parts, strict=True):
            assert part is not None and part in clause


# In a problem ------------------------------------------------------------------------------------


def test_checking_a_case_parses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = load("sequence-level-policy-gradient")
    assert len(problem.constraints.where) == 3

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a relation is parsed again")

    monkeypatch.setattr(ast, "parse", refuse)
    for case in problem.cases:
        assert find_violations(problem.constraints, case.step.args) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_constraints_survive_pickling(slug: str) -> None:
    constraints = load(slug).constraints
    for case in load(slug).cases:
        find_violations(constraints, case.step.args)  # what is cached on the way is pickled too
    assert pickle.loads(pickle.dumps(constraints)) == constraints


# Edges -------------------------------------------------------------------------------------------

BEYOND_FLOAT = "1" + "0" * 400


@pytest.mark.parametrize("text", ["number, x < {}", "list[N < {}] of text"])
def test_an_integer_beyond_the_largest_float_is_not_a_bound(text: str) -> None:
    with pytest.raises(ConstraintSyntaxError, match=r"is not allowed here; a [bs].* is like"):
        parse_constraint(text.format(BEYOND_FLOAT))


def test_an_integer_beyond_the_largest_float_is_not_allowed_in_a_relation() -> None:
    with pytest.raises(ConstraintSyntaxError, match="is not allowed here; a relation is made of"):
        parse_relation(f"eps < {BEYOND_FLOAT}", ARGS)


def test_arithmetic_beyond_the_largest_float_is_reported() -> None:
    relation = parse_relation("row * 1.5 < 1", ARGS)
    assert list(check_relation(relation, {"row": [10**400, 0]})) == [
        "row[0] * 1.5 < 1 cannot be evaluated: int too large to convert to float"
    ]


@pytest.mark.parametrize(
    "text", ["-" * MAX_NODES + "eps < 1", " + ".join(["eps"] * MAX_NODES) + " < 1"]
)
def test_a_relation_that_is_too_long_is_refused(text: str) -> None:
    with pytest.raises(ConstraintSyntaxError, match="more than 100 operands and operators; split"):
        parse_relation(text, ARGS)


def test_the_longest_relation_can_be_checked_and_pickled() -> None:
    relation = parse_relation("-" * (MAX_NODES - 3) + "eps < 1", ARGS)
    assert pickle.loads(pickle.dumps(relation)) == relation
    (sentence,) = check_relation(relation, {"eps": -2})
    assert sentence.endswith(" is 2 but must be less than 1")


def test_a_relation_takes_arrays_inside_a_list() -> None:
    args = {"a": parse_constraint("list[G] of array[T_i] of number")}
    constraints = Constraints(args, (parse_relation("a < 3", args),))
    array = Array("int8", (2,), b"\1\3")
    assert find_violations(constraints, {"a": [[0], array]}) == [
        "a[1][1] is 3 but must be less than 3"
    ]


def test_a_value_computed_on_the_right_is_shown() -> None:
    relation = parse_relation("eps <= 2 * 15", ARGS)
    assert list(check_relation(relation, {"eps": 31})) == [
        "eps is 31 but must be at most 2 * 15, which is 30"
    ]


# Values of `new`, a relation in which some elements are undefined, and the violations.
UNDEFINED: dict[str, tuple[list[list[float]], str, list[str]]] = {
    "minimum of an empty list": (
        [[], [1, 2], [1]],
        "max(new) < 2",
        ["max(new[1]) is 2 but must be less than 2"],
    ),
    "of some empty lists": ([[], [1]], "sum(max(new)) > 9", []),
    "division by zero": (
        [[0, 2], [0.5]],
        "1 / new > 1",
        [
            "1 / new[0][0] > 1 cannot be evaluated: division by zero",
            "1 / new[0][1] is 0.5 but must be greater than 1",
        ],
    ),
    "division by zero in a sum": (
        [[0, 2], [0.5]],
        "sum(1 / new) > 2",
        [
            "sum(1 / new[0]) > 2 cannot be evaluated: division by zero",
            "sum(1 / new[1]) is 2.0 but must be greater than 2",
        ],
    ),
    "arithmetic with it": (
        [[0, 1]],
        "1 / new + 1 > 2",
        [
            "(1 / new[0][0]) + 1 > 2 cannot be evaluated: division by zero",
            "(1 / new[0][1]) + 1 is 2.0 but must be greater than 2",
        ],
    ),
    "on the right": (
        [[0, 4]],
        "new > 1 / new",
        ["new[0][0] > 1 / new[0][0] cannot be evaluated: division by zero"],
    ),
}


@pytest.mark.parametrize("new, text, violations", UNDEFINED.values(), ids=UNDEFINED)
def test_an_undefined_element_affects_no_other(
    new: Value, text: str, violations: list[str]
) -> None:
    assert list(check_relation(parse_relation(text, ARGS), {"new": new})) == violations


def test_a_reduction_of_a_reduction_is_a_number() -> None:
    relation = parse_relation("sum(sum(new)) + eps < 6", ARGS)
    assert list(check_relation(relation, {"new": [[1, 2], [], [3]], "eps": 0})) == [
        "sum(sum(new)) + eps is 6 but must be less than 6"
    ]
