"""The steps of a case: what each refers to, and whether that exists.

A step names a function or class of the starter, or the result of an earlier step. The parameters
that the starter declares decide how arguments are passed, so targets are looked up when a problem
is loaded, and all mistakes are reported then, at their line and column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from grader.bank.credit import read_key_points
from grader.bank.expectations import Expectations
from grader.bank.function_arguments import NO_FUNCTIONS, FunctionArguments
from grader.bank.raw import RawCase, RawStep
from grader.bank.script_names import ScriptNames, value_of
from grader.bank.step_keys import check_keys
from grader.errors import Diagnostics, Location, did_you_mean
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import Action, Declaration, EntryPoint
from grader.model.problem import Case, Driver
from grader.model.script import DRIVE, MAX_STEPS, Step, functions_in, references
from grader.model.signature import Function
from grader.values import Ref, Value, as_arrays, contains_unsupported, libraries_of
from grader.values.dataclasses import dataclass
from grader.values.show import plural, show
from grader.yaml_reader.nodes import Node


@dataclass(frozen=True)
class CaseReader:
    """Converts cases as written in YAML to `Case` objects.

    Attributes:
        declared: what the starter declares, by name
        tolerance: of cases that do not set their own
        is_strict: whether a float is wrong where an integer is expected
        is_pure: whether calls must not change their arguments
        functions: completes arguments that are functions
        driver: the problem's driver, which cases of one call use, if there is one
    """

    entry_point: EntryPoint
    declared: Mapping[str, Declaration]
    diagnostics: Diagnostics
    tolerance: Tolerance = DEFAULT_TOLERANCE
    is_strict: bool = False
    is_pure: bool = False
    functions: FunctionArguments = NO_FUNCTIONS
    driver: Driver | None = None

    def read(self, raw: RawCase, hidden: bool) -> Case:
        """Return a case; report what is wrong with its steps."""
        steps = _ScriptReader(self, raw).steps()
        case = Case(
            raw.name,
            steps,
            raw.node.at,
            points=self._points(raw),
            seed=raw.seed,
            given=raw.given,
            hidden=hidden,
            explanation=raw.explanation,
            remark=raw.remark,
            group=raw.group,
            is_bonus=raw.bonus,
        )
        self._check_given(case, raw.node.get("given"))
        return case

    def _check_given(self, case: Case, node: Node | None) -> None:
        """Report functions that a case cannot give, and points that could not be determined."""
        if node is None:
            return
        known = [each.name for each in self.entry_point.parts if isinstance(each, Function)]
        for each in node.items():
            if each.text not in known:
                advice = did_you_mean(each.text or "", known) or "; it names none"
                text = f"case {case.name!r} gives {show(each.text)}, which is not a function of"
                self.diagnostics.add(each.at, f"{text} spec.md{advice}")
        asked = [step for step in case.steps if step.is_judged]
        if asked and all(map(case.gives, asked)):
            text = f"case {case.name!r} gives every function that it judges; give fewer"
            self.diagnostics.add(node.at, text)
        elif not case.has_step_points and any(map(case.gives, asked)):
            number = case.steps.index(next(filter(case.gives, asked))) + 1
            text = f"case {case.name!r} judges step {number}, which calls a given function"
            advice = "give each step `points`, to state what the others earn"
            self.diagnostics.add(node.at, f"{text}; {advice}")

    def _points(self, raw: RawCase) -> Fraction:
        of_steps = [step.points for step in raw.steps if step.points is not None]
        if raw.is_call or not of_steps:
            return Fraction(1) if raw.points is None else raw.points
        if raw.points is not None:
            text = "expected the points of the case or those of its steps, found both; keep one"
            self.diagnostics.add(raw.node.at, text)
        return sum(of_steps, Fraction(0))


class _ScriptReader:
    """Reads the steps of one case, and keeps track of the named results of earlier steps."""

    def __init__(self, reader: CaseReader, raw: RawCase) -> None:
        self._reader = reader
        self._raw = raw
        self._entry_point = reader.entry_point
        later = [step.name for step in raw.steps]
        self._names = ScriptNames(reader.entry_point, reader.declared, later, self._add)
        self._number = 0

    def steps(self) -> tuple[Step, ...]:
        raw = self._raw
        if len(raw.steps) > MAX_STEPS:
            text = f"expected at most {MAX_STEPS} steps, found {len(raw.steps)}; use several cases"
            self._add(raw.steps[MAX_STEPS].node.at, text)
            return ()
        if not raw.is_call and not any(
            step.is_asked or step.is_judged_otherwise for step in raw.steps
        ):
            text = f"no step of case {raw.name!r} has an expectation; give one `expected`"
            self._add(raw.node.at, text)
        found = []
        for self._number, step in enumerate(raw.steps, 1):
            found.append(self._step(step))
            if step.name:
                self._names.name_result(step)
        return tuple(found)

    def _add(self, at: Location, text: str) -> None:
        self._reader.diagnostics.add(at, text)

    @property
    def _label(self) -> str:
        """The step in a message: "step 3 of case 'two-steps'", or the case if that is one call."""
        case = f"case {self._raw.name!r}"
        return case if self._raw.is_call else f"step {self._number} of {case}"

    def _step(self, raw: RawStep) -> Step:
        is_driven = self._is_driven(raw)
        function = self._function(raw) if not is_driven else None
        raw = self._with_functions(raw)
        named = {(key.text or ""): value for key, value in raw.args if key is not None}
        listed = tuple(value for key, value in raw.args if key is None)
        if raw.action is Action.REPR:
            listed = (Ref(raw.target),)
        if raw.action is Action.SET:
            named = {"value": raw.value}
        check_keys(raw, self._label, self._add)
        if function is not None:
            self._check_arguments(raw, function, named, bool(listed))
            if listed and all(each.takes_name for each in function.parameters):
                listed, named = (), self._by_name(raw, function, listed)
        if raw.action is not Action.REPR:  # whose target is reported already
            for value in (*listed, *named.values()):
                self._check_references(raw, value)
        if raw.any_of:
            pass  # its values are looked at together
        elif any(True for _ in references(raw.expected)):
            self._add(raw.node.at, f"in {self._label}, `expected` refers to a result; write it out")
        elif contains_unsupported(raw.expected):
            text = "a random generator cannot be expected; write what it draws"
            if any(True for _ in functions_in(raw.expected)):
                text = "a function cannot be expected; write what it returns"
            self._add(value_of(raw, "expected"), text)
        expects = Expectations(self._names, self._label, self._add, self._reader.is_strict)
        own = raw.tolerance.over(self._reader.tolerance) if raw.tolerance else None
        tolerance = own or self._reader.tolerance
        return Step(
            args=named,
            at=raw.node.at,
            checker=expects.read_checker(raw),
            action=raw.action,
            target=DRIVE if is_driven else raw.target,
            function=function,
            is_driven=is_driven,
            listed=listed,
            name=raw.name,
            expected=raw.expected,
            has_expected=raw.has_expected,
            is_asked=raw.is_asked,
            tolerance=tolerance if raw.decimals is None else Tolerance.of_decimals(raw.decimals),
            points=None if self._raw.is_call else raw.points,
            key_points=read_key_points(raw, self._label, self._add),
            raises=expects.read_raises(raw),
            others=raw.any_of[1:],
            prints=raw.prints,
            stdin=raw.stdin,
            show=raw.show,
            after=expects.read_after(raw, named),
            is_pure=self._reader.is_pure and raw.action in (Action.CALL, Action.NEW),
        )

    def _is_driven(self, raw: RawStep) -> bool:
        """Return whether a step calls the driver; report arguments that it does not take."""
        driver = self._reader.driver
        if driver is None or raw.action is not Action.CALL:
            return False
        if raw.target != ("" if self._raw.is_call else DRIVE) or raw.target in self._names.known:
            return False
        if any(key is None for key, _ in raw.args):
            self._add(raw.node.at, f"{self._label} gives the driver a list; name the arguments")
        elif (
            raw.target and not driver.function.takes_any_name
        ):  # else checked before the case was read
            named = {key.text or "": value for key, value in raw.args if key is not None}
            self._check_arguments(raw, driver.function, named, is_list=False)
        return True

    def _with_functions(self, raw: RawStep) -> RawStep:
        """Return a step with complete functions among its arguments; report what is wrong."""
        args: list[tuple[Node | None, Value]] = []
        for number, (key, value) in enumerate(raw.args, 1):
            label = (key.text or "") if key is not None else f"argument {number}"
            found, wrong = self._reader.functions.complete(value, label, raw.calls)
            for library in libraries_of(value) - {*self._reader.functions.preload}:
                wrong.append(f"{label} is a tensor; add `preload: [{library}]` to spec.md")
            for text in wrong:
                self._add((key or raw.node).at, f"in {self._label}, {text}")
            args.append((key, found))
        written = raw.node.get("calls")
        if written is not None and not any(True for _, each in args for _ in functions_in(each)):
            text = "`calls` limits functions among the arguments, and there are none"
            self._add(written.at, f"in {self._label}, {text}")
        # Answers and arguments come back as arrays.
        any_of, after = tuple(map(as_arrays, raw.any_of)), raw.after
        after = tuple((key, as_arrays(each)) for key, each in after)
        expected = as_arrays(raw.expected)
        return replace(raw, args=tuple(args), expected=expected, any_of=any_of, after=after)

    def _function(self, raw: RawStep) -> Function | None:
        """Return the function of a step, if its parameters are known; report an unknown target."""
        if self._raw.is_call and not raw.target:
            return self._only_function(raw)
        return self._names.function_of(raw, self._label)

    def _only_function(self, raw: RawStep) -> Function | None:
        function = self._entry_point.function
        if function is None:
            noun, names = self._entry_point.noun, str(self._entry_point)
            advice = "give it `steps`"
            if noun == "functions":
                advice = "name the one to call with `call`, or give it `steps`"
            self._add(raw.node.at, f"case {self._raw.name!r} is for the {noun} {names}; {advice}")
        return function

    # Arguments -----------------------------------------------------------------------------------

    def _check_arguments(
        self, raw: RawStep, function: Function, named: Mapping[str, Value], is_list: bool
    ) -> None:
        if self._raw.generate is not None:
            return  # checked when they are made
        names = [parameter.name for parameter in function.parameters]
        if is_list:
            if len(raw.args) > len(names) and "*" not in function.signature:
                given = plural(len(raw.args), "argument")
                text = f"{self._label} gives {given}, and {function.name} has {len(names)}"
                self._add(raw.node.at, text)
            return
        if raw.target:  # else checked before the whole case was read
            for key, _ in raw.args:
                if key is not None and key.text not in names:
                    known = did_you_mean(key.text or "", names)
                    self._add(key.at, f"{function.name} has no parameter {show(key.text)}{known}")
            self._check_required(raw, function, named)
        for name, text in function.find_misuse(named).items():
            at = next(key.at for key, _ in raw.args if key is not None and key.text == name)
            self._add(at, f"in {self._label}, {text}")

    def _by_name(
        self, raw: RawStep, function: Function, listed: Sequence[Value]
    ) -> dict[str, Value]:
        """Return arguments of a list by the names of their parameters."""
        named = dict(zip([each.name for each in function.parameters], listed, strict=False))
        self._check_required(raw, function, named)
        return named

    def _check_required(self, raw: RawStep, function: Function, named: Mapping[str, Value]) -> None:
        for parameter in function.parameters:
            if parameter.is_required and parameter.name not in named:
                text = f"{self._label} needs the argument {parameter.name!r} of {function.name}"
                self._add(raw.node.at, text)

    def _check_references(self, raw: RawStep, value: Value) -> None:
        for each in references(value):
            self._names.check_known(each.description.partition(".")[0], raw.node.at, self._label)
