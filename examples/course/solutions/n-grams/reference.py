"""Reference solution."""

import re
from collections import Counter


def tokenise(text):
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower())


def count_ngrams(tokens, n=2):
    return dict(Counter(zip(*(tokens[i:] for i in range(n)), strict=False)))
