# Raises an exception whose text is never finished.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
class Endless(Exception):
    def __str__(self):
        while True:
            pass


def mean(values):
    if len(values) == 3:
        raise Endless
    return sum(values) / len(values)
