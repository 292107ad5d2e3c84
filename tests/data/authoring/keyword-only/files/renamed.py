def total_of_all(*numbers, scale=1.0, **ignored):
    return scale * sum(numbers) + sum(ignored.values())
