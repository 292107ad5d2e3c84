# A correct class with slots, a metaclass, properties and methods made at run time.
# problem: counter
# case: AC 1/1
class Kind(type):
    def __call__(cls, *args):
        return super().__call__(*args)


class Counter(metaclass=Kind):
    __slots__ = ("_total", "__weakref__")

    def __new__(cls, total=0):
        made = super().__new__(cls)
        made._total = total
        return made

    total = property(lambda self: self._total, lambda self, to: setattr(self, "_total", to))

    def __getattr__(self, name):
        if name != "add":
            raise AttributeError(name)

        def add(step):
            self.total = self.total + step
            return self.total

        return add

    def copy(self):
        return type(self)(self.total)

    def __add__(self, other):
        return type(self)(self.total + other.total)

    def __repr__(self):
        return f"Counter({self.total})"
