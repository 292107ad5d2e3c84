"""Near copies: submissions that have much in common which few others have.

Sources become tokens without names, comments and layout, so that renaming and reformatting hide
nothing. Of every few tokens in a row one fingerprint is kept, chosen so that two sources with
`_TOKENS + _WINDOW - 1` tokens in common have one in common, wherever they stand (winnowing:
Schleimer, Wilkerson and Aiken, 2003). What the starter has is taken out.

In a small exercise independent solutions are alike by construction. So a passage that many have
written tells nothing, and two submissions are told of only if they share, besides most of their
code, several passages that hardly anybody else has. That is a reason to look, and proves nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from zlib import crc32

from pygments.lexers import PythonLexer
from pygments.token import Comment, Literal, Name, Text

from grader.model.course import NearCopies

_TOKENS = 10  # in a fingerprint
_WINDOW = 5  # fingerprints in a row, of which one is kept
_MAX_CODE = 40_000  # bytes; there are sources of 100,000 that take Pygments a second
_MAX_COLUMNS = 500
_MIN_SHARE = Fraction(3, 5)  # of the fingerprints of both that both have
_MIN_RARE = 8  # fingerprints in common that few others have
# How many may have a passage that is still rare: a fiftieth of the class, and five in any class.
_FEW = 5
_FEW_OF = 50


def near_copies(sources: Mapping[str, bytes], starter: bytes = b"") -> tuple[NearCopies, ...]:
    """Groups of students whose submissions are alike far beyond what is usual in their class.

    Within a group everybody's is like somebody else's. Students who all handed in the same file
    are no group: that is plain without looking at tokens.

    Args:
        sources: by student
        starter: what all of them began from
    """
    students: dict[bytes, list[str]] = defaultdict(list)
    for student in sorted(sources):
        students[sources[student]].append(student)
    starters = frozenset(_fingerprints(_tokens(starter)))
    prints = [_winnowed(_fingerprints(_tokens(source))) - starters for source in students]
    names = list(students.values())
    found = [
        NearCopies(
            students=tuple(sorted(name for number in group for name in names[number])),
            min_share=min(shares),
            max_share=max(shares),
        )
        for group, shares in _groups(_pairs(prints))
    ]
    return tuple(sorted(found, key=lambda each: (-each.max_share, -each.min_share, each.students)))


# From a source to its fingerprints ---------------------------------------------------------------


def _tokens(source: bytes) -> list[str]:
    """What of the source is more than a matter of taste, in order."""
    text = source[:_MAX_CODE].decode("utf-8", "replace")
    # Long lines and blanks in a row are what Pygments can be slow at.
    lines = (" ".join(line[:_MAX_COLUMNS].split()) for line in text.splitlines())
    tokens: list[str] = []
    for kind, word in PythonLexer().get_tokens("\n".join(filter(None, lines))):
        if kind in Text or kind in Comment or kind is Literal.String.Doc:
            continue
        if kind in Literal.String:
            word = "string"
        elif kind in Name and kind not in Name.Builtin and tokens[-1:] != ["."]:
            word = "name"
        tokens.append(word)
    return tokens


def _fingerprints(tokens: Sequence[str]) -> list[int]:
    """One of every `_TOKENS` tokens in a row."""
    starts = range(len(tokens) - _TOKENS + 1)
    return [crc32(" ".join(tokens[i : i + _TOKENS]).encode()) for i in starts]


def _winnowed(prints: Sequence[int]) -> frozenset[int]:
    """The smallest of every `_WINDOW` fingerprints in a row."""
    starts = range(max(len(prints) - _WINDOW + 1, 1 if prints else 0))
    return frozenset(min(prints[i : i + _WINDOW]) for i in starts)


# From fingerprints to groups ---------------------------------------------------------------------


def _pairs(prints: Sequence[frozenset[int]]) -> dict[tuple[int, int], Fraction]:
    """The sources that are suspiciously alike, by number, with the share that they have in common.

    Only those who have the same rare passage are compared, or a class of thousands would make
    millions of pairs.
    """
    owners: dict[int, list[int]] = defaultdict(list)
    for number, each in enumerate(prints):
        for fingerprint in each:
            owners[fingerprint].append(number)
    few = max(_FEW, len(prints) // _FEW_OF)
    rare: Counter[tuple[int, int]] = Counter()
    for together in owners.values():
        if len(together) <= few:
            rare.update(combinations(together, 2))
    found = {}
    for (one, other), count in rare.items():
        if count >= _MIN_RARE:
            both = prints[one] & prints[other]
            share = Fraction(len(both), len(prints[one] | prints[other]))
            if share >= _MIN_SHARE:
                found[one, other] = share
    return found


def _groups(
    pairs: Mapping[tuple[int, int], Fraction],
) -> Iterator[tuple[set[int], list[Fraction]]]:
    """Who is linked to whom, by however many others; and the shares of the links."""
    groups: dict[int, tuple[set[int], list[Fraction]]] = {}
    for pair, share in pairs.items():
        joined: tuple[set[int], list[Fraction]] = (set(pair), [share])
        for old in {id(groups[each]): groups[each] for each in pair if each in groups}.values():
            joined[0].update(old[0])
            joined[1].extend(old[1])
        for each in joined[0]:
            groups[each] = joined
    yield from {id(group): group for group in groups.values()}.values()
