"""Reference solution: inverted dropout, after section 4 of Srivastava et al. (JMLR 15, 2014)."""


class Dropout:
    def __init__(self, p, rng):
        self.p = p
        self.rng = rng
        self.training = True

    def forward(self, x):
        self.scale = 1.0
        if self.training:
            kept = self.rng.random(x.shape) >= self.p
            self.scale = kept / (1 - self.p)
        return x * self.scale

    def backward(self, grad):
        return grad * self.scale
