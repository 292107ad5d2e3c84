# Cannot define its function, because an import fails.
# verdict: invalid_submission
# says: NameError: name 'njit' is not defined \(line 5: ModuleNotFoundError: notthere is not installed .*, so mean is missing \(line 8\)
# score: 0
from notthere import njit


@njit
def mean(values):
    return sum(values) / len(values)
