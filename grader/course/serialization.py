"""Runs and diagnoses as JSON text for the store.

From stored runs a class is judged again without running anything. Values are written in the bytes
of `values.encode`, in base64, because JSON cannot express most of them. If all runs of a judgement
are larger than `MAX_STORED`, the large wrong answers are replaced by their beginnings, each with
its mismatch; such runs cannot be judged again.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.model.checker import Mismatch
from grader.model.judgement import CaseResult, Diagnosis, Run, RunStatus
from grader.values import Unsupported, Value
from grader.values.decode import decode
from grader.values.encode import encode
from grader.values.show import shape, show

MAX_STORED = 2 << 20  # characters of the runs of a judgement with whole answers
MAX_WRONG = 4096  # bytes of a wrong answer that is stored whole even then
_MAX_SHOWN = 500  # characters of the beginning of another one
_MISMATCH = "mismatch"  # the key of a record whose answer is not whole


def results_to_json(results: Sequence[CaseResult]) -> str:
    """Return the runs of the results of a submission as JSON, of a bounded size."""
    text = runs_to_json([each.run for each in results])
    if len(text) <= MAX_STORED:
        return text
    return json.dumps([_shortened(each) for each in results], allow_nan=False)


def runs_to_json(runs: Sequence[Run]) -> str:
    """Return the runs of one submission, in the order of the cases, as JSON."""
    return json.dumps([_record(run) for run in runs], allow_nan=False)


def runs_from_json(text: str) -> list[Run]:
    """Return the runs that `runs_to_json` wrote."""
    return [_run(record) for record in json.loads(text)]


def _run(record: dict[str, Any]) -> Run:
    fields = {name: each for name, each in record.items() if name != _MISMATCH}
    fields["status"] = RunStatus(record["status"])
    fields["value"] = _value(record["value"])
    fields["kinds"] = tuple(record.get("kinds", ()))
    fields["steps"] = tuple(map(_run, record.get("steps", ())))
    fields["given"] = _run(record["given"]) if "given" in record else None
    match _value(record.get("after", "")):
        case [list(args), dict(kwargs)]:
            fields["after"] = args, kwargs
    return Run(**fields)


def are_whole(text: str) -> bool:
    """Return whether stored runs have all answers, so that they can be judged again."""
    return f'"{_MISMATCH}"' not in text  # within a JSON string, the quotes would be escaped


def mismatches_from_json(text: str) -> dict[int, Mismatch]:
    """Return the mismatches of the answers that are not stored whole, by the number of the case."""
    if are_whole(text):
        return {}
    found = {case: each.get(_MISMATCH) for case, each in enumerate(json.loads(text))}
    values = ("got", "expected", "error", "allowed")
    return {
        case: Mismatch(**{**each, **{name: _value(each[name]) for name in values}})
        for case, each in found.items()
        if each is not None
    }


def _shortened(result: CaseResult) -> dict[str, object]:
    run, mismatch = result.run, result.mismatch
    if mismatch is None or len(encode(run.value)) <= MAX_WRONG:
        return _record(run)
    record: Mapping[str, object] = {
        "why": mismatch.why,
        "where": mismatch.where,
        "got": _encoded(_beginning(mismatch.got)),
        "expected": _encoded(_beginning(mismatch.expected)),
        "error": _encoded(mismatch.error),  # JSON has no infinity
        "allowed": _encoded(mismatch.allowed),
        "off": mismatch.off,
        "remark": mismatch.remark,
    }
    steps = tuple(replace(each, value=_beginning(each.value)) for each in run.steps)
    shortened = replace(run, value=_beginning(run.value), steps=steps)
    return {**_record(shortened), _MISMATCH: record}


def _beginning(value: Value) -> Value:
    """Return a value; of a large one, a description with its beginning."""
    if len(encode(value)) <= MAX_WRONG:
        return value
    size = shape(value)
    of = f" of shape {size}" if size else ""
    return Unsupported(f"a large value{of}, stored in part: {show(value, _MAX_SHOWN)}")


def _record(run: Run) -> dict[str, object]:
    """Return the fields of a run for JSON, without those that few runs have."""
    fields = {**vars(run), "status": run.status.value, "value": _encoded(run.value)}
    after: Value = None
    if run.after is not None:
        named: Value = {name: each for name, each in run.after[1].items()}  # noqa: C416
        after = [list(run.after[0]), named]
    rare = {
        "kinds": list(run.kinds),
        "after": _encoded(after),
        "printed": run.printed,
        "steps": [_record(each) for each in run.steps],
        "given": _record(run.given) if run.given is not None else None,
        "recorded": [],
    }
    common = {name: each for name, each in fields.items() if name not in rare}
    kept = {name: each for name, each in rare.items() if each}
    return common | kept | ({} if run.printed is None else {"printed": run.printed})


def _encoded(value: Value) -> str:
    return b64encode(encode(value)).decode("ascii") if value is not None else ""


def _value(text: str) -> Value:
    return decode(b64decode(text)) if text else None


def diagnoses_to_json(diagnoses: Sequence[Diagnosis]) -> str:
    """Return the diagnoses, with the hints as they were when the submission was judged, as JSON."""
    return json.dumps(
        [
            {
                "slugs": each.slugs,
                "hints": each.hints,
                "agrees": each.explained,
                "of": each.wrong_answers,
            }
            for each in diagnoses
        ]
    )


def diagnoses_from_json(text: str) -> tuple[Diagnosis, ...]:
    """Return the diagnoses that `diagnoses_to_json` wrote."""
    return tuple(
        Diagnosis(tuple(each["slugs"]), tuple(each["hints"]), each["agrees"], each["of"])
        for each in json.loads(text)
    )
