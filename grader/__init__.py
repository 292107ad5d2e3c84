"""A grader of numeric and machine-learning coding exercises.

The nouns are in `model`, the work in `judging`, the commands in `cli`; docs/architecture.md draws
the whole. What other programs may rely on is listed here, and described where it is defined:

    load_bank(folder)            the problems there are
    judge(problem, source)       one judgement
    Grader(problems, solutions)  many of them, with the sandbox kept warm
    check(problem, function)     in a notebook: a function that lives there
    for_student(judgement)       a judgement without what a student must not see

Nothing is imported until it is asked for: a submission's process loads this package too, and wants
it small.
"""

from __future__ import annotations

TYPE_CHECKING = False  # to type checkers it is True; to import it from `typing` takes 7 ms
if TYPE_CHECKING:
    from grader.api import Grader as Grader
    from grader.api import judge as judge
    from grader.api import load_bank as load_bank
    from grader.integrations.ipython import check as check
    from grader.integrations.ipython import load_ipython_extension as load_ipython_extension
    from grader.judging.redact import for_student as for_student
    from grader.model.judgement import Judgement as Judgement
    from grader.model.judgement import Verdict as Verdict
    from grader.model.problem import Problem as Problem

__version__ = "0.1.0"
DISTRIBUTION = "exercise-grader"  # the name to install by: `grader` is taken on PyPI

_PLACES = {
    "Grader": "grader.api",
    "judge": "grader.api",
    "load_bank": "grader.api",
    "for_student": "grader.judging.redact",
    "Judgement": "grader.model.judgement",
    "Problem": "grader.model.problem",
    "Verdict": "grader.model.judgement",
    "check": "grader.integrations.ipython",
    "load_ipython_extension": "grader.integrations.ipython",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
