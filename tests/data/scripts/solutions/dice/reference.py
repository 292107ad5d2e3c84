import random

import numpy as np


class Dice:
    def __init__(self, sides):
        self.sides = sides

    def roll(self):
        return int(np.random.randint(self.sides))

    def flip(self):
        return random.random() < 0.5
