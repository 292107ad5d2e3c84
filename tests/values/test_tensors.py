"""Tensors: an argument of a case that the submission's process makes of an array.

A module of a few lines takes the place of torch, where the real one is not installed.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.bank.load import load_problem
from grader.errors import SpecError
from grader.judging.changes import changed_arguments
from grader.model.entry_point import Call
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Problem
from grader.values import Array, Value
from grader.values.as_numpy import as_numpy
from grader.values.decode import DecodeError, decode
from grader.values.encode import encode
from grader.values.show import show
from grader.values.yaml_literal import literal
from grader.verify.leaves import leaves, with_leaves
from grader.verify.resize import remove_or_double
from grader.yaml_reader.literals import AnyValue
from grader.yaml_reader.nodes import parse
from tests._support.scripts import write_problem

PLAIN = Array("float32", (2,), np.array([1.5, 2.0], dtype="<f4").tobytes())


def read(text: str, before: str = "a: ") -> Value:
    node = parse(f"{before}{text}", "f.yaml").get("a")
    assert node is not None
    return AnyValue().read(node)


TENSOR = read("!tensor float32 [1.5, 2]")


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module whose tensors are arrays with an attribute; the real one, if it is installed."""
    if find_spec("torch") is None:
        fake = ModuleType("torch")
        fake.__dict__.update(from_numpy=lambda array: array.view(Tensor), Tensor=Tensor)
        monkeypatch.setitem(sys.modules, "torch", fake)


class Tensor(np.ndarray[Any, Any]):
    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self


@pytest.mark.parametrize(
    "text",
    [
        "!tensor float32 [1.5, 2]",
        '!tensor "float32 [1.5, 2]"',
        "!tensor {float32: [1.5, 2]}",
        "!tensor float32\n  [1.5,\n  2]",
    ],
)
def test_a_tensor_is_read(text: str) -> None:
    assert read(text) == TENSOR != PLAIN
    assert read("!tensor int64 7") == Array("int64", (), (7).to_bytes(8, "little"), "torch")


def test_it_is_written_and_sent() -> None:
    assert literal([TENSOR]) == "[!tensor {float32: [1.5, 2.0]}]"
    assert read(literal([TENSOR])) == [TENSOR]
    assert decode(encode([TENSOR, PLAIN])) == [TENSOR, PLAIN]
    with pytest.raises(DecodeError):
        decode(b"kN")


def test_it_is_shown_as_torch_makes_it() -> None:
    assert show(TENSOR) == "torch.tensor([1.5, 2.0], dtype=torch.float32)"
    assert show(PLAIN) == "array([1.5, 2.0], dtype=float32)"


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64", "complex64"])
def test_a_submission_gets_a_tensor_and_hands_over_an_array(dtype: str, torch: None) -> None:
    number = {"bool": "true", "complex64": "1+2j"}.get(dtype, "3")
    tensor = read(f"!tensor {dtype} [{number}]")
    made: Any = decode(encode(tensor), as_numpy)
    assert isinstance(made, sys.modules["torch"].Tensor)
    assert encode(made) == encode(read(f"!{dtype} [{number}]"))


def test_it_is_unchanged_if_its_array_is() -> None:
    call = Call([TENSOR], {})
    for after, changed in ((PLAIN, []), (read("!float32 [1.5, 3]"), ["1"])):
        run = Run(RunStatus.RETURNED, after=([after], {}))
        assert changed_arguments(call, run, None) == changed


def test_variations_of_it_are_tensors() -> None:
    varied = with_leaves(TENSOR, [each + 1 for each in leaves(TENSOR)])
    assert varied == read("!tensor float32 [2.5, 3]")
    assert remove_or_double(TENSOR, 0, 0, 0.0, True) == read("!tensor float32 [1.5, 1.5, 2]")


_EXPECTED = "1:4: expected a dtype and numbers, like !tensor float32 [1, 2]"
WRONG = {
    "!tensor": f"{_EXPECTED}, found nothing",
    "!tensor [1, 2]": f"{_EXPECTED}, found a list",
    "!tensor flaot32 [1]": "1:4: unknown dtype 'flaot32' of a tensor; did you mean 'float32'?",
    "!tensor float32 [1, x]": "1:24: 'x' does not fit into an array of float32",
    '!tensor "float32 [1, x]"': "1:25: 'x' does not fit into an array of float32",
    "!tensor {float32: [1, x]}": "1:26: 'x' does not fit into an array of float32",
    "!tensor int8 [[1], [2, 3]]": "1:23: this row is of shape (2,), the first is of shape (1,)",
    "!tensor int8 [1": f"{_EXPECTED}, found 'int8 [1'; is a bracket missing?",
    "!tensor {int8: [1], int16: [1]}": "1:4: expected a dtype and numbers",
}


@pytest.mark.parametrize("text, message", WRONG.items(), ids=WRONG)
def test_a_wrong_tensor_is_reported(text: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        read(text)
    found = error.value.diagnostics[0]
    assert f"{found.at.line}:{found.at.column}: {found.text}".startswith(message)


def problem(folder: Path, preload: str, expected: str = "1") -> Problem:
    cases = (
        "cases:\n  - name: one\n    args:\n      x: !tensor float32 [1.5, 2]\n"
        f"    expected: {expected}\n"
    )
    return load_problem(
        str(
            write_problem(
                folder, spec=f"function: f{preload}", starter="def f(x): ...\n", cases=cases
            )
        )
    )


def test_a_problem_with_tensors_loads_torch(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"4:7: in case 'one', x is a tensor; add `preload: \[tor"):
        problem(tmp_path, "")


def test_a_call_with_a_tensor_is_shown_ready_to_paste(tmp_path: Path) -> None:
    (case,) = problem(tmp_path, "\npreload: [torch]").cases
    assert case.source.startswith("import torch\nf(\n    x=torch.tensor([1.5, 2.0], dtype=")


def test_an_expected_tensor_is_the_array_that_arrives(tmp_path: Path) -> None:
    (case,) = problem(tmp_path, "\npreload: [torch]", "!tensor float32 [1.5, 2]").cases
    assert case.expected == PLAIN
