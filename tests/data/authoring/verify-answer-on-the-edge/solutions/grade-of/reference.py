def grade_of(points, steps):
    return "pass" if points * steps >= 2.1 else "fail"
