# Takes one argument more.
# verdict: run_time_error
# says: the function cannot be called with the 1 argument of this case: missing a required argument: 'weights'
# score: 0
def mean(values, weights):
    return sum(values) / len(values)
