"""Loads a problem: its folder under `problems/` and, where there is one, under `solutions/`.

    problems/SLUG/spec.md        front matter and, below it, the statement in Markdown
    problems/SLUG/starter.py     the stub; its signature is the problem's
    problems/SLUG/cases.yaml     the public cases
    solutions/SLUG/reference.py  the reference solution
    solutions/SLUG/right/*.py    other right solutions
    solutions/SLUG/wrong.yaml    the known misconceptions: edits of the reference, or wrong/*.py
    solutions/SLUG/cases.yaml    the hidden cases, of the same form as the public ones

The forms of the YAML are declared in `forms`. Everything that is wrong with a problem is told at
once, each with file, line and column.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from grader.errors import Complaints, Location, complain, did_you_mean
from grader.forms import CASES, SPEC, WRONG, CaseForm, SpecForm, WrongForm
from grader.model import Case, Misconception, Parameter, Problem, Tolerance
from grader.yamlfile import Node, Record, parse

T = TypeVar("T")


def load_problem(folder: str, solutions: str | None = None) -> Problem:
    """The problem in `folder`, with what students do not see from `solutions` if that is given.

    Raises:
        SpecError: with everything that is wrong with the problem's files
    """
    complaints = Complaints()
    spec: SpecForm | None = None
    parameters: tuple[Parameter, ...] | None = None
    statement, starter, reference = "", b"", None
    right: dict[str, bytes] = {}
    misconceptions: tuple[Misconception, ...] = ()
    public: tuple[CaseForm, ...] = ()
    hidden: tuple[CaseForm, ...] = ()

    with complaints.gather():
        statement = _split(Path(folder, "spec.md"))[1]
        spec = read_spec(folder)
    with complaints.gather():
        starter = _read(Path(folder, "starter.py"))
        if spec is not None:
            parameters = _signature(starter, Path(folder, "starter.py"), spec.function)
    with complaints.gather():
        public = _read_form(CASES, Path(folder, "cases.yaml"))
    if solutions is not None:
        with complaints.gather():
            reference = _read(Path(solutions, "reference.py"))
            if spec is not None:
                _signature(reference, Path(solutions, "reference.py"), spec.function)
        if Path(solutions, "cases.yaml").exists():
            with complaints.gather():
                hidden = _read_form(CASES, Path(solutions, "cases.yaml"))
        if Path(solutions, "wrong.yaml").exists() and reference is not None:
            with complaints.gather():
                forms = _read_form(WRONG, Path(solutions, "wrong.yaml"))
                misconceptions = _misconceptions(forms, reference, solutions)
        right = {path.stem: _read(path) for path in sorted(Path(solutions, "right").glob("*.py"))}

    _refuse_twins(((form.name, form.node) for form in (*public, *hidden)), "case", complaints)
    base = spec.tolerance.over(Tolerance()) if spec and spec.tolerance else Tolerance()
    cases = []
    for form, is_hidden in [*((f, False) for f in public), *((f, True) for f in hidden)]:
        with complaints.gather():
            cases.append(_case(form, parameters, base, is_hidden))
    complaints.raise_any()
    assert spec is not None and parameters is not None  # else there was a complaint
    return Problem(
        slug=os.path.basename(os.path.abspath(folder)),
        title=spec.title,
        difficulty=spec.difficulty,
        category=spec.category,
        function=spec.function,
        parameters=parameters,
        statement=statement,
        starter=starter,
        cases=tuple(cases),
        limits=spec.limits,
        paper=spec.paper,
        reference=reference,
        right=right,
        misconceptions=misconceptions,
    )


def read_spec(folder: str) -> SpecForm:
    """The front matter of a problem's spec.md.

    Raises:
        SpecError: if it is not there or not of its form
    """
    path = Path(folder, "spec.md")
    return SPEC.read(parse(_split(path)[0], _shown(path), first_line=2))


def _split(path: Path) -> tuple[str, str]:
    """Front matter and body of a Markdown file."""
    text = _read_text(path)
    lines = text.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    if len(fences) < 2 or fences[0] != 0:
        message = "the file must begin with front matter: YAML between two lines of three hyphens"
        raise complain(Location(_shown(path)), message)
    return "".join(lines[1 : fences[1]]), "".join(lines[fences[1] + 1 :]).lstrip("\n")


def _case(
    form: CaseForm, parameters: tuple[Parameter, ...] | None, base: Tolerance, hidden: bool
) -> Case:
    complaints = Complaints()
    at = form.node.at
    given = {key.text or "": value for key, value in form.args}
    if parameters is not None:
        names = [parameter.name for parameter in parameters]
        for key, _ in form.args:
            if key.text not in names:
                known = did_you_mean(key.text or "", names)
                complaints.add(key.at, f"the function has no parameter {key.text!r}{known}")
        for parameter in parameters:
            if parameter.required and parameter.name not in given:
                complaints.add(at, f"case {form.name!r} needs the argument {parameter.name!r}")
    if not hidden and not form.has_expected:
        complaints.add(at, f"case {form.name!r} is public and needs `expected`: students see it")
    if form.decimals is not None and form.tolerance is not None:
        complaints.add(form.tolerance.node.at, "a case has `decimals` or `tolerance`, not both")
    complaints.raise_any()
    tolerance = form.tolerance.over(base) if form.tolerance else base
    return Case(
        name=form.name,
        args=given,
        at=at,
        expected=form.expected,
        has_expected=form.has_expected,
        checker=form.checker,
        tolerance=tolerance if form.decimals is None else Tolerance.of_decimals(form.decimals),
        points=form.points,
        hidden=hidden,
        explanation=form.explanation,
        remark=form.remark,
    )


def _misconceptions(
    forms: tuple[WrongForm, ...], reference: bytes, solutions: str
) -> tuple[Misconception, ...]:
    complaints = Complaints()
    _refuse_twins(((form.slug, form.node) for form in forms), "misconception", complaints)
    out = []
    for form in forms:
        with complaints.gather():
            source = _edited(form, reference) if form.edits else _wrong_file(form, solutions)
            out.append(Misconception(form.slug, form.hint, source))
    complaints.raise_any()
    return tuple(out)


def _wrong_file(form: WrongForm, solutions: str) -> bytes:
    path = Path(solutions, "wrong", form.slug + ".py")
    if not path.exists():
        message = f"misconception {form.slug!r} has neither `edits` nor a file {_shown(path)}"
        raise complain(form.node.at, message)
    return _read(path)


def _edited(form: WrongForm, reference: bytes) -> bytes:
    text = reference.decode("utf-8")
    for edit in form.edits:
        count = text.count(edit.find)
        if count != 1:
            times = "not at all" if count == 0 else f"{count} times"
            message = f"the text to find stands {times} in the reference; it must stand there once"
            raise complain(edit.node.at, message)
        text = text.replace(edit.find, edit.replace)
    try:
        ast.parse(text)
    except SyntaxError as error:
        message = f"edited so, the reference is no Python: {error.msg} in line {error.lineno}"
        raise complain(form.node.at, message) from None
    return text.encode("utf-8")


def _signature(source: bytes, path: Path, function: str) -> tuple[Parameter, ...]:
    """The parameters of the function, as the file declares them."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        at = Location(_shown(path), error.lineno or 1, error.offset or 1)
        raise complain(at, f"this is no Python: {error.msg}") from None
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if function not in defined:
        hint = did_you_mean(function, list(defined))
        message = f"the function {function!r} that spec.md names is not defined here{hint}"
        raise complain(Location(_shown(path)), message)
    node = defined[function]
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        at = Location(_shown(path), node.lineno, node.col_offset + 1)
        raise complain(at, "the parameters must be plain names: no *args, **kwargs, / or *")
    required = len(arguments.args) - len(arguments.defaults)
    return tuple(Parameter(arg.arg, i < required) for i, arg in enumerate(arguments.args))


def _refuse_twins(named: Iterable[tuple[str, Node]], what: str, complaints: Complaints) -> None:
    first: dict[str, Location] = {}
    for name, node in named:
        if name in first:
            message = f"another {what} is called {name!r}, at {first[name]}; names must differ"
            complaints.add(node.at, message)
        first.setdefault(name, node.at)


def _read_form(form: Record[Any], path: Path) -> Any:
    return form.read(parse(_read_text(path), _shown(path)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise complain(Location(_shown(path)), f"cannot be read: {error.strerror}") from None


def _read_text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"this is not UTF-8 at byte {error.start}; save the file as UTF-8"
        raise complain(Location(_shown(path)), message) from None


def _shown(path: Path) -> str:
    """The path as the reader would write it: from here, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
