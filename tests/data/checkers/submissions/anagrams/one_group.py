def anagrams(words):
    return [words]
