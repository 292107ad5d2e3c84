"""The grader as a reward function for reinforcement learning with TRL.

`correctness` is a reward function for TRL's GRPOTrainer: it gets prompts, completions and every
column of the dataset, all of the same length, and returns a reward for each completion. The dataset
needs a column `problem` with the name of the problem to solve.

    trainer = GRPOTrainer(model=…, reward_funcs=correctness, train_dataset=dataset, …)

The reward is the fraction of the points, hidden cases included. Generated code runs in the sandbox:
it can neither see the expected answers nor affect the training.

Usage: python examples/reward.py    (scores three completions, without TRL)
"""

from __future__ import annotations

import atexit
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from grader import Grader, Verdict

THREADS = 2
_BLOCK = re.compile(r"```(?:python|py)?[ ]*\n(.*?)(?:```|\Z)", re.S)

Completion = str | list[dict[str, str]]


@cache
def opened() -> Grader:
    """Return the grader of this process, which keeps its sandbox running between steps."""
    grader = Grader(sandbox="strict")
    atexit.register(grader.close)
    return grader


def program_in(completion: Completion) -> str:
    """Return the last block of code in a completion, or all of it if there is none."""
    text = completion if isinstance(completion, str) else completion[-1]["content"]
    blocks: list[str] = _BLOCK.findall(text)
    return blocks[-1] if blocks else text


def correctness(
    completions: list[Completion], problem: list[str], **_: object
) -> list[float | None]:
    """Return the fraction of points of each completion; None, which TRL skips, on an error."""

    def reward(name: str, completion: Completion) -> float | None:
        judgement = opened().score(name, program_in(completion), hints=False)
        if judgement.verdict is Verdict.JUDGE_ERROR:
            return None
        return float(judgement.score / judgement.max_score)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(reward, problem, completions))


_ANSWERS: list[Completion] = [
    "I would rather not.",
    [{"role": "assistant", "content": "```python\nraise SystemExit(0)\n```"}],
    """The mean of the rewards is the baseline:
```python
import math

def compute_dr_grpo_objective(new, old, rewards, epsilon=0.2):
    baseline = sum(rewards) / len(rewards)
    total = 0.0
    for reward, ours, theirs in zip(rewards, new, old):
        for a, b in zip(ours, theirs):
            ratio = math.exp(a - b)
            clipped = max(1 - epsilon, min(ratio, 1 + epsilon))
            total += min(ratio * (reward - baseline), clipped * (reward - baseline))
    return total / len(rewards)
```""",
]


def main() -> None:
    """Score completions as the trainer would."""
    count = len(_ANSWERS)
    rewards = correctness(
        prompts=["Implement Dr. GRPO."] * count, completions=_ANSWERS, problem=["dr-grpo"] * count
    )
    for answer, reward in zip(_ANSWERS, rewards, strict=True):
        print(f"{reward:.2f}  {program_in(answer).strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
