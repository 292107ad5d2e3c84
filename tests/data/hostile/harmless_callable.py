# Is an object that can be called, made by a class with slots, of a partial and a cached method.
# verdict: accepted
# score: 4
import functools


class Mean:
    __slots__ = ("calls",)

    def __init__(self):
        self.calls = 0

    @functools.lru_cache(maxsize=None)
    def total(self, values):
        return sum(values)

    def __call__(self, power, values):
        self.calls += 1
        return self.total(tuple(values)) / len(values) ** power


mean = functools.partial(Mean(), 1)
