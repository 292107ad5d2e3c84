def anagrams(words):
    groups = {}
    for word in sorted(words, reverse=True):
        groups.setdefault("".join(sorted(word)), []).append(word)
    return sorted(groups.values(), reverse=True)
