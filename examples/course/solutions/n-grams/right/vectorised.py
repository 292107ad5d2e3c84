"""With NumPy: runs are rows of numbers, which `np.unique` counts."""

import numpy as np


def tokenise(text):
    separated = "".join(char if char.isalnum() or char == "'" else " " for char in text.lower())
    words = (word.strip("'") for word in separated.replace("''", " ").split())
    return [word for word in words if word]


def count_ngrams(tokens, n=2):
    if len(tokens) < n:
        return {}
    words, numbers = np.unique(np.array(tokens, dtype=object), return_inverse=True)
    windows = np.lib.stride_tricks.sliding_window_view(numbers, n)
    rows, counts = np.unique(windows, axis=0, return_counts=True)
    return {tuple(words[row]): int(count) for row, count in zip(rows, counts, strict=True)}
