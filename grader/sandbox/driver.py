"""The driver of a problem in a child: the author's function `drive`, which uses a submission.

The driver is loaded after the submission, into a separate module, from the problem's source. Like
all code in this process, it only calls functions and returns values; the host decides whether they
are right. A submission that replaces the driver gains nothing: it can only forge a value, which it
could also have returned.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from grader.sandbox.statements import compile_code
from grader.sandbox.steps import NotDefined, ProblemFailed
from grader.sandbox.texts import Text, Texts, explain

_MODULE = "driver of the problem"  # no import finds a module of this name
_FILE, _LABEL, _NUMBER = "<driver>", "the problem's driver.py", -1
_DRIVE = "drive"


class Solution:
    """What a driver receives: the functions or the class of a submission, as attributes.

    Args:
        defined: what the submission defines, by name
        missing: descriptions of why it does not define the others
    """

    def __init__(
        self, defined: Mapping[str, Any], missing: Mapping[str, Mapping[str, object]]
    ) -> None:
        vars(self).update(defined)
        self.__missing = missing

    def __getattr__(self, name: str) -> Any:
        if name in self.__missing:
            raise NotDefined(self.__missing[name])
        raise AttributeError(f"spec.md does not ask students for {name}")


def driver_text(source: bytes) -> Text:
    """Return the text of a driver, by which its lines are found in a traceback."""
    return Text(source, _FILE, _LABEL, _NUMBER, is_given=True)


def driver_of(text: Text, solution: Solution, texts: Texts) -> Callable[..., Any] | ProblemFailed:
    """Return the function of a driver that takes the arguments of a case, or why there is none."""
    module = ModuleType(_MODULE)
    sys.modules[_MODULE] = module  # dataclasses look a class's module up there
    try:
        exec(compile_code(text.source, text.file), module.__dict__)
        return partial(module.__dict__[_DRIVE], solution)
    except BaseException as error:
        return ProblemFailed(explain(error, texts))
