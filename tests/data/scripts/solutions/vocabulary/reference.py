from collections import Counter


def tokenise(text, lower=True):
    words = [word.strip(".,!") for word in (text.lower() if lower else text).split()]
    return [word for word in words if word]


def vocabulary(texts, size=3):
    counts = Counter(word for text in texts for word in tokenise(text))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size])


def rate(text, unit):
    words = tokenise(text, lower=False)
    return [unit / len(words) for _ in words]
