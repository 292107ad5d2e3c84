def drive(solution, *, values, mean, floor=0.0):
    return abs(solution.mean_above(values, floor) - mean) < 1e-6
