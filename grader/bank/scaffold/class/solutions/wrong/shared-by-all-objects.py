class CLASS:
    def __init__(self, decay=0.9):
        self.decay = decay
        CLASS.count = 0
        CLASS.average = None

    def update(self, value):
        if CLASS.count:
            value = self.decay * CLASS.average + (1 - self.decay) * value
        CLASS.average = value
        CLASS.count += 1
        return value
