"""Load a problem from its folders under `problems/` and, if it has one, under `solutions/`.

    problems/SLUG/spec.md        front matter and, below it, the statement in Markdown
    problems/SLUG/starter.py     the stub, which declares what students write: functions or a class
    problems/SLUG/cases.yaml     the public cases
    problems/SLUG/checker.py     the author's own checkers, if a case names one
    problems/SLUG/generate.py    functions that make arguments, if a case names one
    problems/SLUG/driver.py      what cases do with a submission, if steps cannot say it
    problems/SLUG/given/*.py     modules that submissions can import, and that students receive
    solutions/SLUG/reference.py  the reference solution
    solutions/SLUG/right/*.py    other correct solutions
    solutions/SLUG/wrong.yaml    the known misconceptions: edits of the reference, or wrong/*.py
    solutions/SLUG/cases.yaml    the hidden cases, in the format of the public ones
    solutions/SLUG/checker.py    more checkers, for hidden cases only
    solutions/SLUG/generate.py   more functions that make arguments, for hidden cases only

The keys of the YAML files are declared in `schema` and `case_fields`. All errors of a problem are
reported together, each with its file, line and column.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from grader.bank import checker_files, generate_files
from grader.bank.author_files import AuthorFiles
from grader.bank.case_checks import UniqueNames, check_cases, check_names
from grader.bank.case_fields import CASES
from grader.bank.checker_files import CheckerFiles
from grader.bank.constraints.fields import ARGS, read_relations
from grader.bank.credit import assign_groups, read_groups
from grader.bank.driver_file import read_driver
from grader.bank.function_arguments import FunctionArguments
from grader.bank.generate_files import GenerateFiles
from grader.bank.given_files import read_given
from grader.bank.misconception_files import read_misconceptions
from grader.bank.problem_files import (
    parse_file,
    parse_python_file,
    read_bytes,
    read_python,
    shown,
    split_front_matter,
)
from grader.bank.raw import RawCase, RawSpec
from grader.bank.schema import SPEC, WRONG
from grader.bank.scripts import CaseReader
from grader.errors import Diagnostics, Location, SpecError, did_you_mean
from grader.model.checker import Tolerance
from grader.model.constraints import Constraint, Constraints, Relation
from grader.model.entry_point import Class, Declaration, EntryPoint, find_declarations
from grader.model.problem import Case, Driver, Misconception, Problem
from grader.model.signature import Function
from grader.values.dataclasses import dataclass
from grader.yaml_reader.nodes import Node, parse


def load_problem(folder: str, solutions: str | None = None, *, is_draft: bool = False) -> Problem:
    """Return the problem in `folder`, with hidden cases and misconceptions if `solutions` is given.

    Args:
        folder: path of the problem's folder; its last part is the slug
        solutions: path of the folder with the problem's solutions
        is_draft: whether public cases may lack their answers

    Raises:
        SpecError: with every error in the problem's files
    """
    diagnostics = Diagnostics()
    spec: RawSpec | None = None
    front_matter: Node | None = None
    entry_point: EntryPoint | None = None
    declared: Mapping[str, Declaration] = {}
    statement, starter, wanted, reference, text = "", b"", _Wanted(), None, None
    constraints = Constraints()
    accepted: dict[str, bytes] = {}
    misconceptions: list[Misconception] = []
    raw_cases: list[tuple[RawCase, bool]] = []  # each with whether it is hidden
    names = UniqueNames("case")

    with diagnostics.gather():
        path = Path(folder, "spec.md")
        front, statement = split_front_matter(path)
        root = front_matter = parse(front, shown(path), first_line=2)
        wanted = _Wanted.of(root)  # known even if another key is invalid
        spec = SPEC.read(root)
    with diagnostics.gather():
        path = Path(folder, "starter.py")
        starter = read_bytes(path)
        declared = find_declarations(parse_python_file(path)[1])
        entry_point = _entry_point(declared, path, wanted)
    given = read_given(folder, read_python, diagnostics)
    driver: Driver | None = None
    with diagnostics.gather():
        driver = read_driver(folder, read_python)
    if front_matter is not None:
        constraints = _read_constraints(front_matter, spec, entry_point, driver, diagnostics)
    # Public cases run first. Otherwise a submission could print in a public case, whose output
    # students see, what it saw in a hidden one.
    with diagnostics.gather():
        root = parse_file(Path(folder, "cases.yaml"))
        check_cases(root, entry_point, driver, is_draft, names, diagnostics)
        raw_cases += [(raw, False) for raw in CASES.read(root)]
    if solutions is not None:
        with diagnostics.gather():
            path = Path(solutions, "reference.py")
            reference = read_bytes(path)
            text, tree = parse_python_file(path)
            _entry_point(find_declarations(tree), path, wanted)
        if Path(solutions, "cases.yaml").exists():
            with diagnostics.gather():
                root = parse_file(Path(solutions, "cases.yaml"))
                check_cases(root, entry_point, driver, True, names, diagnostics)
                raw_cases += [(raw, True) for raw in CASES.read(root)]
        if Path(solutions, "wrong.yaml").exists():
            with diagnostics.gather():
                root = parse_file(Path(solutions, "wrong.yaml"))
                misconceptions = read_misconceptions(root, text, solutions, diagnostics)
                WRONG.read(root)
        for path in sorted(Path(solutions, "right").glob("*.py")):
            with diagnostics.gather():
                accepted[path.stem] = read_bytes(path)
    cases: Sequence[Case] = []
    groups = read_groups(spec, diagnostics)
    if entry_point is not None:
        strict = spec is not None and bool(spec.integers)
        pure = spec is not None and spec.unchanged
        functions = FunctionArguments(given, spec.preload if spec is not None else ())
        tolerance = _tolerance(spec)
        reader = CaseReader(
            entry_point, declared, diagnostics, tolerance, strict, pure, functions, driver
        )
        files = partial(
            AuthorFiles,
            folder=folder,
            solutions=solutions,
            parse=read_python,
            diagnostics=diagnostics,
        )
        checkers = CheckerFiles(files(checker_files.NAME), diagnostics)
        generators = GenerateFiles(files(generate_files.NAME), diagnostics)
        cases = [
            replace(
                reader.read(checkers.complete(raw, hidden), hidden),
                generation=generators.generation(raw, hidden),
            )
            for raw, hidden in raw_cases
        ]
        written = [raw for raw, _ in raw_cases]
        if spec is not None:
            is_complete = solutions is not None
            cases = assign_groups(spec, groups, written, cases, diagnostics, is_complete)
    diagnostics.raise_any()
    assert spec is not None and entry_point is not None  # else an error was raised
    return Problem(
        slug=os.path.basename(os.path.abspath(folder)),
        title=spec.title,
        difficulty=spec.difficulty,
        category=spec.category,
        entry_point=entry_point,
        statement=statement,
        starter=starter,
        cases=tuple(cases),
        constraints=constraints,
        tolerance=_tolerance(spec),
        limits=spec.limits.limits,
        preload=spec.preload,
        given_modules=given.modules,
        driver=driver,
        times_reference=spec.limits.times_reference,
        paper=spec.paper,
        reference=reference,
        accepted=accepted,
        misconceptions=tuple(misconceptions),
        private=_private(folder, solutions),
        after=spec.after,
        tags=spec.tags,
        groups=groups,
    )


def _private(folder: str, solutions: str | None) -> tuple[str, ...]:
    """Return the folders that submissions must not read.

    They are `problems` and `solutions` of the bank, or the problem's own if it is not in a bank.
    """
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
    return SPEC.read(parse(split_front_matter(path)[0], shown(path), first_line=2))


def _tolerance(spec: RawSpec | None) -> Tolerance:
    """Return the tolerance of cases that do not set their own."""
    given = spec.tolerance if spec is not None else None
    return given.over(Tolerance()) if given is not None else Tolerance()


@dataclass(frozen=True)
class _Wanted:
    """What students have to write, according to spec.md.

    Attributes:
        key: "function", "functions" or "class"
    """

    key: str = "function"
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, root: Node) -> _Wanted:
        """Return it from front matter; `names` is empty if a name is missing or invalid."""
        for key in ("function", "functions", "class"):
            if (node := root.get(key)) is not None:
                names = tuple(_text(each) for each in (node.items() or [node]))
                return cls(key, names if all(name.isidentifier() for name in names) else ())
        return cls()


def _entry_point(
    declared: Mapping[str, Declaration], path: Path, wanted: _Wanted
) -> EntryPoint | None:
    """Return the entry point as a file declares it; None if spec.md does not name any.

    Raises:
        SpecError: if the file does not declare it
    """
    if not wanted.names:  # reported for spec.md already
        return None
    diagnostics = Diagnostics()
    noun, word = ("class", "class") if wanted.key == "class" else ("function", "def")
    kind = Class if wanted.key == "class" else Function
    for name in wanted.names:
        if name not in declared:
            known = [each for each, found in declared.items() if isinstance(found.part, kind)]
            hint = did_you_mean(name, known)
            text = f"the {noun} {name!r} that spec.md names is not defined here with `{word}`{hint}"
            diagnostics.add(Location(shown(path)), text)
        elif not isinstance(declared[name].part, kind):
            found, other = declared[name], "function" if noun == "class" else "class"
            text = f"{name} is a {other}; write `{other}: {name}` in spec.md, not `{wanted.key}`"
            diagnostics.add(Location(shown(path), found.line, found.column), text)
    diagnostics.raise_any()
    return EntryPoint(tuple(declared[name].part for name in wanted.names))


def _read_constraints(
    root: Node,
    spec: RawSpec | None,
    entry_point: EntryPoint | None,
    driver: Driver | None,
    diagnostics: Diagnostics,
) -> Constraints:
    args, where = root.get("args"), root.get("where")
    parameters = [*(entry_point.parameters if entry_point is not None else ())]
    parameters += driver.function.parameters if driver is not None else ()
    if (
        entry_point is not None
        and args is not None
        and not (driver and driver.function.takes_any_name)
    ):
        check_names(args, [parameter.name for parameter in parameters], diagnostics)
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
    for parameter in parameters:
        if parameter.default == "None" and parameter.name in known:
            known = {**known, parameter.name: known[parameter.name].or_none()}
    return Constraints(known, relations)


def _text(node: Node | None) -> str:
    return (node.text or "") if node is not None else ""
