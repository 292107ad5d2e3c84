"""Load a problem from its folders under `problems/` and, if it has one, under `solutions/`.

    problems/SLUG/spec.md        front matter and, below it, the statement in Markdown
    problems/SLUG/starter.py     the stub, which defines the signature of the function
    problems/SLUG/cases.yaml     the public cases
    problems/SLUG/checker.py     the author's own checkers, if a case names one
    solutions/SLUG/reference.py  the reference solution
    solutions/SLUG/right/*.py    other correct solutions
    solutions/SLUG/wrong.yaml    the known misconceptions: edits of the reference, or wrong/*.py
    solutions/SLUG/cases.yaml    the hidden cases, in the format of the public ones

The keys of the YAML files are declared in `schema`. All errors of a problem are reported together,
each with its file, line and column.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from grader.bank.checker_files import CheckerFiles
from grader.bank.constraints.fields import ARGS, read_relations
from grader.bank.edits import apply_edits, normalise_text
from grader.bank.schema import (
    CASE,
    CASES,
    MISCONCEPTION,
    SPEC,
    WRONG,
    RawCase,
    RawMisconception,
    RawSpec,
)
from grader.checkers import with_strict_integers
from grader.errors import Diagnostics, Location, SpecError, did_you_mean, shown_path, spec_error
from grader.model.checker import Tolerance
from grader.model.entry_point import EntryPoint, find_declarations
from grader.model.problem import (
    Case,
    Constraint,
    Constraints,
    Edit,
    Misconception,
    Problem,
    Relation,
)
from grader.model.python_source import parse_python
from grader.values import contains_unsupported
from grader.values.show import show
from grader.yaml_reader.nodes import Node, has_key, parse


def load_problem(folder: str, solutions: str | None = None) -> Problem:
    """Return the problem in `folder`, with hidden cases and misconceptions if `solutions` is given.

    Args:
        folder: path of the problem's folder; its last part is the slug
        solutions: path of the folder with the problem's solutions

    Raises:
        SpecError: with every error in the problem's files
    """
    diagnostics = Diagnostics()
    spec: RawSpec | None = None
    front_matter: Node | None = None
    entry_point: EntryPoint | None = None
    statement, starter, function, reference, text = "", b"", "", None, None
    constraints = Constraints()
    accepted: dict[str, bytes] = {}
    misconceptions: list[Misconception] = []
    raw_cases: list[tuple[RawCase, bool]] = []  # each with whether it is hidden
    names = _UniqueNames("case")

    with diagnostics.gather():
        path = Path(folder, "spec.md")
        front, statement = _split(path)
        root = front_matter = parse(front, _shown(path), first_line=2)
        function = _text(root.get("function"))  # known even if another key is invalid
        spec = SPEC.read(root)
    with diagnostics.gather():
        path = Path(folder, "starter.py")
        starter = _read(path)
        entry_point = _entry_point(_python(path)[1], path, function)
    if front_matter is not None:
        constraints = _read_constraints(front_matter, spec, entry_point, diagnostics)
    # Public cases run first, so that a submission cannot print there what it saw in a hidden case.
    with diagnostics.gather():
        root = _parse(Path(folder, "cases.yaml"))
        _check_cases(root, entry_point, False, names, diagnostics)
        raw_cases += [(raw, False) for raw in CASES.read(root)]
    if solutions is not None:
        with diagnostics.gather():
            path = Path(solutions, "reference.py")
            reference = _read(path)
            text, tree = _python(path)
            _entry_point(tree, path, function)
        if Path(solutions, "cases.yaml").exists():
            with diagnostics.gather():
                root = _parse(Path(solutions, "cases.yaml"))
                _check_cases(root, entry_point, True, names, diagnostics)
                raw_cases += [(raw, True) for raw in CASES.read(root)]
        if Path(solutions, "wrong.yaml").exists():
            with diagnostics.gather():
                root = _parse(Path(solutions, "wrong.yaml"))
                misconceptions = _misconceptions(root, text, solutions, diagnostics)
                WRONG.read(root)
        for path in sorted(Path(solutions, "right").glob("*.py")):
            with diagnostics.gather():
                accepted[path.stem] = _read(path)
    if entry_point is not None:
        for raw, _ in raw_cases:
            _check_passing(raw, entry_point, diagnostics)
    checkers = CheckerFiles(folder, solutions, _read_python, diagnostics)
    raw_cases = [(checkers.complete(raw, hidden), hidden) for raw, hidden in raw_cases]
    for raw, _ in raw_cases:
        _check_expected(raw, diagnostics)
    diagnostics.raise_any()
    assert spec is not None and entry_point is not None  # else an error was raised
    base = spec.tolerance.over(Tolerance()) if spec.tolerance else Tolerance()
    return Problem(
        slug=os.path.basename(os.path.abspath(folder)),
        title=spec.title,
        difficulty=spec.difficulty,
        category=spec.category,
        entry_point=entry_point,
        statement=statement,
        starter=starter,
        cases=tuple(_case(raw, base, bool(spec.integers), hidden) for raw, hidden in raw_cases),
        constraints=constraints,
        limits=spec.limits.limits,
        preload=spec.preload,
        times_reference=spec.limits.times_reference,
        paper=spec.paper,
        reference=reference,
        accepted=accepted,
        misconceptions=tuple(misconceptions),
        private=_private(folder, solutions),
        after=spec.after,
        tags=spec.tags,
    )


def _private(folder: str, solutions: str | None) -> tuple[str, ...]:
    """Return the folders of the bank that a problem is in, or else those of the problem."""
    found = []
    for path, name in ((folder, "problems"), (solutions, "solutions")):
        if path is not None:
            path = os.path.abspath(path)
            parent = os.path.dirname(path)
            found.append(parent if os.path.basename(parent) == name else path)
    return tuple(found)


def read_spec(folder: str) -> RawSpec:
    """Return the front matter of the spec.md in a problem's folder.

    Raises:
        SpecError: if the file or its front matter is missing or invalid
    """
    path = Path(folder, "spec.md")
    return SPEC.read(parse(_split(path)[0], _shown(path), first_line=2))


def _split(path: Path) -> tuple[str, str]:
    """Return the front matter and the body of a Markdown file."""
    text = read_text(path)
    lines = text.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    if len(fences) < 2 or fences[0] != 0:
        message = "the file must begin with front matter: YAML between two lines of three hyphens"
        raise spec_error(Location(_shown(path)), message)
    return "".join(lines[1 : fences[1]]), "".join(lines[fences[1] + 1 :]).lstrip("\n")


def _case(raw: RawCase, base: Tolerance, strict: bool, hidden: bool) -> Case:
    tolerance = raw.tolerance.over(base) if raw.tolerance else base
    return Case(
        name=raw.name,
        args={key.text or "": value for key, value in raw.args},
        at=raw.node.at,
        expected=raw.expected,
        has_expected=raw.has_expected,
        checker=with_strict_integers(raw.checker) if strict else raw.checker,
        tolerance=tolerance if raw.decimals is None else Tolerance.of_decimals(raw.decimals),
        points=raw.points,
        hidden=hidden,
        explanation=raw.explanation,
        remark=raw.remark,
    )


def _misconceptions(
    root: Node, reference: str | None, solutions: str, diagnostics: Diagnostics
) -> list[Misconception]:
    """Return the valid misconceptions; report an error for each invalid one."""
    names = _UniqueNames("misconception")
    out = []
    for node in _list(root, "misconceptions"):
        names.check(node.get("slug"), diagnostics)
        with suppress(SpecError):  # reported when the whole file is read
            raw = MISCONCEPTION.read(node)
            with diagnostics.gather():
                if not raw.edits:
                    out.append(Misconception(raw.slug, raw.hint, _read_wrong_file(raw, solutions)))
                elif reference is not None:
                    edits = tuple(Edit(edit.find, edit.replace) for edit in raw.edits)
                    source = apply_edits(raw, reference)
                    out.append(Misconception(raw.slug, raw.hint, source, edits))
    return out


def _read_wrong_file(raw: RawMisconception, solutions: str) -> bytes:
    path = Path(solutions, "wrong", raw.slug + ".py")
    if not path.exists():
        message = f"misconception {raw.slug!r} has neither `edits` nor a file {_shown(path)}"
        raise spec_error(raw.node.at, message)
    return _read(path)


def _python(path: Path) -> tuple[str, ast.Module]:
    """Return the text of a source file and its syntax tree."""
    text = read_text(path)
    try:
        return text, parse_python(text)
    except SyntaxError as error:
        at = Location(_shown(path), max(error.lineno or 1, 1), max(error.offset or 1, 1))
        raise spec_error(at, f"not valid Python: {error.msg}") from None


def _read_python(path: Path) -> tuple[bytes, ast.Module]:
    """Return a source file and its syntax tree."""
    return _read(path), _python(path)[1]


def _entry_point(tree: ast.Module, path: Path, function: str) -> EntryPoint | None:
    """Return the entry point as a file declares it; None if spec.md does not name a function.

    Raises:
        SpecError: if the file does not declare it
    """
    if not function.isidentifier():  # reported for spec.md already
        return None
    declarations = find_declarations(tree)
    if function not in declarations:
        hint = did_you_mean(function, list(declarations))
        message = f"the function {function!r} that spec.md names is not defined here{hint}"
        raise spec_error(Location(_shown(path)), message)
    return declarations[function].entry_point


def _read_constraints(
    root: Node,
    spec: RawSpec | None,
    entry_point: EntryPoint | None,
    diagnostics: Diagnostics,
) -> Constraints:
    args, where = root.get("args"), root.get("where")
    if entry_point is not None and args is not None:
        _check_names(args, [parameter.name for parameter in entry_point.parameters], diagnostics)
    known: Mapping[str, Constraint] = {}
    if spec is not None:
        known = spec.args
    elif args is not None:
        try:
            known = ARGS.read(args)
        except SpecError:  # reported already, with the other errors of the front matter
            return Constraints()
    relations: tuple[Relation, ...] = ()
    if where is not None:
        with diagnostics.gather():
            relations = read_relations(where, known)
    for parameter in entry_point.parameters if entry_point is not None else ():
        if parameter.default == "None" and parameter.name in known:
            known = {**known, parameter.name: known[parameter.name].or_none()}
    return Constraints(known, relations)


def _check_cases(
    root: Node,
    entry_point: EntryPoint | None,
    hidden: bool,
    names: _UniqueNames,
    diagnostics: Diagnostics,
) -> None:
    for node in _list(root, "cases"):
        names.check(node.get("name"), diagnostics)
        if not node.is_mapping:
            continue
        name, args, tolerance = node.get("name"), node.get("args"), node.get("tolerance")
        label = f"case {show(name.text)}" if name is not None and name.text else "this case"
        if entry_point is not None and args is not None and args.is_mapping:
            _check_args(args, entry_point, label, diagnostics)
        checker = node.get("checker")
        is_judged_alone = checker is not None and checker.get("python") is not None
        has_expected = is_judged_alone or has_key(node, "expected", list(CASE.fields))
        if not hidden and not has_expected:
            diagnostics.add(node.at, f"{label} needs `expected`, the answer that students see")
        if tolerance is not None and node.get("decimals") is not None:
            diagnostics.add(
                tolerance.at, "expected `decimals` or `tolerance`, found both; keep one"
            )


def _check_args(args: Node, entry_point: EntryPoint, label: str, diagnostics: Diagnostics) -> None:
    names = [parameter.name for parameter in entry_point.parameters]
    _check_names(args, names, diagnostics)
    for parameter in entry_point.parameters:
        if parameter.is_required and not has_key(args, parameter.name, names):
            diagnostics.add(args.at, f"{label} needs the argument {parameter.name!r}")


def _check_passing(raw: RawCase, entry_point: EntryPoint, diagnostics: Diagnostics) -> None:
    """Report arguments of a case that cannot be passed to the function."""
    keys = {key.text or "": key for key, _ in raw.args}
    misuse = entry_point.find_misuse({key.text or "": value for key, value in raw.args})
    for name, text in misuse.items():
        diagnostics.add(keys[name].at, f"in case {raw.name!r}, {text}")


def _check_expected(raw: RawCase, diagnostics: Diagnostics) -> None:
    """Report an expected answer that the checker of its case cannot compare anything with."""
    expected = raw.node.get("expected")
    if expected is not None and contains_unsupported(raw.expected):
        diagnostics.add(expected.at, "a random generator cannot be expected; write what it draws")
    if expected is not None and (why := raw.checker.unsuitable(raw.expected)):
        diagnostics.add(expected.at, f"the checker `{raw.checker.name}` does not apply: {why}")


def _check_names(args: Node, names: Sequence[str], diagnostics: Diagnostics) -> None:
    for key, _ in args.entries():
        if key.text is not None and key.text not in names:
            hint = did_you_mean(key.text, names)
            diagnostics.add(key.at, f"the function has no parameter {show(key.text)}{hint}")


class _UniqueNames:
    """Report names that are used more than once."""

    def __init__(self, label: str) -> None:
        self.label = label  # the kind of thing named, for messages
        self.first: dict[str, Location] = {}

    def check(self, name: Node | None, diagnostics: Diagnostics) -> None:
        if name is None or not name.text:
            return
        if name.text in self.first:
            first = f"first used at {self.first[name.text]}"
            message = f"duplicate {self.label} name {show(name.text)} ({first}); choose another"
            diagnostics.add(name.at, message)
        self.first.setdefault(name.text, name.at)


def _list(root: Node, key: str) -> list[Node]:
    value = root.get(key)
    return value.items() if value is not None else []


def _text(node: Node | None) -> str:
    return (node.text or "") if node is not None else ""


# Files -------------------------------------------------------------------------------------------


def _parse(path: Path) -> Node:
    return parse(read_text(path), _shown(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise spec_error(Location(_shown(path)), f"cannot be read: {error.strerror}") from None


def read_text(path: Path) -> str:
    """Return the text of a problem's file, with `\\n` as line breaks.

    Raises:
        SpecError: if it cannot be read, or is not UTF-8
    """
    data = _read(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = _end_of(data[: error.start].decode("utf-8"), path)
        message = f"the byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise spec_error(at, message) from None
    if "\0" in text:
        at = _end_of(text[: text.index("\0")], path)
        raise spec_error(at, "found a null byte; remove it")
    return normalise_text(text)


def _end_of(start: str, path: Path) -> Location:
    """Return the location that follows the given beginning of a file."""
    return Location(_shown(path), start.count("\n") + 1, len(start) - start.rfind("\n"))


def _shown(path: Path) -> str:
    return shown_path(str(path))
