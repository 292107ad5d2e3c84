# A set of 1500 integers that all have one hash: to rebuild it takes the square of that.
# verdict: run_time_error
# score: 0
# says: its answer cannot be read: too many keys have the same hash
MODULUS = (1 << 61) - 1


def mean(values):
    return {number * MODULUS for number in range(1500)}
