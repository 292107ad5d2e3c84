"""Problems with given code, functions as arguments and drivers; imports of given code here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from grader.bank.locate import Bank, find_bank
from tests._support.bank import DATA

GIVEN: Bank = find_bank(str(DATA / "given"))


@contextmanager
def without_given_modules() -> Iterator[None]:
    """Let a check of a notebook in this process leave no given modules to import behind."""
    finders = [*sys.meta_path]
    _forget()
    try:
        yield
    finally:
        sys.meta_path[:] = finders
        _forget()


def _forget() -> None:
    for name in [*sys.modules]:
        if name.partition(".")[0] == "given":
            del sys.modules[name]
