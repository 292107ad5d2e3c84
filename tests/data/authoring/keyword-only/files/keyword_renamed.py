def total_of_all(*numbers, factor=1.0):
    return factor * sum(numbers)
