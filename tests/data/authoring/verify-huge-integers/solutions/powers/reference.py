def powers(base, count):
    return [base ** (400 * k) for k in range(count)]
