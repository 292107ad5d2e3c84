# Raises an exception whose class will not tell its name.
# verdict: run_time_error
# score: 0
# says: the process exited with code 0
class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Odd(Exception, metaclass=Meta):
    pass


def mean(values):
    raise Odd
