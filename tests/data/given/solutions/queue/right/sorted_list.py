class Queue:
    def __init__(self):
        self.items = []

    def add(self, item):
        self.items = sorted([*self.items, item])

    def take(self):
        return self.items.pop(0)
