# A generator that goes on when it is told to close, and an iterator that never ends inside of sum.
# verdict: time_limit or run_time_error
# score: 3
# says: it used more than 0\.3 s of processor time|RuntimeError
def stubborn():
    while True:
        try:
            yield 0
        except GeneratorExit:
            pass


def mean(values):
    if len(values) == 3:
        generator = stubborn()
        next(generator)
        sum(generator)
    return sum(values) / len(values)
