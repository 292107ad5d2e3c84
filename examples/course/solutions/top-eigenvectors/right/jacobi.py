"""Jacobi's method: rotations that remove one pair of elements after another."""

import numpy as np


def top_eigenvectors(a):
    a = np.array(a, dtype=float)
    n = len(a)
    vectors = np.eye(n)
    for _ in range(30):
        for p in range(n - 1):
            for q in range(p + 1, n):
                angle = 0.5 * np.arctan2(2 * a[p, q], a[q, q] - a[p, p])
                turn = np.eye(n)
                turn[[p, q], [p, q]] = np.cos(angle)
                turn[p, q], turn[q, p] = np.sin(angle), -np.sin(angle)
                a = turn.T @ a @ turn
                vectors = vectors @ turn
    first, second = np.argsort(a.diagonal())[::-1][:2]
    return np.stack([vectors[:, first], vectors[:, second]], axis=1)
