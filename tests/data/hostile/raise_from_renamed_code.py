# Raises from code that says it is another function of another file, in line a billion.
# verdict: run_time_error
# score: 0
# says: ^ValueError: no( \(line \d+\))?$
def inner(values):
    raise ValueError("no")


def mean(values):
    inner.__code__ = inner.__code__.replace(
        co_name="\x1b[31m</pre>::error::\ud800", co_firstlineno=1_000_000_000
    )
    return inner(values)
