"""Observations about what calls print, raise, and do to their arguments.

They say what a function does instead. That an exception is expected is said only if a public case
expects one too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader import checkers
from grader.judging.changes import AFTER_THE_CALL, changed_arguments
from grader.judging.observations.answers import MIN_CASES, Answers
from grader.judging.output import OF_OUTPUT, normal_lines
from grader.model.judgement import CaseResult, RunStatus
from grader.values import Unsupported


def is_about_value(result: CaseResult) -> bool:
    """Return whether an answer is wrong because of the value that was returned."""
    mismatch = result.mismatch
    if mismatch is None or result.step.raises is not None:
        return False
    return not (mismatch.where.endswith((AFTER_THE_CALL, OF_OUTPUT)) or mismatch.remark)


def returned_text(answers: Answers) -> str | None:
    """The text that should be printed is returned instead."""
    found = _all_about(answers, [each for each in answers.wrong if each.step.prints is not None])
    known = [each for each in found if each.step.is_asked]  # of others nothing is returned
    is_silent = all(not each.run.printed for each in found)
    if known and is_silent and all(map(_returns_output, known)):
        return "Your function returns the text that it should print."
    return None


def _returns_output(result: CaseResult) -> bool:
    prints, value = result.step.prints, result.run.value
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        value = "\n".join(map(str, value))
    if prints is None or not isinstance(value, str):
        return False
    return normal_lines(value) == normal_lines(prints.text)


def _all_outputs(answers: Answers, is_so: Callable[[CaseResult], bool]) -> bool:
    """Return whether all wrong answers are about output, and each of them is of a kind."""
    found = _all_about(answers, [each for each in answers.wrong if each.step.prints is not None])
    return bool(found) and all(map(is_so, found))


def other_stream(answers: Answers) -> str | None:
    """The text that should be printed is written to the error stream, as `logging` does."""
    if _all_outputs(answers, _is_on_other_stream):
        return (
            "Your function writes the text that it should print to the error stream: use print"
            " without file=, and in place of logging."
        )
    return None


def _is_on_other_stream(result: CaseResult) -> bool:
    prints, run = result.step.prints, result.run
    if prints is None or run.printed or not run.stdout:
        return False
    lines = normal_lines(run.stdout).split("\n")
    expected = normal_lines(prints.text).split("\n")
    # A line of a log begins with its level.
    pairs = zip(lines, expected, strict=False)
    return len(lines) == len(expected) and all(one.endswith(other) for one, other in pairs)


def not_run(answers: Answers) -> str | None:
    """A call only makes a generator or a coroutine."""
    values = [each.run.value for each in answers.wrong]
    for beginning, sentence in _NOT_RUN.items():
        if values and all(
            isinstance(each, Unsupported) and each.description.startswith(beginning)
            for each in values
        ):
            return sentence
    return None


# How `values.convert.describe` begins to describe what is returned, and what to say.
_NOT_RUN = {
    "a generator (": "A call of your function only makes a generator, and runs none of its lines:"
    " remove the yield.",
    "a coroutine (": "A call of your function only makes a coroutine, and runs none of its lines:"
    " write def in place of async def.",
    "an asynchronous generator (": "A call of your function only makes an asynchronous generator,"
    " and runs none of its lines: write def, and remove the yield.",
}


def layout(answers: Answers) -> str | None:
    """The output is right apart from blanks, line breaks, and upper and lower case."""
    if _all_outputs(answers, _has_other_layout):
        return (
            "Your output is right apart from blanks, line breaks, or upper and lower case: compare"
            " it with an example, character by character."
        )
    return None


def _has_other_layout(result: CaseResult) -> bool:
    prints, printed, mismatch = result.step.prints, result.run.printed, result.mismatch
    if prints is None or not printed or mismatch is None or OF_OUTPUT not in mismatch.where:
        return False
    one, other = ("".join(text.split()).casefold() for text in (printed, prints.text))
    return one == other


def returned_change(answers: Answers) -> str | None:
    """What an argument should become is returned instead, and the argument left as it was."""
    found = _all_about(answers, [each for each in answers.wrong if each.step.after])
    known = [each for each in found if each.step.is_asked]  # of others nothing is returned
    names = [set(_returned_arguments(each)) for each in known]
    for name in known[0].step.after if known else ():
        if all(name in each for each in names) and not any(
            name in _changed(each) for each in found
        ):
            return (
                f"Your function returns what {name} should become, and leaves {name} as it was."
                " Change the argument itself, element by element or with an operator such as +=."
            )
    return None


def _returned_arguments(result: CaseResult) -> list[str]:
    step, value = result.step, result.run.value
    return [
        name
        for name, expected in step.after.items()
        if checkers.agree(checkers.CLOSE, value, expected, step.tolerance)
    ]


def _changed(result: CaseResult) -> list[str]:
    step = result.step
    return changed_arguments(step.call(), result.run, step.function)


def returned_exception(answers: Answers) -> str | None:
    """An exception is returned, or a message printed, where one should be raised."""
    found = _all_about(answers, [each for each in answers.wrong if each.step.raises is not None])
    if not any(not each.case.hidden for each in found):
        return None
    if any(each.run.status is not RunStatus.RETURNED for each in found):
        return None
    if all(_is_exception(each.run.value) for each in found):
        return "Your function returns an exception. Write raise in place of return."
    if all(each.run.stdout.strip() and not each.run.value for each in found):
        return (
            "Your function prints a message where it should raise an exception, and goes on or"
            " returns. Write raise in place of print."
        )
    return None


def _is_exception(value: object) -> bool:
    """Return whether a value is described as an object of a class that is named for an error."""
    if not isinstance(value, Unsupported):
        return False
    return value.description.endswith(("Error", "Exception", "Error'>", "Exception'>"))


def _all_about(answers: Answers, found: Sequence[CaseResult]) -> Sequence[CaseResult]:
    """Return wrong answers of one kind if there are no others, and enough of them."""
    is_alone = len(found) == len(answers.wrong) >= MIN_CASES
    return found if is_alone else []
