# The right numbers, without the class.
def run_counter(steps):
    out, total = [], 0
    for step in steps:
        total += step
        out.append(total)
    return out
