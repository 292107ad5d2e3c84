# Imports a library that is not installed, and needs it.
# verdict: run_time_error
# says: NameError: name 'notthere' is not defined \(line 5: ModuleNotFoundError: notthere is not installed where this is graded
# score: 0
import notthere


def mean(values):
    return notthere.mean(values)
