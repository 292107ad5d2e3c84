# Takes the hash of tuples nested a million deep: the C stack overflows without a check.
# verdict: run_time_error
# score: 3
# says: the process crashed: a segmentation fault
DEEP = ()
for _ in range(1_000_000):
    DEEP = (DEEP,)


def mean(values):
    if len(values) == 3:
        hash(DEEP)
    return sum(values) / len(values)
