# Gives its function a name and a signature that raise when they are looked at.
# verdict: run_time_error
# score: 0
# says: TypeError|the process exited with code 0
class Callable:
    __name__ = __module__ = property(lambda self: 1 / 0)
    __signature__ = property(lambda self: 1 / 0)
    __wrapped__ = property(lambda self: self)

    def __call__(self):
        return 2.5


mean = Callable()
