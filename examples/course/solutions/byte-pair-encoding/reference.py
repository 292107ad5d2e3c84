"""Reference solution: pairs of bytes, after Sennrich et al. (arXiv:1508.07909), section 3.2."""

from collections import Counter
from itertools import pairwise


class Tokenizer:
    def __init__(self, text, n_merges):
        self.merges = []
        self.texts = [bytes([byte]) for byte in range(256)]
        ids = list(text.encode())
        for _ in range(n_merges):
            counts = Counter(pairwise(ids))
            pair = min(counts, key=lambda each: (-counts[each], each), default=None)
            if counts[pair] < 2:
                break
            ids = _merge(ids, pair, len(self.texts))
            self.texts.append(self.texts[pair[0]] + self.texts[pair[1]])
            self.merges.append(pair)

    def encode(self, text):
        ids = list(text.encode())
        for new, pair in enumerate(self.merges, 256):
            ids = _merge(ids, pair, new)
        return ids

    def decode(self, ids):
        if max(ids, default=0) >= len(self.texts):
            raise ValueError("an unknown id")
        return b"".join(self.texts[each] for each in ids).decode(errors="replace")


def _merge(ids, pair, new):
    """Return the ids with a pair replaced by a new id, from left to right."""
    merged = []
    for each in ids:
        if merged and (merged[-1], each) == pair:
            merged[-1] = new
        else:
            merged.append(each)
    return merged
