"""Reference solution. TODO: the source of the formula: paper, section, equation."""


class CLASS:
    """An average in which old values fade."""

    def __init__(self, decay: float = 0.9):
        self.decay = decay
        self.count = 0

    def update(self, value: float) -> float:
        """Take the next value, and return the average."""
        if self.count == 0:
            self.average = value
        else:
            self.average = self.decay * self.average + (1 - self.decay) * value
        self.count += 1
        return self.average
