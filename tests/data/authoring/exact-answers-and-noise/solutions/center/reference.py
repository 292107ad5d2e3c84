def center(x):
    mean = sum(x) / len(x)
    return [each - mean for each in x]
