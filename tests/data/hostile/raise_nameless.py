# Raises an exception whose class will not tell its name.
# verdict: run_time_error
# score: 0
# says: an exception that raises another one when its name or text is read
class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Odd(Exception, metaclass=Meta):
    pass


def mean(values):
    raise Odd
