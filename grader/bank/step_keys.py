"""Which keys a step may have, by its action and by the others that it has."""

from __future__ import annotations

from collections.abc import Callable

from grader.bank.raw import RawStep
from grader.bank.script_names import value_of
from grader.errors import Location
from grader.model.entry_point import Action


def check_keys(raw: RawStep, label: str, add: Callable[[Location, str], None]) -> None:
    """Report keys that the action of a step does not have, or needs.

    Args:
        label: of the step, for messages
        add: reports what is wrong, and where
    """
    action = raw.action
    calls = action in (Action.CALL, Action.NEW, Action.OPERATOR)
    if raw.has_args and not calls:
        add(raw.node.at, f"{label} has `args`, but `{action.value}` takes none")
    if raw.has_value != (action is Action.SET):
        text = "needs `value`" if action is Action.SET else "has `value` without `set`"
        add(raw.node.at, f"{label} {text}")
    if action is Action.SET and raw.is_asked:
        add(raw.node.at, f"{label} assigns, which has no result to expect")
    if raw.raises:
        _check_keys_of_raises(raw, label, add)
    elif raw.show and not raw.is_asked:
        text = f"{label} has `show`, and no `expected` to compare that part with"
        add(value_of(raw, "show"), text)
    elif not raw.is_asked and (checker := raw.node.get("checker")) is not None:
        text = f"{label} has a checker, but nothing is expected; add `expected`"
        add(checker.at, text)
    if raw.after and not calls:
        text = f"{label} has `after`, but `{action.value}` has no arguments to look at"
        add(value_of(raw, "after"), text)
    if action is Action.SET and raw.name:
        add(raw.node.at, f"{label} assigns, which has no result to name")
    if action is Action.OPERATOR and any(key is not None for key, _ in raw.args):
        add(raw.node.at, f"{label} needs its `args` as a list, in order")


def _check_keys_of_raises(raw: RawStep, label: str, add: Callable[[Location, str], None]) -> None:
    """Report keys that a step which must raise an exception cannot have."""
    at = value_of(raw, "raises")
    if raw.is_asked:
        add(at, f"{label} has `expected` and `raises`; keep one")
    for key in ("checker", "tolerance", "decimals", "show"):
        if (node := raw.node.get(key)) is not None:
            add(node.at, f"{label} has `{key}` and `raises`; keep one")
    if raw.prints is not None:
        add(at, f"{label} has `prints` and `raises`; keep one")
    if raw.after:
        add(at, f"{label} has `after` and `raises`; keep one")
    if raw.name:
        add(at, f"{label} raises an exception, so `as` has nothing to name")
