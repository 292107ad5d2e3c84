"""A grader for numeric and machine-learning coding exercises.

Data types are in `model`, judging is in `judging`, the commands are in `cli`; see
docs/architecture.md. The functions and classes of the public Python API are:

    load_bank(folder)            load the problems of a bank
    judge(problem, source)       judge one source
    Grader(problems, solutions)  judge many, with sandboxes that are reused
    check(problem, function)     judge a function defined in a notebook
    for_student(judgement)       remove from a judgement what students must not see
    Effort(time, low_priority)   how much of a machine to spend on a source

`Judgement`, `Problem`, `TimeGiven` and `Verdict` are the types of arguments and results.

Names are imported at their first use, because a submission's process loads this package too and
must start fast.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it to be True; importing it from `typing` takes 7 ms
if TYPE_CHECKING:
    from grader.api import Grader as Grader
    from grader.api import judge as judge
    from grader.api import load_bank as load_bank
    from grader.integrations.ipython import check as check
    from grader.integrations.ipython import load_ipython_extension as load_ipython_extension
    from grader.judging.redact import for_student as for_student
    from grader.model.effort import Effort as Effort
    from grader.model.effort import TimeGiven as TimeGiven
    from grader.model.judgement import Judgement as Judgement
    from grader.model.judgement import Verdict as Verdict
    from grader.model.problem import Problem as Problem

__version__ = "0.1.0"
DISTRIBUTION = "exercise-grader"  # the name to install by: `grader` is taken on PyPI

_MODULE_OF = {
    "Grader": "grader.api",
    "judge": "grader.api",
    "load_bank": "grader.api",
    "for_student": "grader.judging.redact",
    "Judgement": "grader.model.judgement",
    "Problem": "grader.model.problem",
    "Verdict": "grader.model.judgement",
    "Effort": "grader.model.effort",
    "TimeGiven": "grader.model.effort",
    "check": "grader.integrations.ipython",
    "load_ipython_extension": "grader.integrations.ipython",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULE_OF])
