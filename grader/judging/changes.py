"""Which arguments a call changed, to the last bit and however they are passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.checkers import CLOSE, STRICT_INTEGERS, Elementwise
from grader.checkers.any_of import AnyOf
from grader.checkers.unordered import Unordered
from grader.judging.output import find_mismatch_of_output
from grader.model.checker import Checker, Mismatch
from grader.model.entry_point import Call
from grader.model.judgement import Run, RunStatus
from grader.model.script import Step
from grader.model.signature import Function
from grader.values import Value, as_arrays, contains_unsupported
from grader.values.encode import encode

AFTER_THE_CALL = " after the call"  # ends the place of a mismatch that is about an argument
CHANGED = "the call must not change its argument"
AFTER = "after"  # what `Call.watches` must have, so that a run knows the arguments afterwards


def arguments_after(call: Call, run: Run, function: Function | None) -> dict[str, Value]:
    """Return the arguments of a call as they are after it, by name; {} if they are not known.

    An argument without a name has its number, from 1; the arguments of a parameter `*args` are
    left out.
    """
    if run.after is None:
        return {}
    args, kwargs = run.after
    return dict(_named(args, function, len(call.args))) | dict(kwargs)


def arguments_of(step: Step, run: Run) -> dict[str, Value]:
    """Return the arguments of a step as they are after it; see `arguments_after`."""
    return arguments_after(step.call(), run, step.function)


def values_after(step: Step, run: Run) -> list[Value]:
    """Return the arguments of a step as they are after it, without objects and generators.

    Of these, nobody can say whether they are the same in two runs.
    """
    before = step.all_args
    after = arguments_of(step, run).items()
    return [each for name, each in after if not contains_unsupported(before.get(name))]


def find_mismatch_after(step: Step, run: Run) -> Mismatch | None:
    """Return what is wrong with the output of a step, or with its arguments after it.

    Return None if nothing is, or if it neither returned nor raised what it must raise.
    """
    if not step.is_observed or not (run.status is RunStatus.RETURNED or has_raised(step, run)):
        return None
    if step.prints is not None:
        mismatch = find_mismatch_of_output(step.prints, run.printed, step.tolerance)
        if mismatch is not None:
            return mismatch
    if not (step.after or step.is_pure):
        return None
    if run.after is None:
        return Mismatch(why="the arguments after the call are not known")
    found = arguments_of(step, run) if step.after else {}
    for name, expected in step.after.items():
        rule = rule_for_arguments(step.checker)
        mismatch = rule.compare(found.get(name), expected, step.tolerance)
        if mismatch is not None:
            where = f"{name}{mismatch.where}{AFTER_THE_CALL}"
            return replace(mismatch, where=where, places=(), off="")
    if step.is_pure:
        for name in _changed(step.call(), run, step.function):
            if name not in step.after:
                remark = f"{CHANGED} {name}"
                return Mismatch(remark=remark, got=arguments_of(step, run).get(name))
    return None


def has_raised(step: Step, run: Run) -> bool:
    """Return whether a step raised an exception that it must raise."""
    if step.raises is None or run.status is not RunStatus.RAISED:
        return False
    return step.raises.accepts(run.kinds, run.error)


def rule_for_arguments(checker: Checker) -> Checker:
    """Return by which rule arguments are compared: that of the answer if it is element by element.

    Other rules, such as "in any order" or "up to a factor", are about the answer alone.
    """
    rule = checker.rule if isinstance(checker, AnyOf) else checker
    if isinstance(rule, Elementwise):
        return rule
    return STRICT_INTEGERS if isinstance(rule, Unordered) and rule.strict_integers else CLOSE


def changed_arguments(call: Call, run: Run, function: Function | None) -> list[str]:
    """Return the names of the arguments that a call changed, in order.

    Results of earlier steps are left out, as nothing is known of them before the call, and random
    generators, as they are made to be drawn from.

    Args:
        run: with the arguments after the call; if it failed, nothing is known
    """
    return _changed(call, run, function) if run.status is RunStatus.RETURNED else []


def _changed(call: Call, run: Run, function: Function | None) -> list[str]:
    if run.after is None:
        return []
    args, kwargs = run.after
    pairs = zip(args, call.args, strict=False)
    numbers = [number for number, pair in enumerate(pairs) if _is_changed(*pair)]
    changed = [
        name for name, before in call.kwargs.items() if _is_changed(kwargs.get(name), before)
    ]
    if numbers:
        named = enumerate(_named(call.args, function, len(call.args), variadic=True))
        changed = [*(name for number, (name, _) in named if number in numbers), *changed]
    return list(dict.fromkeys(changed))


def _is_changed(after: Value, before: Value) -> bool:
    if after is before or encode(after) == encode(before):  # as nearly always
        return False
    is_other = encode(_sorted_by_key(after)) != encode(_sorted_by_key(as_arrays(before)))
    return is_other and not contains_unsupported(before)


def _sorted_by_key(value: Value) -> Value:
    """Return a value in which dicts are sorted: a key that is put back comes last, but is equal."""
    match value:
        case list():
            return list(map(_sorted_by_key, value))
        case tuple():
            return tuple(map(_sorted_by_key, value))
        case dict():
            items = sorted(value.items(), key=lambda item: encode(item[0]))
            return {key: _sorted_by_key(each) for key, each in items}
        case _:
            return value


def _named(
    args: object, function: Function | None, count: int, variadic: bool = False
) -> Iterator[tuple[str, Value]]:
    values = list(args) if isinstance(args, list | tuple) else []
    names = [str(number) for number in range(1, count + 1)]
    if function is not None:
        names = function.names_by_position(count)
    for name, value in zip(names, values, strict=False):
        if variadic or names.count(name) == 1:
            yield name, value
