# Has a signature, and names of its exceptions, that raise when they are read.
# problem: counter
# case: RTE 0/1 step 2, one.add(…): TypeError: 'NoneType' object is not callable
class Names(type):
    def __getattribute__(cls, name):
        raise SystemExit(0)


class Nameless(TypeError, metaclass=Names):
    pass


class Signature(type):
    @property
    def __signature__(cls):
        raise SystemExit(0)

    def __call__(cls, *args):
        return type.__call__(cls)


class Add:
    @property
    def __signature__(self):
        raise KeyboardInterrupt

    __call__ = None


class Counter(metaclass=Signature):
    add = Add()

    def copy(self):
        raise Nameless
