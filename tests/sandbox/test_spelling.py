"""Odd characters and mixed indentation, in this process, so that it can be measured."""

from __future__ import annotations

import pytest

from grader.sandbox.spelling import expand_tabs, line_of, message_of, name_of, tabs_note
from grader.sandbox.texts import Text


def said(source: str) -> str:
    """Return the message about a source that is not valid."""
    data = source.encode("utf-8", "surrogatepass")
    with pytest.raises(SyntaxError) as caught:
        compile(data, "me.py", "exec")
    return message_of(caught.value, data)


CHARACTERS = {
    "a no-break space": (
        "x\u00a0= 1\n",
        "invalid non-printable character: U+00A0 NO-BREAK SPACE in column 2; type an ordinary space"
        " instead",
    ),
    "an invisible character": (
        "x = 1\u200b\n",
        "invalid non-printable character: U+200B ZERO WIDTH SPACE in column 6; it is invisible:"
        " delete it",
    ),
    "a dash": (
        "x = 3 \u2212 1\n",
        "invalid character: U+2212 MINUS SIGN in column 7; type an ordinary minus sign (-) instead",
    ),
    "a curly quote": (
        "x = \u201ca\u201d\n",
        "invalid character: U+201C LEFT DOUBLE QUOTATION MARK in column 5; type a straight quote"
        " (' or \") instead",
    ),
    "another sign": (
        "x = 3 \u00d7 4\n",
        "invalid character: U+00D7 MULTIPLICATION SIGN in column 7; type an ordinary character"
        " instead",
    ),
    "a control character": (
        "x = 1\x7f\n",
        "invalid non-printable character: U+007F DELETE in column 6; it is invisible: delete it",
    ),
    "a quote that closes nothing": (
        "x = 'a\u2019\n",
        "unterminated string literal (detected at line 1): U+2019 RIGHT SINGLE QUOTATION MARK in"
        " column 7; type a straight quote (' or \") instead",
    ),
    "nothing odd": ("x = 'a\n", "unterminated string literal (detected at line 1)"),
    "another error": ("x = = 1\n", "invalid syntax"),
}


@pytest.mark.parametrize("source, message", CHARACTERS.values(), ids=CHARACTERS)
def test_an_odd_character_is_named(source: str, message: str) -> None:
    assert said(source) == message


# A line, what Python 3.11 says of it, and the version that may accept it.
NEWER = {
    "quotes in a text": ('x = f"{d["a"]}"', "f-string: unmatched '['", 12),
    "a generic function": ("async def f[T](x: T): pass", "expected '('", 12),
    "a generic class": ("class A[T]: pass", "invalid syntax", 12),
    "an alias": ("  type V[T] = list[T]", "invalid syntax", 12),
    "several exceptions": (
        "except A, B: pass",
        "multiple exception types must be parenthesized",
        14,
    ),
    "nothing new": ("def f(x: pass", "invalid syntax", 0),
    "a name that begins like an alias": ("types x = 1", "invalid syntax", 0),
}


@pytest.mark.parametrize("line, message, newer", NEWER.values(), ids=NEWER)
def test_syntax_of_a_newer_python_is_said_to_be_new(line: str, message: str, newer: int) -> None:
    error = SyntaxError(message, ("me.py", 2, 1, line))
    source = f"import this\n{line}\n".encode()
    runs = f"{message} (Python 3.{newer} may accept this, but Python 3.11 runs here)"
    assert message_of(error, source, 11) == (runs if newer else message)
    assert message_of(error, source, newer) == message


def test_mixed_indentation_is_told_by_lines() -> None:
    message = said("if 1:\n\tx = 1\n        y = 2\n")
    assert message.endswith(
        "; line 2 is indented with tabs, line 3 with spaces: use the same in all lines"
    )


def test_only_spaces_are_not_said_to_be_mixed() -> None:
    assert said("if 1:\n  x = 1\n    y = 2\n") == "unexpected indent"


def test_a_form_feed_in_an_indentation_is_named() -> None:
    assert said("if 1:\n  x = 1\n \f   y = 2\n").endswith(
        ": U+000C FORM FEED in column 2; it is invisible: delete it"
    )


def test_lines_are_counted_as_python_counts_them() -> None:
    source = "\ufeffa\n\f\n# \v\x1c\x85\u2028b\r\n  c\rd\n".encode()
    assert [line_of(source, number) for number in range(5)] == [
        "",
        "a",
        "\f",
        "# \v\x1c\x85\u2028b",
        "  c",
    ]
    assert (line_of(source, 5), line_of(source, 6), line_of(source, 7)) == ("d", "", "")
    assert Text(source, "me.py").code(4) == "c"


NOTES = {
    "one line": (b"\tx\n", "line 1 is"),
    "two lines": (b"\tx\n\ty\n", "lines 1 and 2 are"),
    "a range, and blank lines aside": (b"\ta\n\tb\n\tc\n\t\n d\n\te\n", "lines 1 to 3 and 6 are"),
    "many": (b"\ta\nb\n" * 7, "lines 1, 3, 5, 7, 9 and more are"),
}


@pytest.mark.parametrize("source, lines", NOTES.values(), ids=NOTES)
def test_the_note_on_tabs_names_lines(source: bytes, lines: str) -> None:
    assert tabs_note(source, 8).startswith(
        f"{lines} indented with tabs and other lines with spaces"
    )


def test_tabs_become_spaces_in_the_indentation_alone() -> None:
    assert expand_tabs(b"if 1:\n\tx = '\t'\n  \ty\n", 4) == b"if 1:\n    x = '\t'\n    y\n"


def test_a_character_without_a_name() -> None:
    assert name_of("\ue000") == "U+E000 a character without a name"
