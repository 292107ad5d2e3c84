"""Runs and diagnoses as JSON text for the store, and fingerprints of answers.

From stored runs a class is judged again without running anything. Values are written in the bytes
of `values.codec`, in base64, because JSON cannot express most of them.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import assert_never

from grader.model.judgement import Diagnosis, Run, RunStatus
from grader.values import Array, Unsupported, Value
from grader.values.codec import decode, encode

_DIGITS = 6  # significant digits of a number in a fingerprint


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


def answers_fingerprint(runs: Sequence[Run]) -> str:
    """Return a digest that is equal for submissions with the same answers in every case.

    Numbers are compared to six significant digits, and exceptions without their messages.
    """
    answers: list[Value] = [[run.status.value, _rounded(run.value)] for run in runs]
    return sha256(encode(answers)).hexdigest()


def _rounded(value: Value) -> Value:
    """Return a value that is encoded to the same bytes for equal answers, and only for them."""
    match value:
        case float():
            return _digits(value)
        case complex():
            return _digits(value.real) + _digits(value.imag) + b"j"
        case list() | tuple():
            return [_rounded(each) for each in value]
        case set() | frozenset():
            return ["set", *_ordered(_rounded(each) for each in value)]
        case dict():
            return [
                "dict",
                *_ordered([_rounded(key), _rounded(each)] for key, each in value.items()),
            ]
        case Array():
            return _rounded(value.nested())
        case None | int() | str() | bytes() | Unsupported():
            return value
    assert_never(value)


def _digits(number: float) -> bytes:
    return f"{number + 0.0:+.{_DIGITS}g}".encode()  # + 0.0 turns -0.0 into 0.0


def _ordered(values: Iterable[Value]) -> list[Value]:
    """Return the values in an order that does not depend on hashes or on insertion."""
    return sorted(values, key=encode)
