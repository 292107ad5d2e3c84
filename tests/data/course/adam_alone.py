class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m, self.v, self.t = 0, 0, 0

    def step(self, params, grads):
        self.t += 1
        self.m = self.m + (1 - self.beta1) * (grads - self.m)
        self.v = self.v + (1 - self.beta2) * (grads * grads - self.v)
        scale = (1 - self.beta2**self.t) ** 0.5
        step = scale / (1 - self.beta1**self.t) * self.m / (self.v**0.5 + scale * self.eps)
        return params - self.lr * step
