"""Runs as JSON and back, to be kept in the store: with them a class is judged again without running
anything.

Values are in the codec's bytes, as JSON has no word for half of them.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

from grader.model.judgement import Diagnosis, Run, RunStatus
from grader.values import Array, Value
from grader.values.codec import decode, encode

_DIGITS = 6  # of a number, when answers are compared by their digest


def runs_to_json(runs: Sequence[Run]) -> str:
    """The runs of one submission, in the order of the cases."""
    return json.dumps([_record(run) for run in runs], allow_nan=False)


def runs_from_json(text: str) -> list[Run]:
    """The runs that `runs_to_json` wrote."""
    return [
        Run(**{**each, "status": RunStatus(each["status"]), "value": _value(each["value"])})
        for each in json.loads(text)
    ]


def _record(run: Run) -> dict[str, object]:
    value = b64encode(encode(run.value)).decode("ascii") if run.value is not None else ""
    return {**vars(run), "status": run.status.value, "value": value}


def _value(text: str) -> Value:
    return decode(b64decode(text)) if text else None


def diagnoses_to_json(misconceptions: Sequence[Diagnosis]) -> str:
    """Who is suspected, with the hints as they were when it was judged."""
    return json.dumps([vars(diagnosis) for diagnosis in misconceptions])


def diagnoses_from_json(text: str) -> tuple[Diagnosis, ...]:
    """The suspects that `diagnoses_to_json` wrote."""
    return tuple(
        Diagnosis(**{**each, "slugs": tuple(each["slugs"]), "hints": tuple(each["hints"])})
        for each in json.loads(text)
    )


def answers_fingerprint(runs: Sequence[Run]) -> str:
    """A digest that is the same for submissions that answer every case the same, to six digits."""
    answers: list[Value] = [[run.status.value, _rounded(run.value)] for run in runs]
    return sha256(encode(answers)).hexdigest()


def _rounded(value: Value) -> Value:
    match value:
        case float():
            return f"{value:.{_DIGITS}g}"
        case list() | tuple():
            return [_rounded(each) for each in value]
        case dict():
            return [[_rounded(key), _rounded(each)] for key, each in value.items()]
        case Array():
            return _rounded(value.nested())
    return value
