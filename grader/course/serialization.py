"""Runs and diagnoses as JSON text for the store.

From stored runs a class is judged again without running anything. Values are written in the bytes
of `values.codec`, in base64, because JSON cannot express most of them.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence

from grader.model.judgement import Diagnosis, Run, RunStatus
from grader.values import Value
from grader.values.codec import decode, encode


def runs_to_json(runs: Sequence[Run]) -> str:
    """Return the runs of one submission, in the order of the cases, as JSON."""
    return json.dumps([_record(run) for run in runs], allow_nan=False)


def runs_from_json(text: str) -> list[Run]:
    """Return the runs that `runs_to_json` wrote."""
    return [
        Run(**{**each, "status": RunStatus(each["status"]), "value": _value(each["value"])})
        for each in json.loads(text)
    ]


def _record(run: Run) -> dict[str, object]:
    value = b64encode(encode(run.value)).decode("ascii") if run.value is not None else ""
    return {**vars(run), "status": run.status.value, "value": value}


def _value(text: str) -> Value:
    return decode(b64decode(text)) if text else None


def diagnoses_to_json(diagnoses: Sequence[Diagnosis]) -> str:
    """Return the diagnoses, with the hints as they were when the submission was judged, as JSON."""
    return json.dumps([vars(diagnosis) for diagnosis in diagnoses])


def diagnoses_from_json(text: str) -> tuple[Diagnosis, ...]:
    """Return the diagnoses that `diagnoses_to_json` wrote."""
    return tuple(
        Diagnosis(**{**each, "slugs": tuple(each["slugs"]), "hints": tuple(each["hints"])})
        for each in json.loads(text)
    )
