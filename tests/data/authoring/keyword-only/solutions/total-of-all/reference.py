def total_of_all(*numbers, scale=1.0, **offsets):
    return scale * sum(numbers) + sum(offsets.values())
