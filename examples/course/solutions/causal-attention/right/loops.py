"""Plain Python: one position after the other, and only the positions that it sees."""

from math import exp, sqrt


def causal_attention(q, k, v):
    rows = []
    for i, query in enumerate(q.tolist()):
        scores = [
            sum(a * b for a, b in zip(query, key, strict=True)) / sqrt(len(query))
            for key in k.tolist()[: i + 1]
        ]
        highest = max(scores)
        powers = [exp(score - highest) for score in scores]
        total = sum(powers)
        row = [0.0] * v.shape[1]
        for power, value in zip(powers, v.tolist(), strict=False):
            for m, number in enumerate(value):
                row[m] += power / total * number
        rows.append(row)
    return rows
