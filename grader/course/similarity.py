"""Near copies: submissions that have much code in common, and share parts that few others have.

Sources become tokens without names, comments and layout, so that renaming and reformatting make no
difference. Lines of the starter are left out. Of every few adjacent fingerprints of tokens one is
selected, so that two sources with
`_TOKENS + _WINDOW - 1` tokens in common share at least one fingerprint (winnowing; Schleimer,
Wilkerson and Aiken, 2003).

In a small exercise, independent solutions are similar by construction. So code that many have
written says nothing, and two submissions are reported only if they share, in addition to most of
their code, several passages that hardly anybody else has. That is a reason to compare them, not
proof.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import combinations
from zlib import crc32

from grader.model.class_statistics import NearCopies

_TOKENS = 10  # in a fingerprint
_WINDOW = 5  # adjacent fingerprints, of which one is selected
_MAX_CODE = 40_000  # bytes
_MAX_COLUMNS = 500
# Ten times as fast as the lexer of Pygments, which takes minutes for a class of 100,000. A string
# that does not end is the rest of the line, or of the file, so that no part is read again. Without
# possessive quantifiers, which are wrong before Python 3.11.5.
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*|\\\n)
    |(?P<long>[bfru]{0,2}(?:\"{3}(?:[^"\\]|\\.?|"(?!""))*(?:\"{3}|\Z)|'{3}(?:[^'\\]|\\.?|'(?!''))*(?:'{3}|\Z)))
    |(?P<string>[bfru]{0,2}(?:"(?:[^"\\\n]|\\.?)*"?|'(?:[^'\\\n]|\\.?)*'?))
    |(?P<name>[^\W\d]\w*)
    |(?P<number>\d[\w.]*)
    |(?P<operator>[!=]=|<<|>>|.)
    """,
    re.I | re.S | re.X,
)
_WORDS = frozenset({*keyword.kwlist, *dir(builtins), "self", "cls"})  # names that are not chosen
_MIN_SHARE = Fraction(3, 5)  # of the fingerprints of a pair, those in common
_MIN_RARE = 8  # rare fingerprints in common
# A fingerprint is rare if at most this many submissions have it, or one in 50 of a large class.
_MAX_OWNERS = 5
_ONE_IN = 50
_MAX_OWNERS_OF_MANY = 50  # in a class of any size, so that its time grows no faster than the class


def find_near_copies(
    sources: Iterable[tuple[str, bytes]], starter: bytes = b""
) -> tuple[NearCopies, ...]:
    """Return groups of students whose submissions are far more similar than usual in their class.

    Within a group, each submission is similar to another one. Students who submitted the same file
    are not a group, because that is found without looking at tokens.

    Args:
        sources: students and their sources, of which one is held at a time
        starter: what the students began with
    """
    given = frozenset(_lines(starter))
    given_fingerprints = frozenset(_fingerprints(_tokens(starter)))
    students: dict[bytes, list[str]] = defaultdict(list)
    fingerprints: list[frozenset[int]] = []
    for student, source in sources:
        digest = sha256(source).digest()
        if digest not in students:
            try:
                tokens = _tokens(source, given)
            except Exception:  # a source that the lexer fails at is compared with none
                tokens = []
            fingerprints.append(_select(_fingerprints(tokens)) - given_fingerprints)
        students[digest].append(student)
    names = list(students.values())
    found = [
        NearCopies(
            students=tuple(sorted(name for number in group for name in names[number])),
            min_share=min(shares),
            max_share=max(shares),
        )
        for group, shares in _groups(_pairs(fingerprints))
    ]
    return tuple(sorted(found, key=lambda each: (-each.max_share, -each.min_share, each.students)))


# From a source to its fingerprints ---------------------------------------------------------------


def _lines(source: bytes) -> list[str]:
    """Return the lines of a source that are not empty, without indentation."""
    text = source[:_MAX_CODE].decode("utf-8", "replace")
    lines = (" ".join(line[:_MAX_COLUMNS].split()) for line in text.splitlines())
    return list(filter(None, lines))


