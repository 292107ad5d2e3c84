# Evaluates nonsense in a call: the function exists, so this is an error of the run.
# verdict: run_time_error
# says: SyntaxError: .*\(line 6\)
# score: 0
def mean(values):
    return eval("sum(values")
