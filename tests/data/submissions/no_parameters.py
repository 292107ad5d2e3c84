# Takes none.
# verdict: run_time_error
# says: the function cannot be called with .*: too many positional arguments
# score: 0
def mean():
    return 2.5
