"""Hints and observations about what calls print, raise, and do to their arguments."""

from __future__ import annotations

import io

import pytest

from grader.judging.audience import Audience
from grader.model.judgement import Judgement
from grader.reports.judgement import html
from grader.sandbox.host import Sandbox
from tests._support.scripts import changed, judged

_NONE = 'raise ValueError("no numbers")'
_POSITIVE = 'raise ValueError("numbers must be positive")'
_PRINT = 'print(f"n = {n}")'

# edits of a reference, and the misconceptions that are found; that they are, in spite of another
# style, shows that they are recognised by what calls do
KNOWN: dict[str, tuple[str, list[tuple[str, str]], list[str]]] = {
    "a value in place of an exception": (
        "mean-of",
        [(_NONE, "return 0")],
        ["zero-for-no-numbers"],
    ),
    "another exception": (
        "mean-of",
        [(_NONE, "raise KeyError('none')")],
        ["another-exception"],
    ),
    "an exception that no misconception raises": ("mean-of", [(_NONE, "raise OSError")], []),
    "other arguments afterwards": (
        "normalise",
        [("x /= x.sum()", "x[:] = x / max(x)")],
        ["divides-by-the-largest"],
    ),
    "arguments that nothing explains": ("normalise", [("x /= x.sum()", "x[:] = 7")], []),
    "another output": (
        "printer",
        [("range(count)", "range(count)"), ("{n}", "{n + 1}")],
        ["starts-at-one"],
    ),
    "an output that nothing explains": ("printer", [("{n}", "{n + 5}")], []),
}


@pytest.mark.parametrize("slug, edits, slugs", KNOWN.values(), ids=KNOWN)
def test_a_misconception_is_recognised_by_what_calls_do(
    slug: str, edits: list[tuple[str, str]], slugs: list[str], sandbox: Sandbox
) -> None:
    judgement = judged(slug, changed(slug, *edits), sandbox)
    assert [each.slug for each in judgement.misconceptions] == slugs


def test_a_hint_about_an_exception_does_not_say_that_it_is_too_slow(sandbox: Sandbox) -> None:
    source = changed("mean-of", (_NONE, "raise KeyError('none')"))
    judgement = judged("mean-of", source, sandbox, Audience.STUDENT)
    html.write([judgement], page := io.StringIO())
    assert "Which exception says" in page.getvalue()
    assert "Your answers match a known mistake" in page.getvalue()
    assert "too slow" not in page.getvalue()


# edits of a reference, and what is observed
NOTICED: dict[str, tuple[str, list[tuple[str, str]], str]] = {
    "a text is returned": (
        "printer",
        [
            (_PRINT, "pass"),
            (
                "        pass",
                "        pass\n    return '\\n'.join(f'n = {n}' for n in range(count))",
            ),
        ],
        "Your function returns the text that it should print.",
    ),
    "lines are returned": (
        "printer",
        [
            (_PRINT, "pass"),
            ("        pass", "        pass\n    return [f'n = {n}' for n in range(count)]"),
        ],
        "Your function returns the text that it should print.",
    ),
    "upper case": ("printer", [("n = {n}", "N = {n}")], "Your output is right apart from blanks"),
    "blanks": ("printer", [("n = {n}", "n={n}")], "Your output is right apart from blanks"),
    "another output": ("printer", [("n = {n}", "m = {n}")], ""),
    "a right output and a wrong answer": (
        "printer",
        [(_PRINT, f"{_PRINT}\n    return 3")],
        "",
    ),
    "a new array is returned": (
        "normalise",
        [("x /= x.sum()", "return x / x.sum()")],
        "Your function returns what x should become, and leaves x as it was.",
    ),
    "another array is returned": ("normalise", [("x /= x.sum()", "return x / 7")], ""),
    "the argument is changed and returned": (
        "normalise",
        [("x /= x.sum()", "x /= x.sum(); x += 1; return x")],
        "",
    ),
    "an exception is returned": (
        "mean-of",
        [(_NONE, 'return ValueError("no numbers")'), (_POSITIVE, 'return ValueError("positive")')],
        "Your function returns an exception. Write raise in place of return.",
    ),
    "a message is printed": (
        "mean-of",
        [(_NONE, 'return print("no numbers")'), (_POSITIVE, 'return print("positive")')],
        "Your function prints a message where it should raise an exception",
    ),
    "nothing is raised": (
        "mean-of",
        [(_NONE, "return 3.5"), (_POSITIVE, "return 4.5")],
        "",
    ),
}


@pytest.mark.parametrize("slug, edits, said", NOTICED.values(), ids=NOTICED)
def test_what_a_function_does_instead_is_described(
    slug: str, edits: list[tuple[str, str]], said: str, sandbox: Sandbox
) -> None:
    found = _observed(slug, edits, sandbox).observations
    assert bool(found) is bool(said), found
    assert all(each.startswith(said) for each in found)


def _observed(slug: str, edits: list[tuple[str, str]], sandbox: Sandbox) -> Judgement:
    judgement = judged(slug, changed(slug, *edits), sandbox, Audience.STUDENT)
    assert not judgement.misconceptions
    return judgement
