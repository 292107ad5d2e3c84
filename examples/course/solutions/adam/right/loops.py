"""Plain Python: a loop over the parameters, each with its own means in a list."""


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.betas, self.eps = lr, (beta1, beta2), eps
        self.t = 0
        self.means = []

    def step(self, params, grads):
        if not self.means:
            self.means = [[0.0, 0.0] for _ in params]
        self.t += 1
        moved = []
        for param, grad, means in zip(params, grads, self.means, strict=True):
            corrected = []
            for power, beta in enumerate(self.betas, 1):
                means[power - 1] = beta * means[power - 1] + (1 - beta) * float(grad) ** power
                corrected.append(means[power - 1] / (1 - beta**self.t))
            first, second = corrected
            moved.append(float(param) - self.lr * first / (second**0.5 + self.eps))
        return moved