def _tokens(source: bytes, given: Collection[str] = ()) -> list[str]:
    """Return the tokens of a source, without what is a matter of taste.

    Args:
        given: lines to leave out. They are read too, because a string may begin or end in them.
    """
    lines = _lines(source)
    is_given = [line in given for line in lines] + [False]
    tokens: list[str] = []
    next_line = 0
    is_first = True  # on its line
    for match in _TOKEN.finditer("\n".join(lines)):
        word, kind = match[0], match.lastgroup
        line = next_line
        next_line += word.count("\n")
        if kind == "space":
            is_first = is_first or next_line > line
            continue
        is_doc, is_first = is_first and kind == "long", False
        if is_given[line] or is_doc:
            continue
        if kind in ("long", "string"):
            word = "string"
        elif kind == "name" and word not in _WORDS and tokens[-1:] != ["."]:
            word = "name"
        tokens.append(word)
    return tokens


def _fingerprints(tokens: Sequence[str]) -> list[int]:
    """Return one for every `_TOKENS` adjacent tokens."""
    starts = range(len(tokens) - _TOKENS + 1)
    return [crc32(" ".join(tokens[i : i + _TOKENS]).encode()) for i in starts]


def _select(fingerprints: Sequence[int]) -> frozenset[int]:
    """Return the smallest of every `_WINDOW` adjacent fingerprints."""
    starts = range(max(len(fingerprints) - _WINDOW + 1, 1 if fingerprints else 0))
    return frozenset(min(fingerprints[i : i + _WINDOW]) for i in starts)


# From fingerprints to groups ---------------------------------------------------------------------


def _pairs(fingerprints: Sequence[frozenset[int]]) -> dict[tuple[int, int], Fraction]:
    """Return pairs of near copies, by number, with the share that they have in common.

    They connect all near copies. Only submissions with a rare fingerprint in common are compared,
    and of those with the same fingerprints one, because a class of thousands has millions of pairs.
    """
    same: dict[frozenset[int], list[int]] = defaultdict(list)
    for number, each in enumerate(fingerprints):
        same[each].append(number)
    owners: dict[int, list[frozenset[int]]] = defaultdict(list)
    for each in same:
        for fingerprint in each:
            owners[fingerprint].append(each)
    max_owners = max(_MAX_OWNERS, min(len(fingerprints) // _ONE_IN, _MAX_OWNERS_OF_MANY))
    rare_of: Counter[frozenset[int]] = Counter()
    rare: Counter[tuple[frozenset[int], frozenset[int]]] = Counter()
    for together in owners.values():
        if sum(len(same[each]) for each in together) <= max_owners:
            rare_of.update(together)
            rare.update(combinations(together, 2))
    found: dict[tuple[int, int], Fraction] = {}
    for each, numbers in same.items():
        if rare_of[each] >= _MIN_RARE:
            found |= {(numbers[0], other): Fraction(1) for other in numbers[1:]}
    for (one, other), count in rare.items():
        if count >= _MIN_RARE:
            share = Fraction(len(one & other), len(one | other))
            if share >= _MIN_SHARE:
                found[same[one][0], same[other][0]] = share
    return found


def _groups(
    pairs: Mapping[tuple[int, int], Fraction],
) -> Iterator[tuple[set[int], list[Fraction]]]:
    """Yield the groups that pairs connect, with the shares of their pairs."""
    groups: dict[int, tuple[set[int], list[Fraction]]] = {}
    for pair, share in pairs.items():
        joined: tuple[set[int], list[Fraction]] = (set(pair), [share])
        for old in {id(groups[each]): groups[each] for each in pair if each in groups}.values():
            joined[0].update(old[0])
            joined[1].extend(old[1])
        for each in joined[0]:
            groups[each] = joined
    yield from {id(group): group for group in groups.values()}.values()
