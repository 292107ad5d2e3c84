"""Each token is a character of a text, so that `str.replace` merges pairs."""

START = 0xE000  # of the private characters of Unicode


class Tokenizer:
    def __init__(self, text, n_merges):
        self.merges = []
        chars = self._chars(text)
        for new in range(256, 256 + n_merges):
            pairs = [chars[i : i + 2] for i in range(len(chars) - 1)]
            counts = sorted((-pairs.count(each), each) for each in set(pairs))
            if not counts or counts[0][0] == -1:
                break
            pair = counts[0][1]
            self.merges.append((ord(pair[0]) - START, ord(pair[1]) - START))
            chars = chars.replace(pair, chr(START + new))

    def _chars(self, text):
        return "".join(chr(START + byte) for byte in text.encode())

    def _pairs(self):
        for new, pair in enumerate(self.merges, 256):
            yield "".join(chr(START + each) for each in pair), chr(START + new)

    def encode(self, text):
        chars = self._chars(text)
        for pair, new in self._pairs():
            chars = chars.replace(pair, new)
        return [ord(char) - START for char in chars]

    def decode(self, ids):
        if any(each not in range(256 + len(self.merges)) for each in ids):
            raise ValueError(f"an id is not below {256 + len(self.merges)}")
        chars = "".join(chr(START + each) for each in ids)
        for pair, new in reversed([*self._pairs()]):
            chars = chars.replace(new, pair)
        return bytes(ord(char) - START for char in chars).decode("utf-8", "replace")
