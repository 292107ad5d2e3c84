# Calls itself nine hundred times, and catches itself when it does so for ever.
# verdict: accepted
# score: 4
def depth(number):
    return 0 if number == 0 else 1 + depth(number - 1)


def endless():
    return endless()


def mean(values):
    assert depth(900) == 900
    try:
        endless()
    except RecursionError:
        pass
    return sum(values) / len(values)
