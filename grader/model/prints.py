"""The output that a step must print, and how it is compared."""

from __future__ import annotations

from enum import Enum

from grader.values.dataclasses import dataclass


class OutputRule(Enum):
    """How printed text is compared; the values are keys of cases.yaml."""

    LINES = "lines"  # line by line, without blanks at the ends of lines and empty lines at the end
    TOKENS = "tokens"  # words and numbers, whatever the blanks between them; numbers by tolerance
    EXACT = "exact"  # character by character


@dataclass(frozen=True)
class Prints:
    """The output that a step must print."""

    text: str
    rule: OutputRule = OutputRule.LINES
