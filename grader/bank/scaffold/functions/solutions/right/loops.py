"""Plain Python, with loops."""


def centre(values):
    mean = sum(values) / len(values)
    result = []
    for value in values:
        result.append(value - mean)
    return result


def spread(centred, power=2.0):
    total = 0.0
    for value in centred:
        total += abs(value) ** power
    return (total / len(centred)) ** (1 / power)
