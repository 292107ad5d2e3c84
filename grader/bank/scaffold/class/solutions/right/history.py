"""Keeps all values, and averages them again each time."""


class CLASS:
    def __init__(self, decay=0.9):
        self.decay = decay
        self.values = []

    @property
    def count(self):
        return len(self.values)

    def update(self, value):
        self.values.append(value)
        average = self.values[0]
        for each in self.values[1:]:
            average += (1 - self.decay) * (each - average)
        return average
