# The class that the statement asks for, without anything else.
class Counter:
    def __init__(self):
        self.total = 0

    def add(self, step):
        self.total += step
        return self.total
