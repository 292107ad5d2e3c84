"""With NumPy: pairs are numbers, which `np.unique` counts."""

import numpy as np

BASE = 1 << 20


class Tokenizer:
    def __init__(self, text, n_merges):
        self.merges = []
        self.known = {number: bytes([number]) for number in range(256)}
        ids = np.frombuffer(text.encode(), dtype=np.uint8).astype(np.int64)
        while len(self.merges) < n_merges and len(ids) > 1:
            pairs, counts = np.unique(ids[:-1] * BASE + ids[1:], return_counts=True)
            if counts.max() == 1:
                break
            pair = divmod(int(pairs[counts.argmax()]), BASE)
            ids = self._replaced(ids, pair, len(self.known))
            self.known[len(self.known)] = self.known[pair[0]] + self.known[pair[1]]
            self.merges.append(pair)

    @staticmethod
    def _replaced(ids, pair, new):
        at = np.flatnonzero((ids[:-1] == pair[0]) & (ids[1:] == pair[1]))
        if pair[0] == pair[1]:  # of a run of equal tokens, every second place
            run = np.cumsum(np.diff(at, prepend=-2) > 1)
            first = np.r_[0, np.flatnonzero(np.diff(run)) + 1]
            at = at[(np.arange(len(at)) - first[run - 1]) % 2 == 0] if len(at) else at
        ids = ids.copy()
        ids[at] = new
        return np.delete(ids, at + 1)

    def encode(self, text):
        ids = np.frombuffer(text.encode(), dtype=np.uint8).astype(np.int64)
        for number, pair in enumerate(self.merges):
            ids = self._replaced(ids, pair, 256 + number)
        return ids

    def decode(self, ids):
        try:
            return b"".join(map(self.known.__getitem__, ids)).decode(errors="replace")
        except KeyError as error:
            raise ValueError(f"there is no id {error}") from error
