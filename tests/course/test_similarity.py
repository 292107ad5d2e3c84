"""Near copies are found in disguise, and independent solutions are not near copies."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from time import process_time

import pytest

from grader.course import similarity
from grader.course.similarity import find_near_copies
from tests._support.bank import SLUGS, load
from tests._support.classes import ORIGINAL, renamed

PROBLEM = load("dr-grpo")
ACCEPTED = {name: source.decode() for name, source in PROBLEM.accepted.items()}
TWO_FUNCTIONS = "".join(
    f"def {name}(values, weights):\n    total = {start}\n    for value, weight in zip(values,"
    f" weights):\n        if weight {sign} {start}:\n            total {step}= value * weight\n"
    f"    return total / max(len(values), 1), {sort}(weights)\n\n\n"
    for name, start, sign, step, sort in [
        ("first", "0.5", ">", "+", "sorted"),
        ("second", "1.0", "<=", "-", "tuple"),
        ("third", "2.0", "!=", "*", "sum"),
    ]
)


def reordered(source: str) -> str:
    return "\n".join(reversed(re.split(r"(?m)^(?=def )", source)))


DISGUISES: dict[str, tuple[str, Callable[[str], str]]] = {
    "renamed variables": (ORIGINAL, renamed),
    "other comments": (ORIGINAL, lambda source: re.sub(r"\n(?=    )", "  # so\n", source)),
    "other layout": (ORIGINAL, lambda source: source.replace("    ", "\t").replace("\n", "\n\n")),
    "other line ends": (ORIGINAL, lambda source: source.replace("\n", "\r\n")),
    "functions in another order": (TWO_FUNCTIONS, reordered),
    "a function more": (
        ORIGINAL,
        lambda source: source + "\n\ndef more(a):\n    return a[0] + 1\n",
    ),
}


def copies(*pair: str, starter: bytes = PROBLEM.starter) -> list[tuple[str, ...]]:
    """Return the groups found in a class of the right solutions and these sources."""
    sources = {name: each.encode() for name, each in ACCEPTED.items() if each != ORIGINAL}
    sources |= {f"copy-{number}": each.encode() for number, each in enumerate(pair)}
    return [each.students for each in find_near_copies(sources.items(), starter)]


@pytest.mark.parametrize("original, disguise", DISGUISES.values(), ids=DISGUISES)
def test_disguised_copy_is_found(original: str, disguise: Callable[[str], str]) -> None:
    assert disguise(original) != original
    assert copies(original, disguise(original)) == [("copy-0", "copy-1")]


@pytest.mark.parametrize("slug", SLUGS)
def test_independent_solutions_are_not_near_copies(slug: str) -> None:
    problem = load(slug)
    assert problem.reference is not None
    sources = {**problem.accepted, "reference": problem.reference}
    assert find_near_copies(sources.items(), problem.starter) == ()


def test_code_of_the_starter_is_ignored() -> None:
    both = [TWO_FUNCTIONS + each for each in ("x = 1\n", "def y(z):\n    return z\n")]
    assert copies(*both) == [("copy-0", "copy-1")]
    assert copies(*both, starter=TWO_FUNCTIONS.encode()) == []


def test_lines_of_the_starter_are_ignored_between_others() -> None:
    """A blank is filled in after each line, so that no passage is of the starter alone."""
    given = [f"table[{n}] = lookup(values, {n})" for n in range(24)]
    pair = [
        ("ann", "\nx = 1\n".join(given).encode()),
        ("bob", "\nresult = 1  # mine\n".join(given).encode()),
    ]
    starter = "\n    ".join(["def f():", *given]).encode()
    assert [each.students for each in find_near_copies(pair)] == [("ann", "bob")]
    assert find_near_copies(pair, starter) == ()


def test_common_code_is_ignored() -> None:
    """Five submissions may share rare code; what six have in common is not rare."""
    similar = [f"{ORIGINAL}\nx{'x' * number} = 1\n" for number in range(6)]
    assert len(copies(*similar[:5])) == 1
    assert copies(*similar) == []


def test_short_code_is_ignored() -> None:
    """It is about as long as a fingerprint, and there is only one way to write it."""
    mean = "def mean(values):\n    return math.fsum(values) / max(len(values), 1)\n"
    assert copies(mean, renamed(mean) + "# mine\n", starter=b"") == []


def test_identical_files_are_not_near_copies() -> None:
    assert copies(ORIGINAL, ORIGINAL) == []


SLOW = {
    "blanks": b"match" + b" " * 90_000 + b"x",
    "at signs": (b"@" * 499 + b"\n") * 2_000,
    "parentheses": b"(" * 1_000_000,
    "not text": bytes(range(256)) * 4_000,
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_source_that_is_slow_to_highlight_is_read_in_time(source: bytes) -> None:
    began = process_time()
    find_near_copies([("a", source), ("b", source + b"1")])
    assert process_time() - began < 5


@pytest.mark.parametrize("begin", ["'", '"', "f'"])
@pytest.mark.parametrize("end", ["", "\\\n"])
def test_no_part_of_a_string_that_does_not_end_is_read_again(begin: str, end: str) -> None:
    """Otherwise, each quote behind a backslash would begin another one."""
    line = f"\\{begin[-1]}" * 50 + end
    assert similarity._tokens((begin + line * 50).encode()) == ["string"]


# Large classes -----------------------------------------------------------------------------------

SHARED = frozenset(range(20))
OTHERS = [frozenset({1000 + number}) for number in range(393)]


def test_submissions_with_the_same_fingerprints_are_compared_once() -> None:
    found = similarity._pairs([SHARED] * 7 + OTHERS)
    assert found == {(0, other): Fraction(1) for other in range(1, 7)}
    almost = SHARED - {0}
    found = similarity._pairs([SHARED] * 3 + [almost] * 4 + OTHERS)
    assert found[0, 3] == Fraction(19, 20) and len(found) == 2 + 3 + 1


def test_code_is_rare_in_a_class_of_any_size_if_few_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alike = [SHARED | {100 + number} for number in range(7)]
    assert len(similarity._pairs(alike + OTHERS)) == 21
    monkeypatch.setattr(similarity, "_MAX_OWNERS_OF_MANY", 6)
    assert similarity._pairs(alike + OTHERS) == {}
    assert similarity._pairs([SHARED] * 7 + OTHERS) == {}


TOKENS = {
    "names": ("total = min(total, self.x)", "name = min ( name , self . x )"),
    "strings and numbers": ('f\'a\' + "b\\"c" * 1_0.5e3', "string + string * 1_0.5e3"),
    "comments and docstrings": (
        'def f():\n    """A\n    b."""\n    # c\n    return """d"""',
        "def name ( ) : return string",
    ),
    "operators": ("a!=b==c<<1//2", "name != name == name << 1 / / 2"),
    "a string that does not end": ('a = """b\nc = 1', "name = string"),
    "a quote that does not end": ("a = 'b\nc = 1", "name = string name = 1"),
    "a quote behind a backslash at the end": ("a = 'b\\\n", "name = string"),
    "a quote in prose": ("don't call it\na = 1", "name string name = 1"),
}


@pytest.mark.parametrize("source, tokens", TOKENS.values(), ids=TOKENS)
def test_tokens_ignore_chosen_names_and_comments(source: str, tokens: str) -> None:
    assert " ".join(similarity._tokens(source.encode())) == tokens
