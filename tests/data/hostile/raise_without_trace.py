# Raises an exception that has properties where others have a trace, a cause and arguments.
# verdict: run_time_error
# score: 0
# says: .
class Odd(TypeError):
    __traceback__ = property(lambda self: 7)
    __cause__ = __context__ = args = property(lambda self: 1 / 0)
    __class__ = property(lambda self: SystemExit)


def mean(values):
    raise Odd
