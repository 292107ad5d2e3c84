# Deletes all builtins, the exceptions among them.
# verdict: run_time_error
# score: 3
import builtins


def mean(values):
    if len(values) == 3:
        vars(builtins).clear()
        return undefined
    return sum(values) / len(values)
