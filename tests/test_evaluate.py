"""The evaluation of a model's samples: outcomes in order, pass@k, and words for bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests._support.bank import TEST_BANK
from tests._support.examples import load_example

RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
WRONG = "def mean(values):\n    return 0.0\n"


@pytest.fixture(scope="module")
def evaluate() -> Any:
    return load_example("evaluate")


def _write(path: Path, *samples: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(sample) for sample in samples) + "\n\n")
    return path


def test_samples_are_scored_in_order(
    evaluate: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples: list[dict[str, Any]] = [
        {"task_id": "mean", "solution": RIGHT, "id": 1},
        {
            "task_id": "mean",
            "completion": f"First I thought:\n```\nno\n```\nNow:\n```python\n{RIGHT}",
        },
        {"task_id": "mean", "solution": WRONG},
        {"task_id": "mean", "solution": "\ud800"},
        {"task_id": "mean", "solution": "import os\nos._exit(0)"},
    ]
    _write(tmp_path / "samples.jsonl", *samples)
    evaluate.main([str(tmp_path), "--bank", str(TEST_BANK), "--workers", "2"])
    lines = (tmp_path / "samples_results.jsonl").read_text().splitlines()
    results = [json.loads(line) for line in lines]
    assert [each["passed"] for each in results] == [True, True, False, False, False]
    assert results[0] == samples[0] | {
        "passed": True,
        "score": results[0]["max_score"],
        "max_score": results[0]["max_score"],
        "verdict": "accepted",
    }
    printed = capsys.readouterr().out
    # Two of five are right: pass@1 is 2/5, and pass@5 is certain.
    assert "pass@1 over 1 problems: 0.400" in printed
    assert "pass@5 over 1 problems: 1.000" in printed and "pass@10" not in printed


def test_the_mean_is_over_problems(evaluate: Any) -> None:
    estimate = evaluate.estimator(None)
    outcomes = {"a": [True, False, False], "b": [True, True, True]}
    assert evaluate.pass_at_k(outcomes, 1, estimate) == pytest.approx((1 / 3 + 1) / 2)
    assert evaluate.pass_at_k(outcomes, 2, estimate) == pytest.approx((2 / 3 + 1) / 2)
    assert evaluate.pass_at_k(outcomes, 4, estimate) is None
    assert evaluate.pass_at_k({}, 1, estimate) is None


BAD = {
    "not JSON": ("{", "samples.jsonl:1: not valid JSON"),
    "not an object": ("[1]", "samples.jsonl:1: expected an object with `task_id`"),
    "no program": ('{"task_id": "mean"}', "a sample of mean has no text `solution`"),
    "no such problem": ('{"task_id": "meen", "solution": ""}', "did you mean 'mean'"),
}


@pytest.mark.parametrize("text, message", BAD.values(), ids=BAD)
def test_bad_samples_are_named(evaluate: Any, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "samples.jsonl").write_text(text)
    with pytest.raises(SystemExit, match=message):
        evaluate.main([str(tmp_path / "samples.jsonl"), "--bank", str(TEST_BANK)])


def test_prompts_have_statement_and_starter(evaluate: Any, tmp_path: Path) -> None:
    evaluate.main(["--prompts", str(tmp_path / "prompts.jsonl"), "--bank", str(TEST_BANK)])
    (prompt,) = map(json.loads, (tmp_path / "prompts.jsonl").read_text().splitlines())
    starter = (TEST_BANK / "problems" / "mean" / "starter.py").read_text()
    assert prompt["task_id"] == "mean" and f"```python\n{starter}```" in prompt["prompt"]
