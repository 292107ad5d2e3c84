"""Budgets: the time of a program in its import and all its calls together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.errors import NeedsMoreTime
from grader.model.entry_point import Call, Program
from grader.model.problem import Limits
from grader.sandbox.budget import Budget
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from tests._support.bank import PATIENCE_S

LIMITS = Limits(wall_s=PATIENCE_S, cpu_s=PATIENCE_S)
CALLS = [(Call([number], {}),) for number in range(8)]
EXCEEDS = {
    "a call that never ends": "def f(x):\n    while True: pass",
    "a call that sleeps": "import time\ndef f(x): time.sleep(1000)",
    "an import that never ends": "while True: pass",
    "all calls together": (
        "import time\ndef f(x):\n    end = time.process_time() + 0.1\n"
        "    while time.process_time() < end: pass"
    ),
}
PROGRAMS = {
    "fast": "def f(x): return x",
    "one that ends its process": "import os\ndef f(x):\n    if x == 2: os._exit(1)\n    return x",
    "one that raises": "def f(x): raise KeyError(x)",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(start_fork_server()) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", EXCEEDS.values(), ids=EXCEEDS)
def test_what_exceeds_a_budget_is_given_up(sandbox: Sandbox, source: str) -> None:
    # 0.6 s of processor time are less than eight calls take together, and more than one.
    wall_s = 0.2 if "sleep" in source else PATIENCE_S
    program = Program(source.encode(), ("f",))
    with pytest.raises(NeedsMoreTime):
        sandbox.within(Budget(wall_s, 0.6)).run(program, CALLS, LIMITS)
    fast = Program(b"def f(x): return x", ("f",))
    assert sandbox.run(fast, CALLS, LIMITS)[0].value == 0


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_within_a_budget_runs_are_the_same(sandbox: Sandbox, source: str) -> None:
    program = Program(source.encode(), ("f",))
    budget = Budget(PATIENCE_S, PATIENCE_S)
    within = sandbox.within(budget).run(program, CALLS, LIMITS)
    without = sandbox.run(program, CALLS, LIMITS)
    assert [(each.status, each.value, each.error) for each in within] == [
        (each.status, each.value, each.error) for each in without
    ]
    assert 0 < budget.used_wall_s < PATIENCE_S and not budget.is_over


def test_a_budget_without_bounds_measures(sandbox: Sandbox) -> None:
    used = Budget()
    sandbox.within(used).run(Program(EXCEEDS["all calls together"].encode(), ("f",)), CALLS, LIMITS)
    assert used.used_cpu_s > 0.7


def test_a_sandbox_within_a_budget_shares_the_server(sandbox: Sandbox) -> None:
    within = sandbox.within(Budget())
    server = within._server
    assert server is sandbox._server
    if server is not None:
        within._servers.replace(server)
        assert within._server is sandbox._server is not server
