def total_of_all(*xs, scale=1.0, **terms):
    total = 0.0
    for x in xs:
        total += scale * x
    for term in terms.values():
        total += term
    return total
