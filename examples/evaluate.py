"""Evaluate a model that writes code: score its samples for the problems of a bank, in parallel.

Usage:
    python examples/evaluate.py --prompts prompts.jsonl
    python examples/evaluate.py samples.jsonl [more.jsonl | FOLDER ...] [--bank DIR] [--workers N]

Samples are in the layout that HumanEval and EvalPlus use: JSON Lines, one object a sample, with
the name of the problem in `task_id` and the program in `solution` or `completion`. Of a program in
a Markdown fence the last fence counts. A problem may have any number of samples.

For each file, `FILE_results.jsonl` gets the same objects, in the same order, with `passed`,
`score`, `max_score` and `verdict`. Then pass@k is printed for each problem and for all, by the
estimator that the problem pass-at-k asks for. A sample that the grader could not judge stops the
evaluation: it is neither right nor wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import runpy
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from grader import Grader
from grader.bank.locate import find_bank
from grader.errors import UsageError
from grader.sandbox.limits import available_cores

if TYPE_CHECKING:
    from grader import Judgement

ROOT = Path(__file__).resolve().parent.parent
Estimator = Callable[[int, int, int], float]  # n samples, c of them right, k draws
KS = (1, 5, 10, 100)
_FENCE = re.compile(r"```(?:python|py)?[ ]*\n(.*?)(?:```|\Z)", re.S)
_PROMPT = """{statement}

Complete this program. Answer with the whole program in one fenced block.

```python
{starter}```
"""


def program_of(sample: dict[str, Any]) -> str:
    """Return the program of a sample.

    Raises:
        SystemExit: if the sample has none
    """
    text = sample.get("solution", sample.get("completion"))
    if not isinstance(text, str):
        raise SystemExit(f"a sample of {sample.get('task_id')} has no text `solution`: {sample}")
    fences: list[str] = _FENCE.findall(text)
    return fences[-1] if fences else text


def read_samples(path: Path) -> list[dict[str, Any]]:
    """Return the samples of a file.

    Raises:
        SystemExit: with the line that is not a sample
    """
    samples = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.strip():
            try:
                sample = json.loads(line)
            except ValueError as error:
                raise SystemExit(f"{path}:{number}: not valid JSON: {error}") from None
            if not isinstance(sample, dict) or "task_id" not in sample:
                raise SystemExit(f"{path}:{number}: expected an object with `task_id`")
            samples.append(sample)
    return samples


def score_samples(
    grader: Grader, samples: Sequence[dict[str, Any]], workers: int
) -> Iterator[dict[str, Any]]:
    """Yield each sample with its outcome, in the order given."""
    # Imported while the sandboxes load NumPy.
    from concurrent.futures import ThreadPoolExecutor

    from grader import Verdict

    def judged(sample: dict[str, Any]) -> Judgement:
        try:
            return grader.score(sample["task_id"], program_of(sample), hints=False)
        except UsageError as error:  # no such problem
            raise SystemExit(str(error)) from None

    with ThreadPoolExecutor(workers) as pool:
        for sample, judgement in zip(samples, pool.map(judged, samples), strict=True):
            if judgement.verdict is Verdict.JUDGE_ERROR:
                raise SystemExit(f"a sample of {sample['task_id']} could not be judged; run again")
            yield sample | {
                "passed": judgement.verdict is Verdict.ACCEPTED,
                "score": float(judgement.score),
                "max_score": float(judgement.max_score),
                "verdict": judgement.verdict.value,
            }


def pass_at_k(outcomes: dict[str, list[bool]], k: int, estimate: Estimator) -> float | None:
    """Return the mean over problems; None unless each problem has k samples or more."""
    if not outcomes or any(len(each) < k for each in outcomes.values()):
        return None
    rates = [estimate(len(each), sum(each), k) for each in outcomes.values()]
    return sum(rates) / len(rates)


def estimator(solutions: str | None) -> Estimator:
    """Return the reference of the problem pass-at-k, from these solutions or this checkout."""
    folders = [Path(each) for each in (solutions, ROOT / "solutions") if each is not None]
    for path in (folder / "pass-at-k" / "reference.py" for folder in folders):
        if path.is_file():
            return cast(Estimator, runpy.run_path(str(path))["pass_at_k"])
    raise SystemExit("pass@k needs the solutions of the bank that this file came with")


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        yield from (each for each in found if not each.stem.endswith("_results"))


def write_prompts(path: Path, bank: str | None) -> None:
    """Write a prompt for each problem of the bank: its statement and its starter."""
    from grader import load_bank

    with path.open("w", encoding="utf-8") as out:
        for slug, problem in load_bank(bank).items():
            prompt = _PROMPT.format(
                statement=problem.statement.strip(), starter=problem.starter.decode()
            )
            out.write(json.dumps({"task_id": slug, "prompt": prompt}) + "\n")


def main(arguments: Sequence[str]) -> None:
    """Score the samples of all files, and print pass@k."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("samples", nargs="*", type=Path, help="files of samples, or folders")
    parser.add_argument("--prompts", type=Path, help="write the prompts for a model to this file")
    parser.add_argument("--bank", help="the folder of the bank")
    parser.add_argument("--workers", type=int, default=available_cores())
    given = parser.parse_args(arguments)
    if given.prompts:
        write_prompts(given.prompts, given.bank)
    outcomes: dict[str, list[bool]] = defaultdict(list)
    bank = find_bank(given.bank)
    ready = given.workers if given.samples else 0
    with Grader(bank.problems, bank.solutions, sandbox="strict", ready=ready) as grader:
        for path in _files(given.samples):
            results = path.with_name(f"{path.stem}_results.jsonl")
            with results.open("w", encoding="utf-8") as out:
                for outcome in score_samples(grader, read_samples(path), given.workers):
                    outcomes[outcome["task_id"]].append(outcome["passed"])
                    out.write(json.dumps(outcome) + "\n")
            print(f"{results}: written")
    for slug, passed in sorted(outcomes.items()):
        print(f"{slug:<34} {sum(passed)} of {len(passed)} passed")
    estimate = estimator(bank.solutions)
    for k in KS:
        rate = pass_at_k(outcomes, k, estimate)
        if rate is not None:
            print(f"pass@{k} over {len(outcomes)} problems: {rate:.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
