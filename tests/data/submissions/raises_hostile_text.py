# Raises an exception whose text cannot be made.
# verdict: run_time_error
# says: Hostile: \(its text cannot be shown\)
# score: 0
class Hostile(Exception):
    def __str__(self):
        raise SystemExit("no")

    __repr__ = __str__


def mean(values):
    raise Hostile
