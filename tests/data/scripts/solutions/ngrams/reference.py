from collections import Counter


def tokenise(text):
    return text.split()


def count_ngrams(tokens, n=2):
    return dict(Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)))
