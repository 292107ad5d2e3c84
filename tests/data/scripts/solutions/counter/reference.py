class Counter:
    def __init__(self):
        self.total = 0

    def add(self, step):
        self.total += step
        return self.total

    def copy(self):
        other = Counter()
        other.total = self.total
        return other

    def __add__(self, other):
        both = self.copy()
        both.add(other.total)
        return both

    def __repr__(self):
        return f"Counter({self.total})"
