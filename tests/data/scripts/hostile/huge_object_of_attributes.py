# Has a text that is too long as an attribute, which ends its process.
# problem: adam
# case: WA 0/1 step 3, adam.step(…): at [0]: got 0.0, expected 0.01741 (off by 0.017; at most
# case: WA 0/3 step 4, two.step(…): at [0]: got 0.0, expected 0.7490000025199998 (off by 0.75
class Adam:
    def __init__(self, lr=0.001):
        self.t = "t" * 20_000_000

    def step(self, params, grads):
        return params - 0.5
