"""Random generators: an argument that a submission gets, and never an answer."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from grader.checkers import CHECKERS
from grader.errors import SpecError
from grader.judging.changes import changed_arguments
from grader.model.checker import DEFAULT_TOLERANCE
from grader.model.entry_point import Call
from grader.model.judgement import Run, RunStatus
from grader.model.signature import Function, Parameter
from grader.values import MAX_SEED, Generator, Value, contains_unsupported
from grader.values.as_numpy import as_numpy
from grader.values.decode import DecodeError, decode
from grader.values.encode import encode
from grader.values.show import show
from grader.values.yaml_literal import literal
from grader.yaml_reader.literals import AnyValue
from grader.yaml_reader.nodes import parse


@pytest.mark.parametrize("text", ["!rng 7", "!random 7", f"!rng {MAX_SEED}", "!random 0"])
def test_a_generator_is_written_and_read_and_sent(text: str) -> None:
    value = AnyValue().read(parse(f"a: {text}", "f.yaml").get("a"))  # type: ignore[arg-type]
    assert isinstance(value, Generator) and literal(value) == text
    assert decode(encode([value])) == [value]


def test_a_submission_gets_a_new_generator() -> None:
    numpy: Any = decode(encode(Generator.of("numpy", 7)), as_numpy)
    assert isinstance(numpy, np.random.Generator)
    assert numpy.random() == np.random.default_rng(7).random()
    plain: Any = decode(encode(Generator.of("random", 7)), as_numpy)
    assert isinstance(plain, random.Random) and plain.random() == random.Random(7).random()


def test_a_generator_is_no_answer() -> None:
    generator = Generator.of("numpy", 7)
    assert contains_unsupported([generator])
    assert "Generator" in show(decode(encode(np.random.default_rng(7))))
    for checker in CHECKERS.values():
        assert checker.compare(generator, generator, DEFAULT_TOLERANCE) is not None


def test_a_generator_is_shown_as_python_makes_it() -> None:
    assert show(Generator.of("numpy", 7)) == "numpy.random.default_rng(7)"
    assert show(Generator.of("random", 7)) == "random.Random(7)"


WRONG = {
    "!rng": "1:4: expected a seed from 0 to 4294967295, like !rng 7, found nothing",
    "!rng -1": "1:4: expected a seed from 0 to 4294967295, like !rng 7, found",
    "!rng 4294967296": "1:4: expected a seed from 0 to 4294967295",
    "!random [1]": "1:4: expected a seed from 0 to 4294967295, like !random 7, found a list",
    "!rgn 7": "1:4: unknown tag !rgn; did you mean 'rng'?",
    "!set [!rng 7]": "1:10: a set cannot hold an object of another type",
}


@pytest.mark.parametrize("text, message", WRONG.items(), ids=WRONG)
def test_a_wrong_seed_is_reported(text: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        AnyValue().read(parse(f"a: {text}", "f.yaml").get("a"))  # type: ignore[arg-type]
    (found,) = error.value.diagnostics
    assert f"{found.at.line}:{found.at.column}: {found.text}".startswith(message)


def test_bytes_of_another_library_are_rejected() -> None:
    with pytest.raises(DecodeError):
        decode(b"gx\0\0\0\0")


def test_drawing_does_not_change_an_argument() -> None:
    function = Function("f", (Parameter("x"), Parameter("rng")))
    call = Call([[1.0], Generator.of("numpy", 7)], {})
    after = decode(encode(np.random.default_rng(7)))
    changed: list[Value] = [[2.0], after]
    run = Run(RunStatus.RETURNED, after=(changed, {}))
    assert changed_arguments(call, run, function) == ["x"]
