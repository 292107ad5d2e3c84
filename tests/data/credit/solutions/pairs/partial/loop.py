"""Counts, which is right and too slow."""


def pairs(n):
    found = {"pairs": 0, "triples": 0}
    for i in range(n):
        for j in range(i):
            found["pairs"] += 1
            found["triples"] += j
    return found
