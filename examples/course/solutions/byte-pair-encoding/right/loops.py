"""Plain loops and indices, without the standard library."""


class Tokenizer:
    def __init__(self, text, n_merges):
        self.merges = []
        ids = [*text.encode("utf-8")]
        while len(self.merges) < n_merges:
            best, most = None, 1
            for i in range(len(ids) - 1):
                pair = (ids[i], ids[i + 1])
                count = 0
                for j in range(len(ids) - 1):
                    count += (ids[j], ids[j + 1]) == pair
                if count > most or (count == most and best is not None and pair < best):
                    best, most = pair, count
            if best is None:
                return
            self.merges.append(best)
            ids = self._replace(ids, len(self.merges) - 1)

    def _replace(self, ids, number):
        first, second = self.merges[number]
        out, i = [], 0
        while i < len(ids):
            if i + 1 < len(ids) and ids[i] == first and ids[i + 1] == second:
                out.append(256 + number)
                i += 2
            else:
                out.append(ids[i])
                i += 1
        return out

    def encode(self, text):
        ids = [*text.encode("utf-8")]
        for number in range(len(self.merges)):
            ids = self._replace(ids, number)
        return ids

    def _bytes(self, id):
        if id < 256:
            return bytes([id])
        if id - 256 >= len(self.merges):
            raise ValueError(f"unknown id {id}")
        first, second = self.merges[id - 256]
        return self._bytes(first) + self._bytes(second)

    def decode(self, ids):
        data = b""
        for id in ids:
            data += self._bytes(id)
        return str(data, "utf-8", "replace")
