def total(values):
    return 0.0


def solve_3_means(values):
    return [values[0], values[-1], sum(values) / len(values)]
