def tokenise(text):
    return text.split()


def count_ngrams(tokens, n=2):
    counts = {}
    for i in range(len(tokens) - n + 1):
        run = tuple(tokens[i : i + n])
        counts[run] = counts.get(run, 0) + 1
    return counts
