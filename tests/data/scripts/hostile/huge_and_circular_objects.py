# Returns itself, lists that contain themselves, and texts that are longer than is allowed.
# problem: counter
# case: WA 0/1 step 2, one.add(…): returned an object of another type where an integer is exp
class Counter:
    total = -1

    def add(self, step):
        answer = [step]
        answer.append(answer)
        return answer

    def copy(self):
        return self

    def __lt__(self, other):
        nested = self
        for _ in range(100_000):
            nested = [nested, nested]
        return nested

    def __add__(self, other):
        return [[]] * 10_000

    def __repr__(self):
        return "x" * 20_000_000
