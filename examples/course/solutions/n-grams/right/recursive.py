"""By the standard library's groups of characters, and by runs that grow by one token."""

from collections import Counter
from itertools import groupby


def tokenise(text):
    text = text.casefold()
    inner = [
        char.isalnum()
        or (char == "'" and text[i - 1 : i].isalnum() and text[i + 1 : i + 2].isalnum())
        for i, char in enumerate(text)
    ]
    groups = groupby(range(len(text)), key=inner.__getitem__)
    return ["".join(text[i] for i in each) for is_word, each in groups if is_word]


def _runs(tokens, n):
    if n == 0:
        return [()] * (len(tokens) + 1)
    return [
        (*run, token) for run, token in zip(_runs(tokens, n - 1), tokens[n - 1 :], strict=False)
    ]


def count_ngrams(tokens, n=2):
    return Counter(_runs(tokens, n))
