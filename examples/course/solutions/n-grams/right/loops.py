"""Plain loops: one character after the other, and a dict that is counted up."""

import itertools


def tokenise(text):
    words, word = [], ""
    padded = text.lower() + "  "
    for here, after in itertools.pairwise(padded):
        if here.isalnum() or (here == "'" and word and after.isalnum()):
            word += here
        elif word:
            words.append(word)
            word = ""
    return words


def count_ngrams(tokens, n=2):
    counts = {}
    for start in range(len(tokens) - n + 1):
        run = tuple(tokens[start : start + n])
        if run not in counts:
            counts[run] = 0
        counts[run] += 1
    return counts
