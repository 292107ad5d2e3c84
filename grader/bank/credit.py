"""Which points cases earn: groups from spec.md, bonuses, and points for keys of a dict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from grader.bank.raw import RawCase, RawSpec, RawStep
from grader.checkers.python import PythonChecker
from grader.errors import Diagnostics, Location, did_you_mean
from grader.model.credit import Credit, Group, KeyPoints, misfit_of_keys
from grader.model.problem import Case


def read_groups(spec: RawSpec | None, diagnostics: Diagnostics) -> tuple[Group, ...]:
    """Return the groups of a problem; report those that require what is not above them."""
    found: list[Group] = []
    for key, raw in spec.groups if spec is not None else ():
        name, above = key.text or "", [each.name for each in found]
        for required in raw.requires:
            if required not in above:
                at = (raw.node.get("requires") or raw.node).at
                text = f"the group {name!r} requires {required!r}, which is not a group above it"
                diagnostics.add(at, text + did_you_mean(required, above))
        group = Group(
            name,
            raw.points,
            raw.requires,
            Credit(raw.credit),
            is_bonus=raw.bonus,
            hint=raw.hint,
            times_reference=raw.time,
        )
        found.append(group)
    return tuple(found)


def assign_groups(
    spec: RawSpec,
    groups: Sequence[Group],
    raw_cases: Sequence[RawCase],
    cases: Sequence[Case],
    diagnostics: Diagnostics,
    is_complete: bool,
) -> tuple[Case, ...]:
    """Return the cases with the points that their groups give them; report what does not fit.

    Args:
        is_complete: whether the hidden cases are there too
    """
    cases = [_limited(spec, raw, case) for raw, case in zip(raw_cases, cases, strict=True)]
    by_name = {group.name: group for group in groups}
    for raw in raw_cases:
        if raw.group and raw.group not in by_name:
            at = _at(raw, "group")
            known = did_you_mean(raw.group, list(by_name)) or "; spec.md has no `groups`"
            diagnostics.add(at, f"there is no group {raw.group!r}{known}")
        elif raw.group and by_name[raw.group].times_reference is not None:
            for limit in raw.limits.keys() & {"cpu_s", "wall_s"}:
                text = f"the group {raw.group!r} has a time, which replaces {limit}; keep one"
                diagnostics.add(_at(raw, "limits"), text)
    scales = {}
    for key, raw_group in spec.groups:
        own = [case for case in cases if case.group == key.text]
        whole = sum((case.points for case in own), Fraction(0))
        if not own and is_complete:
            text = f"no case is in the group {key.text!r}; write `group: {key.text}` in its cases"
            diagnostics.add(key.at, text)
        elif raw_group.points is not None and own and not whole:
            text = f"the cases of the group {key.text!r} have no points in which to divide its own"
            diagnostics.add(key.at, text)
        if raw_group.points is not None and whole:
            scales[key.text] = raw_group.points / whole
    found = [_scaled(case, scales.get(case.group, Fraction(1))) for case in cases]
    found = [
        replace(
            case, is_bonus=case.is_bonus or (case.group in by_name and by_name[case.group].is_bonus)
        )
        for case in found
    ]
    if found and any(case.points for case in found) and not any(case.max_points for case in found):
        at = next(case.at for case in found if case.is_bonus)
        diagnostics.add(at, "every case is a bonus, so that the maximum is 0; give others points")
    return tuple(found)


def _limited(spec: RawSpec, raw: RawCase, case: Case) -> Case:
    if not raw.limits:
        return case
    return replace(case, limits=replace(spec.limits.limits, **raw.limits))


def _at(raw: RawCase, key: str) -> Location:
    return (raw.node.get(key) or raw.node).at


def _scaled(case: Case, scale: Fraction) -> Case:
    if scale == 1:
        return case
    scaled = case.with_steps(
        lambda step: step if step.points is None else replace(step, points=step.points * scale)
    )
    return replace(scaled, points=case.points * scale)


def read_key_points(raw: RawStep, label: str, add: Callable[[Location, str], None]) -> KeyPoints:
    """Return the points for keys of a step's answer; report those that do not fit it.

    Args:
        label: the step, for messages
        add: reports a message at its location
    """
    if raw.by_key is None:
        return {}
    at = (raw.node.get("points") or raw.node).at
    found = {value: points for _, value, points in raw.by_key.entries}
    if not raw.is_asked:
        add(at, f"{label} has points for keys, but expects no answer; write `expected`")
    elif isinstance(raw.checker, PythonChecker):
        add(at, f"{label} has points for keys, but its checker decides on points; return a Score")
    elif raw.any_of:
        add(at, f"{label} has points for keys, which need one `expected` in place of `any_of`")
    elif raw.has_expected and (why := misfit_of_keys(found, raw.expected)):
        key = next((key for key, value, _ in raw.by_key.entries if _is_unknown(value, raw)), None)
        add(key.at if key is not None else at, f"in {label}, {why}")
    return found


def _is_unknown(key: object, raw: RawStep) -> bool:
    return isinstance(raw.expected, dict) and key not in raw.expected
