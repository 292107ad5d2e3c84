# Raises exceptions from its attributes, its text, its comparisons and its end.
# problem: counter
# case: RTE 0/1 step 2, one.add(…): an exception that raises another one when its name or tex
class Refusal(BaseException):
    def __str__(self):
        raise self

    __repr__ = __str__

    def __getattribute__(self, name):
        raise SystemExit(0)


class Kind(type):
    def __getattribute__(cls, name):
        raise Refusal


class Counter:
    def __getattribute__(self, name):
        raise Refusal

    def __refuse(self, *args):
        raise Refusal

    __repr__ = __eq__ = __lt__ = __add__ = __hash__ = __setattr__ = __del__ = __refuse
