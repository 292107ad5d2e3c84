# Right: a callable object will do for a function.
# verdict: accepted
# score: 4
class Mean:
    def __call__(self, values):
        return sum(values) / len(values)


mean = Mean()
