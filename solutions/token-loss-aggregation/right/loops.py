"""Plain loops with running sums, one mode after the other."""


def aggregate(terms, mode, horizon=1):
    group = 0
    count = 0
    summed = 0.0
    of_means = 0.0
    for row in terms:
        group += 1
        inner = 0.0
        for loss in row:
            inner += loss
            count += 1
        summed += inner
        if len(row) > 0:
            of_means += inner / len(row)
    if mode == "seq-mean-token-mean":
        return of_means / group
    if mode == "token-mean":
        if count == 0:
            return 0.0
        return summed / count
    if mode == "seq-mean-token-sum-norm":
        return summed / group / horizon
    return summed / group
