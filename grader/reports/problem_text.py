"""A problem as Markdown: the text that `grader show` prints."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from grader.model.constraints import (
    Constraint,
    Constraints,
    ElementKind,
    Entries,
    Fields,
    OneOf,
    Range,
    Size,
)
from grader.model.credit import Credit, Group
from grader.model.entry_point import Declaration, find_declarations
from grader.model.judgement import points_number
from grader.model.problem import Case, Problem
from grader.model.python_source import parse_python
from grader.model.signature import Function
from grader.values.show import plural, show

_WIDTH = 500


def problem_markdown(problem: Problem) -> str:
    """Return title, statement and worked examples, without hidden cases."""
    about = [problem.difficulty, problem.category]
    if problem.after:
        about.append(f"after {', '.join(problem.after)}")
    if problem.paper is not None:
        about.append(f"[{problem.paper.title}]({problem.paper.url})")
    parts = [f"# {problem.title}", " · ".join(about), statement_markdown(problem), "## Examples"]
    parts += [example_markdown(case) for case in problem.cases if not case.hidden]
    return "\n\n".join(parts) + "\n"


def statement_markdown(problem: Problem) -> str:
    """Return the statement, with constraints, the groups of cases, given code and the driver."""
    parts = [problem.statement.strip(), *_constraints(problem.constraints), *_groups(problem)]
    parts += [*_given(problem), *_driver(problem)]
    return "\n\n".join(parts)


def _given(problem: Problem) -> Iterator[str]:
    """Yield the section on the modules that a problem gives."""
    if problem.given_modules:
        yield "## Given code"
        yield "Your program can import these modules, which `grader start` copies beside it:"
        files = (
            (each, find_declarations(parse_python(each.source))) for each in problem.given_modules
        )
        yield "\n".join(
            f"- `{each.name}`: {', '.join(map(_declared, declared.values())) or each.file}"
            for each, declared in files
            if each.source
        )


def _driver(problem: Problem) -> Iterator[str]:
    """Yield the section on the driver of a problem."""
    if problem.driver is not None:
        yield "## Driver"
        names = " and ".join(f"`{name}`" for name in problem.entry_point.names)
        yield f"The cases call `drive`. Its `solution` has what you write as attributes: {names}."
        source = problem.driver.source.decode("utf-8", "replace").strip()
        fence = "~~~~" if "```" in source else "```"
        yield f"{fence}python\n{source}\n{fence}"


def _declared(found: Declaration) -> str:
    part = found.part
    return f"`{part.name}{part.signature if isinstance(part, Function) else ''}`"


def in_words(constraint: Constraint) -> str:
    """Describe an argument: "a list of $N \\ge 1$ numbers, each with $x > 0$"."""
    if not isinstance(constraint.kind, ElementKind) and not constraint.sizes:
        return _one_in_words(constraint.kind)
    depth = len(constraint.sizes) - constraint.axes
    containers = [
        ("tuple" if index in constraint.tuples else "list", [size])
        for index, size in enumerate(constraint.sizes[:depth])
    ]
    if constraint.axes:
        containers.append(("array", list(constraint.sizes[depth:])))
    if constraint.kind is ElementKind.NONE and not containers:
        return "`None`"
    is_simple = isinstance(constraint.kind, ElementKind)
    element = constraint.kind.value if isinstance(constraint.kind, ElementKind) else "element"
    text = f"{element}s"
    for container, sizes in reversed(containers):
        text = f"{container}s of {_count(container, sizes)}{text}"
    one = containers[0][0] if containers else element
    # The outermost is one: "lists of …" becomes "a list of …".
    sentence = f"{_ARTICLE.get(one, 'a')} {one}{text.removeprefix(one + 's')}"
    if bounds := _bounds(constraint.range):
        sentence += f", each with {bounds}" if containers else f", {bounds}"
    clauses = [sentence, *_clauses(constraint)]
    if not is_simple:
        clauses.append(f"each element is {in_words(replace(constraint, sizes=(), axes=0))}")
    return "; ".join(clauses)


def _one_in_words(kind: Entries | Fields | OneOf) -> str:
    """Describe a value that is not a simple element."""
    match kind:
        case Entries(size, key, value):
            entries = "a dict" if size == Size() else f"a dict of ${_bounded(size)}$ entries"
            return f"{entries}, where each key is {in_words(key)} and each value {in_words(value)}"
        case Fields(items):
            elements = ", ".join(map(in_words, items))
            return f"a tuple of {plural(len(items), 'element')}: {elements}"
        case OneOf(options):
            return ", or ".join(map(in_words, options))
        case _:
            assert_never(kind)


def example_markdown(case: Case) -> str:
    """Return a public case as a worked example, below a heading with its name."""
    lines = case.preamble
    for step in case.steps:
        lines.append(case.source_of(step))
        if step.is_asked:
            decimals = step.tolerance.decimals
            asked = f" ({decimals} decimals)" if decimals is not None else ""
            answer = "several answers are right"
            if step.has_expected:
                answer = " or ".join(show(each, _WIDTH) for each in (step.expected, *step.others))
            lines.append(f"# {answer}{asked}")
        elif step.raises is not None:
            lines.append(f"# raises {step.raises}")
        if step.prints is not None:
            lines += [f"# prints: {line}" for line in step.prints.text.splitlines()]
        for name, value in step.after.items():
            lines.append(f"# {name} is then {show(value, _WIDTH)}")
    code = "\n".join(["```python", *lines, "```"])
    parts = [f"### {case.name}", code, case.explanation.strip(), case.remark.strip()]
    return "\n\n".join(part for part in parts if part)


# Constraints -------------------------------------------------------------------------------------

_ARTICLE = {"array": "an", ElementKind.INTEGER.value: "an"}
# Which list a size belongs to, by the number of indices in its name and of lists around it.
_WHOSE = {
    (1, 1): "list $i$",
    (1, 2): "each list of list $i$",
    (2, 2): "list $j$ of list $i$",
}


def _constraints(constraints: Constraints) -> Iterator[str]:
    if constraints.args or constraints.where:
        yield "## Constraints"
    if constraints.args:
        yield "\n".join(f"- `{name}`: {in_words(each)}" for name, each in constraints.args.items())
    if constraints.where:
        yield "Relations between arguments, element by element:"
        yield "\n".join(f"- `{relation.text}`" for relation in constraints.where)


def _groups(problem: Problem) -> Iterator[str]:
    if problem.groups:
        yield "## Points"
        yield "\n".join(f"- `{each.name}`: {_group_in_words(each)}" for each in problem.groups)


def _group_in_words(group: Group) -> str:
    noun = "bonus points" if group.is_bonus else "points"
    points = f"the {noun} of its cases"
    if group.points is not None:
        points = f"{points_number(group.points)} {noun}"
    clauses = [f"{points} for all of its cases" if group.credit is Credit.ALL else points]
    if group.requires:
        names = " and ".join(f"`{name}`" for name in group.requires)
        clauses.append(f"if all cases of {names} are accepted")
    if group.times_reference is not None:
        times = f"{group.times_reference:g} times the processor time of the reference solution"
        clauses.append(f"within {times}")
    return ", ".join(clauses)


def _count(container: str, sizes: list[Size]) -> str:
    """Return the number of elements, to be put before their name."""
    if container == "list" and sizes[0].per:
        return ""  # said in a clause of its own
    if len(sizes) == 1:
        return f"${_bounded(sizes[0])}$ "
    product = r" \times ".join(map(_name, sizes))
    return f"${product}$ "


def _clauses(constraint: Constraint) -> Iterator[str]:
    """Yield what does not fit into the sentence."""
    depth = len(constraint.sizes) - constraint.axes
    for around, size in enumerate(constraint.sizes):
        if around < depth and size.per:
            whose = _WHOSE.get((size.per, around), "each innermost list")
            yield f"{whose} has ${_bounded(size)}$ elements"
        elif around >= depth and constraint.axes > 1 and _bounded(size) != _name(size):
            yield f"${_bounded(size)}$"
    if constraint.range.may_be_inf or constraint.range.may_be_nan:
        odd = ["`inf`"] * constraint.range.may_be_inf + ["`nan`"] * constraint.range.may_be_nan
        yield f"{' and '.join(odd)} may occur"


def _name(size: Size) -> str:
    """Return a size in a formula. `U_j` has an index for each list around it."""
    if not size.name:
        return str(size.minimum)
    name = size.name.split("_")[0]
    letters = name if len(name) == 1 else rf"\mathrm{{{name}}}"
    return letters + ("", "_i", "_{i,j}")[size.per]


def _bounded(size: Size) -> str:
    name = _name(size)
    if not size.name or (size.minimum == 0 and size.maximum is None):
        return name
    if size.maximum is None:
        return rf"{name} \ge {size.minimum}"
    return (
        rf"{size.minimum} \le {name} \le {size.maximum}"
        if size.minimum
        else rf"{name} \le {size.maximum}"
    )


def _bounds(numbers: Range) -> str:
    lower, upper = numbers.lower, numbers.upper
    below = "<" if numbers.lower_open else r"\le"
    at_least = ">" if numbers.lower_open else r"\ge"
    above = "<" if numbers.upper_open else r"\le"
    parts = []
    if not math.isinf(lower) and not math.isinf(upper):
        parts.append(rf"{_number(lower)} {below} x {above} {_number(upper)}")
    elif not math.isinf(lower):
        parts.append(rf"x {at_least} {_number(lower)}")
    elif not math.isinf(upper):
        parts.append(rf"x {above} {_number(upper)}")
    parts += [rf"x \ne {_number(number)}" for number in numbers.excluded]
    return " and ".join(f"${part}$" for part in parts)


def _number(number: float) -> str:
    """Return a number in a formula: 1e-06 becomes a power of ten."""
    digits, _, power = repr(number).removesuffix(".0").partition("e")
    if not power:
        return digits
    tens = f"10^{{{int(power)}}}"
    return tens if digits == "1" else rf"{digits} \cdot {tens}"
